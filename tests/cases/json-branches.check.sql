SELECT 'kinds of payment that are not there', 3 - count(DISTINCT kind) FROM pay;
SELECT 'no rights on top', count(*) FROM (SELECT 1 WHERE NOT EXISTS (SELECT FROM folder WHERE up_id IS NULL AND acl <> '{}')) x;
