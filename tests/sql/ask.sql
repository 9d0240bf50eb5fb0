-- escaped(s): a field of a line, in COPY's text format.
CREATE FUNCTION escaped(s text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT replace(replace(replace(replace(s, E'\\', E'\\\\'), E'\t', E'\\t'), E'\n', E'\\n'), E'\r', E'\\r')
$$;

-- said(x): T, F or N of a boolean; of a text = and the text, or N.
CREATE FUNCTION said(x boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN x THEN 'T' WHEN NOT x THEN 'F' ELSE 'N' END
$$;
CREATE FUNCTION said(x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce('=' || escaped(x), 'N')
$$;

-- ask(e): what expression e is in each row of t, in order, as said or E (an error), tabs between.
CREATE FUNCTION ask(e text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r text;
BEGIN
	BEGIN
		EXECUTE format('SELECT string_agg(said(x), E''\t'' ORDER BY id) FROM
			(SELECT id, (%s) AS x FROM t OFFSET 0) s', e) INTO r;
		RETURN r;
	EXCEPTION WHEN OTHERS THEN NULL;
	END;
	-- a row at a time, from the table: values handed over as parameters would be folded
	EXECUTE format('CREATE OR REPLACE FUNCTION one(id_of_row integer) RETURNS text LANGUAGE plpgsql AS $f$
		DECLARE answer_of_e text;
		BEGIN
			SELECT said(%s) INTO answer_of_e FROM t WHERE id = id_of_row;
			RETURN answer_of_e;
		EXCEPTION WHEN OTHERS THEN
			RETURN ''E'';
		END $f$', e);
	EXECUTE 'SELECT string_agg(one(id), E''\t'' ORDER BY id) FROM t' INTO r;
	RETURN r;
END $$;

-- deparsed(e): how PostgreSQL prints the expression in a CHECK.
CREATE FUNCTION deparsed(e text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r text;
	tail text := '';
BEGIN
	BEGIN
		EXECUTE format('ALTER TABLE t ADD CONSTRAINT asked CHECK (%s) NOT VALID', e);
	EXCEPTION WHEN datatype_mismatch THEN
		tail := ' IS NOT NULL)';
		EXECUTE format('ALTER TABLE t ADD CONSTRAINT asked CHECK ((%s)%s NOT VALID', e, tail);
	END;
	SELECT pg_get_expr(conbin, conrelid) INTO r FROM pg_constraint WHERE conname = 'asked';
	ALTER TABLE t DROP CONSTRAINT asked;
	RETURN CASE tail WHEN '' THEN r ELSE substr(r, 2, length(r) - length(tail) - 1) END;
END $$;

-- columns: what sqleval has to know of them
CREATE VIEW columns_of_t AS
	SELECT attname AS name,
		CASE WHEN e.oid IS NOT NULL THEN e.typname || '[]' ELSE ty.typname END AS type,
		atttypmod AS typmod,
		CASE ty.typtype
			WHEN 'e' THEN 'enum ' || (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder)
				FROM pg_enum WHERE enumtypid = ty.oid)
			WHEN 'd' THEN 'domain ' || bt.typname
			ELSE '' END AS more
	FROM pg_attribute a JOIN pg_type ty ON ty.oid = atttypid
		LEFT JOIN pg_type e ON e.oid = ty.typelem AND ty.typcategory = 'A'
		LEFT JOIN pg_type bt ON bt.oid = ty.typbasetype
	WHERE attrelid = 't'::regclass AND attnum > 0
	ORDER BY attnum;

CREATE VIEW functions_of_t AS
	SELECT proname AS name, pg_get_function_identity_arguments(oid) AS args,
		format_type(prorettype, NULL) AS result, proisstrict AS strict, prosrc AS body
	FROM pg_proc WHERE proname IN ('is_ok', 'padded');
