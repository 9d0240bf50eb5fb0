SELECT 'one half never occurs', (min(north) > 0 OR max(north) < 0 OR min(east) > 0 OR max(east) < 0 OR min(temp) > 0
	OR min(delta) > 0 OR max(delta) < 0 OR min(score) >= 0 OR min(debt) >= 0)::int FROM place;
SELECT 'all born lately', (min(born) > '1960-01-01')::int FROM place;
