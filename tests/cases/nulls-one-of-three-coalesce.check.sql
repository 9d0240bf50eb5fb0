SELECT 'one kind never occurs', (count(DISTINCT CASE WHEN plant IS NOT NULL THEN 1 WHEN office IS NOT NULL THEN 2 ELSE 3 END) < 3)::int FROM drawer;
