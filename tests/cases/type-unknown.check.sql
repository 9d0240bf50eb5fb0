SELECT 'may_be that is not NULL', count(*) FROM grantee WHERE may_be IS NOT NULL;
SELECT 'not as often as the rule says', (count(*) FILTER (WHERE said::text = '=w/pg_monitor') <> 75)::int FROM grantee;
SELECT 'not the default', count(*) FROM grantee WHERE list <> '{}' OR usual IS NULL;
