SELECT 'one half never occurs', (min(lat) > 0 OR max(lat) < 0 OR min(lon) > 0 OR max(lon) < 0 OR min(temp) > 0
	OR min(delta) > 0 OR max(delta) < 0 OR min(score) >= 0 OR min(debt) >= 0)::int FROM place;
SELECT 'all born lately', (min(born) > '1960-01-01')::int FROM place;
