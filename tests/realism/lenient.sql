-- For SQL of a program whose values the schema refuses: columns become text and constraints go, rows are loaded,
-- then columns get their types back, with NULL where a value is none of the type, and foreign keys that are not validated. Called
-- with :step = before, and, once the rows are there, after.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
CREATE SCHEMA IF NOT EXISTS lenient;
CREATE TABLE IF NOT EXISTS lenient.column_was (tab regclass, col name, typ text, def text);
CREATE TABLE IF NOT EXISTS lenient.key_was (tab regclass, con name, def text);

SELECT :'step' = 'before' AS before \gset
\if :before
INSERT INTO lenient.column_was
SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace;
INSERT INTO lenient.key_was
SELECT conrelid, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace;

DO $$
DECLARE q record;
BEGIN
	FOR q IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 ORDER BY contype <> 'f' LOOP
		EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', q.tab, q.conname);
	END LOOP;
	FOR q IN SELECT * FROM lenient.column_was LOOP
		EXECUTE format('ALTER TABLE %s ALTER %I DROP NOT NULL, ALTER %2$I DROP DEFAULT, ALTER %2$I TYPE text', q.tab, q.col);
		IF q.def LIKE 'nextval(%' THEN
			EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT (%s)::text', q.tab, q.col, q.def);
		END IF;
	END LOOP;
END $$;
\else
DO $$
DECLARE q record;
BEGIN
	FOR q IN SELECT * FROM lenient.column_was LOOP
		EXECUTE format('CREATE OR REPLACE FUNCTION lenient.cast_(v text) RETURNS %s LANGUAGE plpgsql AS
			''BEGIN RETURN v::%1$s; EXCEPTION WHEN others THEN RETURN NULL; END''', q.typ);
		EXECUTE format('ALTER TABLE %s ALTER %I DROP DEFAULT, ALTER %2$I TYPE %s USING lenient.cast_(%2$I)', q.tab, q.col, q.typ);
		DROP FUNCTION lenient.cast_(text);
	END LOOP;
	FOR q IN SELECT * FROM lenient.key_was ORDER BY def LIKE 'FOREIGN%' LOOP
		BEGIN
			EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', q.tab, q.con, q.def,
				CASE WHEN q.def LIKE 'FOREIGN%' THEN ' NOT VALID' ELSE '' END);
		EXCEPTION WHEN others THEN NULL; -- a key that the rows do not keep
		END;
	END LOOP;
END $$;
DROP SCHEMA lenient CASCADE;
\endif
