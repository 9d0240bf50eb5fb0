SELECT 'the day of the corrected note', count(*) FROM note n LEFT JOIN note c ON c.id = n.corrects WHERE n.before IS DISTINCT FROM c.issued
UNION ALL SELECT 'the sum of the items', count(*) FROM note n WHERE n.total <> (SELECT coalesce(sum(amount), 0) FROM item i WHERE i.note = n.id)
UNION ALL SELECT 'notes that correct one', (count(*) < 50)::int FROM note WHERE corrects IS NOT NULL;
