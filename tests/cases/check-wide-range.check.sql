SELECT 'one half never occurs', (min(north) > 0 OR max(north) < 0 OR min(east) > 0 OR max(east) < 0 OR min(heat) > 0
	OR min(shift) > 0 OR max(shift) < 0 OR min(tilt) >= 0 OR min(owed) >= 0)::int FROM place;
SELECT 'all day_of lately', (min(day_of) > '1960-01-01')::int FROM place;
