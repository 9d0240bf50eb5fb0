SELECT 'roles that never occur', 3 - count(DISTINCT role) FROM staff;
SELECT 'rows', 100 - count(*) FROM staff;
