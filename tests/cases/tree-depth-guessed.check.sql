SELECT 'topic', count(*) FROM topic t LEFT JOIN topic p ON p.id = t.parent_id WHERE t.depth IS DISTINCT FROM coalesce(p.depth + 1, 0)
UNION ALL SELECT 'node', count(*) FROM "Node" t LEFT JOIN "Node" p ON p.id = t."parentId"
	WHERE t.level IS DISTINCT FROM coalesce(p.level + 1, 0)
UNION ALL SELECT 'conta', count(*) FROM conta t LEFT JOIN conta p ON p.id = t.superior WHERE t.nivel IS DISTINCT FROM coalesce(p.nivel + 1, 1)
UNION ALL SELECT 'deep', (max(depth) < 2)::int FROM topic;
