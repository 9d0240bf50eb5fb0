SELECT 'of one partition only', (count(DISTINCT tableoid) = 1)::int FROM sale;
SELECT 'sales', 100 - count(*) FROM sale;
