-- The promises of the plan that relations.py writes for :n parents, asked of PostgreSQL.
-- A line for each that is not kept; :tests is the number of promises, on the last line.
CREATE FUNCTION pg_temp.children(t regclass, col text DEFAULT 'parent_id', ref text DEFAULT 'id')
RETURNS TABLE (n bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT count(c.%1$I) FROM rel.parent p LEFT JOIN %2$s c ON c.%1$I = p.%3$I
		GROUP BY p.%3$I', col, t, ref);
END $$;
-- how often a row has the parent of the row before it
CREATE FUNCTION pg_temp.runs(t regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE r bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (SELECT parent_id = lag(parent_id) OVER (ORDER BY ctid) AS same
		FROM %s WHERE parent_id IS NOT NULL) x WHERE same', t) INTO r;
	RETURN r;
END $$;
CREATE TEMP TABLE promise (what text, kept boolean);

INSERT INTO promise
SELECT 'uniform: 1 to 9, the total exact', min(n) = 1 AND max(n) = 9 AND sum(n) = 5 * :n FROM pg_temp.children('rel.fan_uniform')
UNION ALL SELECT 'uniform: each number as often', :n < 1000 OR max(f) - min(f) < 5 + :n / 1000
	FROM (SELECT count(*) AS f FROM pg_temp.children('rel.fan_uniform') GROUP BY n) x
UNION ALL SELECT 'zipf: everyone has one, the total exact', min(n) >= 1 AND sum(n) = 5 * :n FROM pg_temp.children('rel.fan_zipf')
UNION ALL SELECT 'zipf: the law, rank by rank', :n < 1000 OR sum((n - 1 - want) ^ 2 / want) < 1 + 50
	FROM (SELECT n, (4 * :n) * power(row_number() OVER (ORDER BY n DESC), -1.2) /
		(SELECT sum(power(i, -1.2)) FROM generate_series(1, :n) i) AS want
		FROM pg_temp.children('rel.fan_zipf') ORDER BY n DESC LIMIT 50) x
UNION ALL SELECT 'weighted: 1, 2, 5 and 2 in ten', :n < 1000 OR array_agg(f ORDER BY n) = ARRAY[:n / 10, :n / 5, :n / 2, :n / 5]::bigint[]
	FROM (SELECT n, count(*) AS f FROM pg_temp.children('rel.fan_weighted') GROUP BY n) x
UNION ALL SELECT 'exact: four', min(n) = 4 AND max(n) = 4 FROM pg_temp.children('rel.fan_exact')
UNION ALL SELECT 'nulls: as many as were asked for', (SELECT count(*) FROM rel.fan_nulls WHERE parent_id IS NULL) = round(0.2 * count(*))
	AND count(parent_id) = 2 * :n FROM rel.fan_nulls
UNION ALL SELECT 'nulls: 0 to 4 children', min(n) >= 0 AND max(n) = 4 FROM pg_temp.children('rel.fan_nulls')
UNION ALL SELECT 'shuffled: 1 to 3', min(n) = 1 AND max(n) = 3 AND sum(n) = 2 * :n FROM pg_temp.children('rel.fan_shuffled')
UNION ALL SELECT 'shuffled: siblings are apart', :n < 1000 OR pg_temp.runs('rel.fan_shuffled') < 20
UNION ALL SELECT 'clustered: siblings are together', pg_temp.runs('rel.fan_uniform') = 4 * :n
UNION ALL SELECT 'clustered by default: a part of its parent', pg_temp.runs('rel.owned') = 2 * :n
UNION ALL SELECT 'not by default: a row of its own', :n < 1000 OR pg_temp.runs('rel.loose') < 20
UNION ALL SELECT 'a nullable key is NULL one time in ten', :n < 1000 OR count(*) FILTER (WHERE parent_id IS NULL) / count(*)::float
	BETWEEN 0.09 AND 0.11 FROM rel.loose
UNION ALL SELECT 'cover: everyone has a child', min(n) >= 1 FROM pg_temp.children('rel.pick_cover')
UNION ALL SELECT 'round robin: two each', min(n) = 2 AND max(n) = 2 FROM pg_temp.children('rel.pick_round')
-- chi-square of the 20 most popular and of all the others, 20 degrees of freedom: 45 is one in a thousand
UNION ALL SELECT 'picks: zipf', :n < 1000 OR sum((n - want) ^ 2 / want) < 45.3
	FROM (SELECT sum(n) AS n, sum(want) AS want FROM (
		SELECT n, rank, (5 * :n) * power(rank, -1.1) / (SELECT sum(power(i, -1.1)) FROM generate_series(1, :n) i) AS want
		FROM (SELECT n, row_number() OVER (ORDER BY n DESC) AS rank FROM pg_temp.children('rel.pick_zipf')) y) z
		GROUP BY least(rank, 21)) x
-- by the parent's score, 9 degrees of freedom: 27.9 is one in a thousand; parents that weigh nothing have no child
UNION ALL SELECT 'picks: weighted by an expression', coalesce(sum(n) FILTER (WHERE want = 0), 0) = 0 AND sum(n) = 5 * :n
	AND (:n < 1000 OR sum((n - want) ^ 2 / nullif(want, 0)) < 27.9)
	FROM (SELECT count(c.id) AS n, score * count(DISTINCT p.id) * 5.0 * :n / (SELECT sum(score) FROM rel.parent) AS want
		FROM rel.parent p LEFT JOIN rel.pick_weighted c ON c.parent_id = p.id GROUP BY score) x
UNION ALL SELECT 'picks: weighted, of some parents, half NULL', bool_and(n = 0 OR region = 'N')
	AND (:n < 1000 OR sum((n - want) ^ 2 / nullif(want, 0)) < 29.6)
	FROM (SELECT region, count(c.id) AS n, CASE region WHEN 'N' THEN (0.5 + score / 4.0) * count(DISTINCT p.id)
			* (SELECT count(parent_id) FROM rel.pick_some)
			/ (SELECT sum(0.5 + score / 4.0) FROM rel.parent WHERE region = 'N') ELSE 0 END AS want
		FROM rel.parent p LEFT JOIN rel.pick_some c ON c.parent_id = p.id GROUP BY region, score) x
-- each tenant has as many of the rows as it has of all pairs of a customer and a role of one tenant
UNION ALL SELECT 'junction in a tenant: tenants share the rows in proportion to their pairs',
	sum(n) = 2 * :n AND bool_and(n BETWEEN floor(pairs * 2.0 * :n / total) AND ceil(pairs * 2.0 * :n / total))
	FROM (SELECT x.*, sum(pairs) OVER () AS total FROM (
		SELECT t.id, (SELECT count(*) FROM rel.granted g WHERE g.tenant_id = t.id) AS n,
			(SELECT count(*) FROM rel.customer c WHERE c.tenant_id = t.id) * (SELECT count(*) FROM rel.role r WHERE r.tenant_id = t.id) AS pairs
		FROM rel.tenant t) x) y
UNION ALL SELECT 'junction of three and a shift: all there', count(*) = 5 * :n AND count(DISTINCT shift) = 3 FROM rel.staffed
UNION ALL SELECT 'junction whose key leaves the tenant out: all there', count(*) = 2 * :n AND (:n < 1000 OR count(*) FILTER (WHERE project_id = label_id)
	< count(*) / 5) FROM rel.labelled
UNION ALL SELECT 'unique within a tenant: no project twice', count(*) = :n / 2 AND count(DISTINCT project_id) = count(project_id) FROM rel.badge
UNION ALL SELECT 'the one with a rule chooses: three tasks a project', min(n) = 3 AND max(n) = 3 FROM
	(SELECT count(*) AS n FROM rel.task GROUP BY project_id) x
UNION ALL SELECT 'the one that follows has its share of NULLs', :n < 1000 OR count(*) FILTER (WHERE customer_id IS NULL) / count(*)::float
	BETWEEN 0.09 AND 0.11 FROM rel.task
UNION ALL SELECT 'ring within a tenant: nine offices in ten have a chief', count(*) = :n AND (:n < 1000 OR count(chief_id) / count(*)::float
	BETWEEN 0.89 AND 0.91) AND count(DISTINCT chief_id) > :n / 4 FROM rel.office
UNION ALL SELECT 'three levels of a tenant: all there', count(*) = 3 * :n FROM rel.desk
-- a counted pick has its law exactly, what is rounded aside
UNION ALL SELECT 'led, zipf: every parent with children has one that holds', count(*) FILTER (WHERE held <> 1) = 0 AND sum(n) = 5 * :n
	FROM (SELECT count(*) AS n, count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.led_zipf GROUP BY parent_id) x
UNION ALL SELECT 'led, zipf: the law, of all and of those that do not hold', :n < 1000 OR bool_and(chi < 45.3)
	FROM (SELECT open, sum((n - want) ^ 2 / want) AS chi FROM (
		SELECT open, sum(n) AS n, sum(want) AS want FROM (
			SELECT open, n - open AS n, rank, (5 * :n) * power(rank, -1.1) / (SELECT sum(power(i, -1.1)) FROM generate_series(1, :n) i) - open AS want
			FROM (SELECT n, row_number() OVER (ORDER BY n DESC) AS rank FROM pg_temp.children('rel.led_zipf')) y,
				generate_series(0, 1) open) z
		GROUP BY open, least(rank, 21)) x GROUP BY open) w
UNION ALL SELECT 'led, zipf: siblings are apart', :n < 1000 OR pg_temp.runs('rel.led_zipf') < 5 * :n / 10
UNION ALL SELECT 'led, weighted: as many as there are places hold', count(*) FILTER (WHERE held <> least(n, 3)) = 0 AND sum(n) = 5 * :n
	FROM (SELECT count(*) AS n, count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.led_weighted GROUP BY parent_id) x
UNION ALL SELECT 'led, weighted: each parent has its share, rounded', bool_and(n BETWEEN floor(want) AND ceil(want))
	FROM (SELECT count(c.id) AS n, 5.0 * :n * score / (SELECT sum(score) FROM rel.parent) AS want
		FROM rel.parent p LEFT JOIN rel.led_weighted c ON c.parent_id = p.id GROUP BY p.id, score) x
UNION ALL SELECT 'led, cover: every parent has one that holds, one row in two has none', min(held) = 1 AND max(held) = 1 AND count(*) = :n
	AND (:n < 1000 OR (SELECT count(*) FILTER (WHERE parent_id IS NULL) / count(*)::float FROM rel.led_cover) BETWEEN 0.3 AND 0.4)
	FROM (SELECT count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.led_cover WHERE parent_id IS NOT NULL GROUP BY parent_id) x
UNION ALL SELECT 'heirs: every row with children has one, in a tree', count(*) FILTER (WHERE held <> 1) = 0 AND count(*) > 0.4 * :n
	AND (WITH RECURSIVE t AS (SELECT id FROM rel.heir WHERE parent_id IS NULL
		UNION ALL SELECT c.id FROM t JOIN rel.heir c ON c.parent_id = t.id) SELECT count(*) FROM t) = 2 * :n
	FROM (SELECT count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.heir WHERE parent_id IS NOT NULL GROUP BY parent_id) x
UNION ALL SELECT 'heirs, bounded: the root, who is its own, or one; three generations', count(*) FILTER (WHERE held <> 1) = 0
	AND (SELECT count(*) FROM rel.heir_bounded WHERE parent_id = id) = greatest(1, :n / 10)
	AND (WITH RECURSIVE t AS (SELECT id, 0 AS d FROM rel.heir_bounded WHERE parent_id = id
		UNION ALL SELECT c.id, d + 1 FROM t JOIN rel.heir_bounded c ON c.parent_id = t.id AND c.id <> t.id) SELECT max(d) = 3 AND count(*) = 2 * :n FROM t)
	FROM (SELECT count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.heir_bounded GROUP BY parent_id) x
UNION ALL SELECT 'deputies: one of every boss, in the trees of a tenant', count(*) FILTER (WHERE held <> 1) = 0 AND count(*) > 0.5 * :n
	AND (WITH RECURSIVE t AS (SELECT tenant_id, id FROM rel.deputy WHERE boss_id IS NULL
		UNION ALL SELECT c.tenant_id, c.id FROM t JOIN rel.deputy c ON c.tenant_id = t.tenant_id AND c.boss_id = t.id)
		SELECT count(*) FROM t) = 3 * :n
	FROM (SELECT count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.deputy WHERE boss_id IS NOT NULL GROUP BY tenant_id, boss_id) x
UNION ALL SELECT 'tree: one row in ten is a root', count(*) FILTER (WHERE parent_id IS NULL) = 2 * :n / 10 FROM rel.tree
UNION ALL SELECT 'tree: a parent comes before its children', count(*) = 0 FROM rel.tree c JOIN rel.tree p ON p.id = c.parent_id
	WHERE p.ctid >= c.ctid
UNION ALL SELECT 'tree: no circle', (WITH RECURSIVE t AS (SELECT id FROM rel.tree WHERE parent_id IS NULL
	UNION ALL SELECT c.id FROM t JOIN rel.tree c ON c.parent_id = t.id) SELECT count(*) FROM t) = 2 * :n
UNION ALL SELECT 'bounded: so many roots', count(*) FILTER (WHERE parent_id IS NULL) = greatest(1, :n / 10) FROM rel.bounded
UNION ALL SELECT 'bounded: three generations below them', count(*) = 2 * :n AND max(d) = 3 FROM (
	WITH RECURSIVE t AS (SELECT id, 0 AS d FROM rel.bounded WHERE parent_id IS NULL
	UNION ALL SELECT c.id, d + 1 FROM t JOIN rel.bounded c ON c.parent_id = t.id) SELECT * FROM t) x
UNION ALL SELECT 'own roots: a quarter', abs(count(*) FILTER (WHERE parent_code = code) - 0.25 * count(*)) <= 0.5 FROM rel.own_root
UNION ALL SELECT 'own roots: all hang on them', count(*) = :n FROM (
	WITH RECURSIVE t AS (SELECT code FROM rel.own_root WHERE parent_code = code
	UNION ALL SELECT c.code FROM t JOIN rel.own_root c ON c.parent_code = t.code AND c.code <> t.code) SELECT * FROM t) x
UNION ALL SELECT 'two to itself: threads are one deep', bool_and(p.thread = p.id) AND count(DISTINCT p.id) <= greatest(2, :n / 5)
	FROM rel.post c JOIN rel.post p ON p.id = c.thread
UNION ALL SELECT 'two to itself: replies', count(*) FILTER (WHERE reply_to IS NULL) = round(0.1 * count(*)) FROM rel.post
UNION ALL SELECT 'a chain', count(DISTINCT next_id) = :n FROM rel.chain
UNION ALL SELECT 'model and image: two each', count(*) = :n FROM (SELECT model_id FROM rel.image GROUP BY 1 HAVING count(*) = 2) x
UNION ALL SELECT 'model and image: most have a default', :n < 1000 OR count(default_image_id) / count(*)::float BETWEEN 0.88 AND 0.92
	FROM rel.model
UNION ALL SELECT 'orders: one in ten is of no product', :n < 1000 OR count(product_id) / count(*)::float BETWEEN 0.88 AND 0.92 FROM rel.orders
UNION ALL SELECT 'orders: only of tenants that have all they need', count(*) = 0 FROM rel.orders o
	WHERE NOT EXISTS (SELECT FROM rel.product p WHERE p.tenant_id = o.tenant_id)
UNION ALL SELECT 'orders: any customer of the tenant', :n < 1000 OR count(DISTINCT (tenant_id, customer_id)) > 0.9 * :n FROM rel.orders
UNION ALL SELECT 'where: only those', bool_and(p.region <> 'E' AND p.id % 5 <> 0) AND count(*) > :n
	AND (:n < 1000 OR count(DISTINCT p.id) > 0.3 * :n) FROM rel.filtered c JOIN rel.parent p ON p.id = c.parent_id
UNION ALL SELECT 'where, counted: 1 to 3 of those', count(*) = :n / 2 AND min(n) = 1 AND max(n) = 3 AND sum(n) = :n FROM (
	SELECT p.id, count(c.id) AS n FROM rel.parent p LEFT JOIN rel.counted c ON c.parent_id = p.id WHERE p.id <= :n / 2 GROUP BY 1) x
UNION ALL SELECT 'junction: 0 to 10 tags each', min(n) >= 0 AND max(n) <= 10 AND sum(n) = 2 * :n FROM pg_temp.children('rel.tagged')
UNION ALL SELECT 'junction: four in ten rows are of no tag, no parent has a tag twice', count(*) = 2 * :n AND count(DISTINCT (parent_id, tag_id))
	FILTER (WHERE tag_id IS NOT NULL) = count(tag_id) AND (:n < 1000 OR count(tag_id) / count(*)::float BETWEEN 0.58 AND 0.62) FROM rel.maybe_tagged
UNION ALL SELECT 'trees of a tenant: a tenth of each are roots, no circle', bool_and(abs(roots - 0.1 * n) <= 0.6 OR roots = 1)
	AND sum(n) = 3 * :n AND (WITH RECURSIVE t AS (SELECT tenant_id, id FROM rel.node WHERE boss_id IS NULL
		UNION ALL SELECT c.tenant_id, c.id FROM t JOIN rel.node c ON c.tenant_id = t.tenant_id AND c.boss_id = t.id)
		SELECT count(*) FROM t) = 3 * :n
	FROM (SELECT count(*) AS n, count(*) FILTER (WHERE boss_id IS NULL) AS roots FROM rel.node GROUP BY tenant_id) x
UNION ALL SELECT 'trees of a customer, who is of one tenant: an own root each, two generations below', bool_and(roots = 1) AND max(d) = 2
	AND sum(n) = 3 * :n FROM (SELECT count(*) AS n, count(*) FILTER (WHERE above = id) AS roots
		FROM rel.unit GROUP BY tenant_id, customer_id) x,
	(WITH RECURSIVE t AS (SELECT id, 0 AS d FROM rel.unit WHERE above = id
		UNION ALL SELECT c.id, d + 1 FROM t JOIN rel.unit c ON c.above = t.id AND c.id <> t.id) SELECT max(d) AS d FROM t) y
UNION ALL SELECT 'one holds of every customer with orders, of their own tenant', count(*) FILTER (WHERE held <> 1) = 0 AND count(*) > 0.6 * :n
	FROM (SELECT count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.main_order WHERE customer_id IS NOT NULL GROUP BY tenant_id, customer_id) x
UNION ALL SELECT 'one holds of every unit that is referred to, of the same tenant, picked by law', count(*) FILTER (WHERE held <> 1 OR NOT same) = 0 AND sum(n) = 5 * :n
	FROM (SELECT count(*) AS n, count(*) FILTER (WHERE left_on IS NULL) AS held, bool_and(o.tenant_id = u.tenant_id) AS same
		FROM rel.of_unit o JOIN rel.unit u ON u.id = unit_id GROUP BY unit_id) x
UNION ALL SELECT 'one holds of every tag of a junction, by its second key', count(*) FILTER (WHERE held <> 1) = 0 AND count(*) = 20 AND sum(n) = 2 * :n
	FROM (SELECT count(*) AS n, count(*) FILTER (WHERE left_on IS NULL) AS held FROM rel.main_of_tag GROUP BY tag_id) x
UNION ALL SELECT 'rings: all rows of a tenant in one', bool_and(r.n = t.n) AND sum(r.n) = 3 * :n
	FROM (WITH RECURSIVE w AS (SELECT tenant_id, min(id) AS start, min(id) AS id, 0 AS n FROM rel.next GROUP BY tenant_id
		UNION ALL SELECT w.tenant_id, start, x.next_id, n + 1 FROM w JOIN rel.next x USING (tenant_id, id) WHERE n = 0 OR w.id <> start)
		SELECT tenant_id, max(n) AS n FROM w GROUP BY tenant_id) r
	JOIN (SELECT tenant_id, count(*) AS n FROM rel.next GROUP BY tenant_id) t USING (tenant_id)
UNION ALL SELECT 'rings: of a customer, cut where one row in five has no next', bool_and(c.customer_id = p.customer_id AND c.tenant_id = p.tenant_id)
	AND (:n < 1000 OR (SELECT count(*) FILTER (WHERE next_id IS NULL) / count(*)::float FROM rel.after) BETWEEN 0.19 AND 0.21)
	FROM rel.after c JOIN rel.after p ON p.id = c.next_id
UNION ALL SELECT 'match full: all NULL or none, one in ten', count(*) FILTER (WHERE num_nulls(x, y) = 1) = 0
	AND (:n < 1000 OR count(*) FILTER (WHERE x IS NULL) / count(*)::float BETWEEN 0.08 AND 0.12) FROM rel.match_full
UNION ALL SELECT 'match simple: all NULL or none unless it is asked for', count(*) FILTER (WHERE num_nulls(x, y) = 1) = 0
	AND (:n < 1000 OR count(*) FILTER (WHERE x IS NULL) / count(*)::float BETWEEN 0.08 AND 0.12) FROM rel.match_simple
UNION ALL SELECT 'match full, three columns: all NULL or none, one in four', bool_and(num_nulls(a, b, c) IN (0, 3))
	AND (:n < 1000 OR count(*) FILTER (WHERE a IS NULL) / count(*)::float BETWEEN 0.23 AND 0.27) FROM rel.match_full_three
UNION ALL SELECT 'match simple, a column NOT NULL: no NULLs unless they are asked for', count(*) = 2 * :n AND count(y) = 2 * :n FROM rel.match_some
UNION ALL SELECT 'in part: four in ten rows have NULLs, three in four of them in one column, either', count(*) FILTER (WHERE x IS NULL AND y IS NOT NULL) > 0
	AND count(*) FILTER (WHERE y IS NULL AND x IS NOT NULL) > 0 AND count(*) FILTER (WHERE num_nulls(x, y) = 2) > 0
	AND (:n < 1000 OR (count(*) FILTER (WHERE num_nulls(x, y) > 0) / count(*)::float BETWEEN 0.38 AND 0.42
		AND count(*) FILTER (WHERE x IS NULL AND y IS NOT NULL) / count(*)::float BETWEEN 0.13 AND 0.17
		AND count(*) FILTER (WHERE y IS NULL AND x IS NOT NULL) / count(*)::float BETWEEN 0.13 AND 0.17)) FROM rel.part_any
UNION ALL SELECT 'in part: a row with NULLs has no parent, any other the one of its key', bool_and(t.place_id IS NOT DISTINCT FROM p.id)
	AND bool_and((p.id IS NULL) = (num_nulls(t.x, t.y) > 0)) FROM rel.part_any t LEFT JOIN rel.place p ON p.x = t.x AND p.y = t.y
UNION ALL SELECT 'in part: what is not NULL is of a parent',
	(SELECT count(*) FROM rel.part_any t WHERE x IS NOT NULL AND NOT EXISTS (SELECT FROM rel.place p WHERE p.x = t.x)) +
	(SELECT count(*) FROM rel.part_any t WHERE y IS NOT NULL AND NOT EXISTS (SELECT FROM rel.place p WHERE p.y = t.y)) = 0
UNION ALL SELECT 'in part, a column NOT NULL: three in ten, the other is of a parent', count(y) BETWEEN 1 AND 5 * :n - 1
	AND (:n < 1000 OR count(y) / count(*)::float BETWEEN 0.68 AND 0.72) AND count(*) = (SELECT count(*) FROM rel.part_some
		WHERE x IN (SELECT x FROM rel.place)) FROM rel.part_some
UNION ALL SELECT 'in part, counted: as many as were asked for, in every pattern as often', count(*) = 5 * :n
	AND count(*) FILTER (WHERE num_nulls(x, y, z) > 0) = 3 * :n AND count(DISTINCT (x IS NULL, y IS NULL, z IS NULL)) = 8
	AND (:n < 1000 OR count(*) FILTER (WHERE num_nulls(x, y, z) IN (1, 2)) / (3.0 * :n) BETWEEN 0.88 AND 0.92) FROM rel.part_three
UNION ALL SELECT 'in part, counted: one to seven children of those that may be picked, none of the others', min(n) FILTER (WHERE may) >= 1
	AND max(n) FILTER (WHERE may) <= 7 AND sum(n) = 2 * :n AND sum(n) FILTER (WHERE NOT may) = 0
	FROM (SELECT p.kind = 'let' AS may, count(t.id) AS n FROM rel.cell p LEFT JOIN rel.part_three t USING (x, y, z) GROUP BY p.x, p.y, p.z) c
UNION ALL SELECT 'in part, counted: what is not NULL is of one parent that may be picked',
	(SELECT count(*) FROM rel.part_three t WHERE y IS NOT NULL AND NOT EXISTS (SELECT FROM rel.cell p
		WHERE p.y = t.y AND p.kind = 'let' AND p.x = coalesce(t.x, p.x) AND p.z = coalesce(t.z, p.z))) +
	(SELECT count(*) FROM rel.part_three t WHERE y IS NULL AND z IS NOT NULL AND NOT EXISTS (SELECT FROM rel.cell p
		WHERE p.z = t.z AND p.kind = 'let' AND p.x = coalesce(t.x, p.x))) +
	(SELECT count(*) FROM rel.part_three t WHERE y IS NULL AND z IS NULL AND x IS NOT NULL AND NOT EXISTS (SELECT FROM rel.cell p
		WHERE p.x = t.x AND p.kind = 'let')) = 0
UNION ALL SELECT 'in part, one to one: half, no parent has two', count(DISTINCT (x, y)) FILTER (WHERE num_nulls(x, y) = 0)
	= count(*) FILTER (WHERE num_nulls(x, y) = 0) AND count(*) FILTER (WHERE num_nulls(x, y) = 1) > 0
	AND (:n < 1000 OR count(*) FILTER (WHERE num_nulls(x, y) > 0) / count(*)::float BETWEEN 0.47 AND 0.53) FROM rel.part_single
UNION ALL SELECT 'in part, of a tenant: half have no customer, and all a product of the tenant', count(*) = 5 * :n
	AND (:n < 1000 OR count(customer_id) / count(*)::float BETWEEN 0.48 AND 0.52) AND count(*) = (SELECT count(*) FROM rel.part_sale s JOIN rel.product p
		ON p.tenant_id = s.tenant_id AND p.id = product_id WHERE s.tenant_id IN (SELECT tenant_id FROM rel.customer)) FROM rel.part_sale
UNION ALL SELECT 'in part, checked: drawn again until the checks hold', count(*) FILTER (WHERE x IS NULL) > 0
	AND count(*) FILTER (WHERE y IS NULL AND x % 2 = 0) > 0 AND count(*) FILTER (WHERE num_nulls(x, y) = 0 AND x % 2 <> 0) > 0
	AND (:n < 1000 OR count(*) FILTER (WHERE num_nulls(x, y) > 0) / count(*)::float BETWEEN 0.40 AND 0.46) FROM rel.part_checked
UNION ALL SELECT 'five in a ring: round it every row comes to one of the first', count(*) = 2 * :n FROM rel.five_a a JOIN rel.five_b b ON b.id = a.b_id
	JOIN rel.five_c c ON c.x = b.c_x AND c.y = b.c_y JOIN rel.five_d d ON d.code = c.d_code JOIN rel.five_e e ON e.id = d.e_id
	JOIN rel.five_a z ON z.id = e.a_id
UNION ALL SELECT 'not valid: the key is in the catalogue as it was', count(*) = 1 FROM pg_constraint
	WHERE contype = 'f' AND NOT convalidated AND conname = 'not_valid_fk'
UNION ALL SELECT 'one column in two keys: of both parents', count(*) = :n FROM rel.twice t
	JOIN rel.parent p ON p.id = t.parent_id JOIN "rel other".subtype s ON s.id = t.parent_id
UNION ALL SELECT 'partitions: every one of them is filled', :n < 1000 OR count(*) = 0 FROM unnest(ARRAY['by_list_ns', 'by_list_e',
	'by_range_1', 'by_range_2', 'by_range_3', 'by_hash_0', 'by_hash_1', 'by_hash_3', 'by_two_a1', 'by_two_b', 'by_default_1',
	'by_default_d']) t WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = ('rel.' || t)::regclass
		AND (query_to_xml('SELECT FROM rel.' || t || ' LIMIT 1', false, false, ''))::text LIKE '%<row%')
UNION ALL SELECT 'partitions: three lines a parent, in a table of no key', min(n) = 3 AND max(n) = 3 FROM pg_temp.children('rel.by_range')
UNION ALL SELECT 'inheritance: parents are rows of the table itself', (SELECT count(*) FROM ONLY rel.thing) = :n
	AND count(*) = 2 * :n FROM rel.of_thing o JOIN ONLY rel.thing t ON t.id = o.thing_id
;
SELECT what FROM promise WHERE kept IS NOT TRUE;
SELECT count(*) FROM promise;
