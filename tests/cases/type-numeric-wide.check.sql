SELECT 'few values of ' || c, (n < 95)::int FROM (SELECT 'above' AS c, count(DISTINCT above) AS n FROM bounds
	UNION ALL SELECT 'below', count(DISTINCT below) FROM bounds UNION ALL SELECT 'free', count(DISTINCT free) FROM bounds
	UNION ALL SELECT 'supply', count(DISTINCT supply) FROM tokens) AS x;
SELECT 'values of the list that no row has', 3 - count(DISTINCT listed) FROM bounds;
SELECT 'no column that may be NULL is NULL', (count(maybe) NOT BETWEEN 70 AND 99)::int FROM bounds;
SELECT 'last digits are all the same', (count(DISTINCT above % 1) < 50)::int FROM bounds;
SELECT 'holders of few tokens', (count(DISTINCT supply) < 30)::int FROM holders;
SELECT 'narrow columns have become wide', count(*) FROM narrow WHERE small >= 1e18 OR loose >= 1e18 OR either >= 1e18;
SELECT 'parts without a pair', (count(a) < 50)::int FROM pair_parts;
