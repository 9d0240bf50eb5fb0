-- What the rows of a database say of its constraints, asked by queries that share nothing with the
-- project: anti-joins for foreign keys, groups for unique indexes, pairs for exclusion constraints,
-- CHECKs that are false.  All user tables, those of extensions left out.  Prints lines
--
--	violations|TABLE CONSTRAINT|N     rows that violate it (only where N > 0, and a total)
--	unasked|TABLE CONSTRAINT|REASON   the question itself failed
--	empty|TABLE|                      a table without rows, partitions aside
\set QUIET on
SET client_min_messages = error;
CREATE TEMP TABLE judge_says (kind text, name text, answer text);

DO $$
DECLARE
	q record;
	n bigint;
	asked bigint := 0;
BEGIN
	FOR q IN
		WITH tab AS (
			SELECT c.oid, c.relkind, c.relispartition, c.oid::regclass::text AS name,
				CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass AS own
			FROM pg_catalog.pg_class c
			JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
				AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
				AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
					AND d.objid = c.oid AND d.deptype = 'e'))
		SELECT 'empty' AS kind, name, format('SELECT count(*) FROM (SELECT FROM %s LIMIT 1) x', own) AS query
		FROM tab WHERE NOT relispartition
		UNION ALL
		SELECT 'violations', name || ' ' || a.attname, format('SELECT count(*) FROM %s t WHERE t.%I IS NULL', own, a.attname)
		FROM tab JOIN pg_catalog.pg_attribute a ON a.attrelid = tab.oid
		WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
		UNION ALL
		SELECT 'violations', name || ' ' || c.conname, format('SELECT count(*) FROM %s WHERE (%s) IS FALSE', own,
			pg_catalog.pg_get_expr(c.conbin, c.conrelid))
		FROM tab JOIN pg_catalog.pg_constraint c ON c.conrelid = tab.oid AND c.contype = 'c'
		UNION ALL
		SELECT 'violations', name || ' ' || c.conname, format(
			'SELECT count(*) FROM %s t WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)', own,
			CASE c.confmatchtype WHEN 'f' THEN
				'NOT (' || (SELECT string_agg(format('t.%I IS NULL', a.attname), ' AND ')
				FROM unnest(c.conkey) k(n) JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n) || ')'
			ELSE (SELECT string_agg(format('t.%I IS NOT NULL', a.attname), ' AND ')
				FROM unnest(c.conkey) k(n) JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n)
			END,
			CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END || c.confrelid::regclass,
			(SELECT string_agg(format('p.%I = t.%I', f.attname, a.attname), ' AND ')
			FROM unnest(c.conkey, c.confkey) k(n, m)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n
			JOIN pg_catalog.pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.m))
		FROM tab JOIN pg_catalog.pg_constraint c ON c.conrelid = tab.oid AND c.contype = 'f'
		JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
		UNION ALL
		-- a group of equal keys has one row too many but one; a NULL in it is no key
		SELECT 'violations', name || ' ' || i.indexrelid::regclass, format(
			'SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM %s t WHERE %s AND (%s) GROUP BY %s HAVING count(*) > 1) d',
			own, (SELECT string_agg(format('(%s) IS NOT NULL', pg_catalog.pg_get_indexdef(i.indexrelid, k, true)), ' AND ')
				FROM generate_series(1, i.indnkeyatts) k),
			coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'true'),
			(SELECT string_agg(format('(%s)', pg_catalog.pg_get_indexdef(i.indexrelid, k, true)), ', ')
				FROM generate_series(1, i.indnkeyatts) k))
		FROM tab JOIN pg_catalog.pg_index i ON i.indrelid = tab.oid AND i.indisunique
		UNION ALL
		SELECT 'violations', name || ' ' || c.conname, format(
			'SELECT count(*) FROM (SELECT ctid AS c_id, * FROM %s WHERE %s) t JOIN (SELECT ctid AS c_id, * FROM %s WHERE %s) o ON t.c_id < o.c_id AND %s',
			own, coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'true'),
			own, coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'true'),
			(SELECT string_agg(format('t.%I OPERATOR(%I.%s) o.%I', a.attname, s.nspname, op.oprname, a.attname), ' AND ')
			FROM unnest(c.conkey, c.conexclop) k(n, o)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n
			JOIN pg_catalog.pg_operator op ON op.oid = k.o
			JOIN pg_catalog.pg_namespace s ON s.oid = op.oprnamespace))
		FROM tab JOIN pg_catalog.pg_constraint c ON c.conrelid = tab.oid AND c.contype = 'x'
		JOIN pg_catalog.pg_index i ON i.indexrelid = c.conindid
		WHERE 0 <> ALL (c.conkey)
	LOOP
		BEGIN
			EXECUTE q.query INTO n;
			asked := asked + 1;
			IF q.kind = 'empty' AND n = 0 THEN
				INSERT INTO judge_says VALUES ('empty', q.name, '');
			ELSIF q.kind = 'violations' AND n > 0 THEN
				INSERT INTO judge_says VALUES ('violations', q.name, n);
			END IF;
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO judge_says VALUES ('unasked', q.name, SQLERRM);
		END;
	END LOOP;
	INSERT INTO judge_says VALUES ('asked', asked, '');
END $$;

SELECT kind || '|' || name || '|' || coalesce(answer, '') FROM judge_says ORDER BY kind, name;
