SELECT 'nine tenths of the boss', count(*) FROM emp e JOIN emp b ON b.id = e.boss WHERE e.salary <> round(b.salary * 0.9, 2)
UNION ALL SELECT 'rows with a boss', (count(*) < 50)::int FROM emp WHERE boss IS NOT NULL;
