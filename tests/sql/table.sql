-- One column of each type that checks are written over, and what its checks may call.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN dpos AS integer CHECK (VALUE > -100000);
CREATE DOMAIN dem AS text CHECK (length(VALUE) < 1000);
CREATE FUNCTION padded(value text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$
	-- no blanks around it
	SELECT value = btrim(value);
$$;
CREATE FUNCTION is_ok(v text) RETURNS boolean LANGUAGE sql IMMUTABLE
	AS $$ SELECT length($1) < 5 AND padded(v) $$;
CREATE TABLE t (
	id integer PRIMARY KEY,
	i integer, i2 integer, si smallint, b bigint, n numeric(14,3), r real, dp double precision,
	tx text, vc varchar(20), vc2 varchar, ch char(5), nm name, bo boolean, m mood,
	d date, d2 date, ts timestamp, ts2 timestamp, tz timestamptz, tm time, iv interval,
	u uuid, by bytea, j json, jb jsonb, ta text[], va varchar[], ia integer[],
	ir int4range, tr tsrange, dpos dpos, dem dem, "Weird Col" integer, "order" text,
	ip inet, bt bit(4), mny money
);
