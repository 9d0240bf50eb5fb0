SELECT 'points outside Brazil', count(*) FROM place WHERE NOT st_within(at, st_makeenvelope(-54, -20, -42, -6, 4326));
SELECT 'points of the web outside Brazil', count(*) FROM place
	WHERE NOT st_within(st_transform(web, 4326), st_makeenvelope(-54.01, -20.01, -41.99, -5.99, 4326));
SELECT 'points in metres outside Brazil', count(*) FROM place
	WHERE NOT st_within(st_transform(utm, 4326), st_makeenvelope(-48, -21, -42, -6, 4326));
SELECT 'areas that are not simple and valid', count(*) FROM zone WHERE NOT st_isvalid(area) OR NOT st_issimple(area)
	OR NOT st_isvalid(plots) OR NOT st_isvalid(globe::geometry) OR st_area(area) = 0;
SELECT 'areas as large as the world', count(*) FROM zone WHERE st_area(globe) > 1e8;
SELECT 'another number of places', (count(DISTINCT any_shape) <> 100)::int FROM place;
SELECT 'systems of reference', (count(*) < 1000)::int FROM spatial_ref_sys;
SELECT 'lists without a member', count(*) FROM zone WHERE cardinality(areas) = 0;
