-- What PostgreSQL itself says of the rows of a schema: violations of every constraint it has,
-- counted by queries that believe none of them.
--
--	psql -v schema=crm -f scripts/violations.sql
\set QUIET on
\pset footer off
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET search_path = '';

-- rows of tables that inherit from it are not a table's own; those of partitions are
CREATE FUNCTION pg_temp.rows_of(t oid) RETURNS text LANGUAGE sql AS $$
	SELECT CASE relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || t::regclass FROM pg_catalog.pg_class WHERE oid = t $$;
CREATE TEMP TABLE pg_temp.question AS
WITH con AS (
	SELECT c.*, pg_temp.rows_of(conrelid) AS tab, pg_temp.rows_of(confrelid) AS parent,
		(SELECT string_agg(format('c.%I', attname), ', ' ORDER BY k.o)
		 FROM unnest(conkey) WITH ORDINALITY k(n, o)
		 JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = k.n) AS cols,
		(SELECT string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ')
		 FROM unnest(conkey, confkey) k(n, fn)
		 JOIN pg_catalog.pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n
		 JOIN pg_catalog.pg_attribute f ON f.attrelid = confrelid AND f.attnum = k.fn) AS pairs
	FROM pg_catalog.pg_constraint c
	WHERE connamespace = :'schema'::regnamespace AND conrelid <> 0)
SELECT 1 AS nr, 'PRIMARY KEY' AS kind, conname::text AS name,
	format('SELECT count(*) - count(DISTINCT (%s)) FROM %s c', cols, tab) AS query
FROM con WHERE contype = 'p'
UNION ALL
SELECT 2, 'FOREIGN KEY', conname, format('SELECT count(*) FROM %s c WHERE (%s) IS NOT NULL AND '
	'NOT EXISTS (SELECT 1 FROM %s p WHERE %s)', tab, 'ROW(' || cols || ')', parent, pairs)
FROM con WHERE contype = 'f'
UNION ALL
SELECT 3, 'UNIQUE', conname, format('SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM %s c '
	'WHERE ROW(%s) IS NOT NULL GROUP BY %s HAVING count(*) > 1) d', tab, cols, cols)
FROM con WHERE contype = 'u'
UNION ALL
SELECT 4, 'CHECK', conname, format('SELECT count(*) FROM %s WHERE NOT (%s)', tab,
	pg_catalog.pg_get_expr(conbin, conrelid))
FROM con WHERE contype = 'c'
UNION ALL
SELECT 5, 'NOT NULL', attname, format('SELECT count(*) FROM %s WHERE %I IS NULL', pg_temp.rows_of(attrelid), attname)
FROM pg_catalog.pg_attribute
JOIN pg_catalog.pg_class t ON t.oid = attrelid
WHERE relnamespace = :'schema'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND attnotnull;

CREATE TEMP TABLE pg_temp.answer (nr int, kind text, violations bigint);
SELECT format('INSERT INTO pg_temp.answer SELECT %s, %L, (%s)', nr, kind, query)
FROM pg_temp.question \gexec

\pset format aligned
\pset tuples_only off
SELECT kind, count(*) AS constraints, sum(violations) AS violations
FROM pg_temp.answer GROUP BY nr, kind ORDER BY nr;
