WITH RECURSIVE r AS (
	SELECT id, id::text AS path, '/' || id || '/' AS slashed, code AS names FROM cat WHERE parent_id IS NULL
	UNION ALL
	SELECT c.id, r.path || '/' || c.id, r.slashed || c.id || '/', r.names || ' > ' || c.code
	FROM cat c JOIN r ON c.parent_id = r.id)
SELECT 'texts', count(*) FROM r JOIN cat c USING (id) WHERE (c.path, c.slashed) <> (r.path, r.slashed) OR c.names <> r.names
UNION ALL SELECT 'rows', 100 - count(*) FROM r;
SELECT 'ltree', count(*) FROM leaf l JOIN leaf u ON u.id = l.up WHERE NOT l.path <@ u.path OR nlevel(l.path) <> nlevel(u.path) + 1
UNION ALL SELECT 'array', count(*) FROM place p JOIN place u ON u.id = p.parent WHERE p.path <> u.path || p.id
UNION ALL SELECT 'root', count(*) FROM place WHERE parent IS NULL AND path <> ARRAY[id]
UNION ALL SELECT 'room', count(*) FROM room r JOIN room u ON (u.site, u.id) = (r.site, r.parent) WHERE r.path <> u.path || r.id;
