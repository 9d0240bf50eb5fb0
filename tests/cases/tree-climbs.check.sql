WITH RECURSIVE r AS (
	SELECT id, 0 AS depth, id AS root, id::text AS path FROM cat WHERE parent_id IS NULL
	UNION ALL
	SELECT c.id, r.depth + 1, root, r.path || '/' || c.id FROM cat c JOIN r ON c.parent_id = r.id)
SELECT 'rows of trees', 100 - count(*) FROM r
UNION ALL SELECT 'depth', count(*) FROM r JOIN cat c USING (id) WHERE c.depth <> r.depth
UNION ALL SELECT 'root', count(*) FROM r JOIN cat c USING (id) WHERE c.root_id <> r.root
UNION ALL SELECT 'path', count(*) FROM r JOIN cat c USING (id) WHERE c.path <> r.path
UNION ALL SELECT 'deep enough', (max(depth) < 3)::int FROM cat;
SELECT 'paid more than the boss', count(*) FROM emp e JOIN emp b ON b.id = e.boss WHERE e.salary > b.salary AND e.salary > 501
UNION ALL SELECT 'hired before the boss', count(*) FROM emp e JOIN emp b ON b.id = e.boss WHERE e.hired < b.hired
UNION ALL SELECT 'level', count(*) FROM emp e JOIN emp b ON b.id = e.boss WHERE e.level <> b.level + 1;
SELECT 'step', count(*) FROM part p JOIN part w ON w.id = p.whole WHERE p.id <> w.id AND p.step <> w.step + 1
UNION ALL SELECT 'first', count(*) FROM part p JOIN part w ON w.id = p.whole WHERE p.first <> w.first
UNION ALL SELECT 'grand', count(*) FROM kin k LEFT JOIN kin p ON p.id = k.parent_id WHERE k.grand IS DISTINCT FROM p.parent_id
UNION ALL SELECT 'name', count(*) FROM kin k LEFT JOIN kin p ON p.id = k.parent_id LEFT JOIN kin g ON g.id = p.parent_id
	WHERE k.grand_name IS DISTINCT FROM g.name;
