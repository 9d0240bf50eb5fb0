-- Table m: a column of each type, with values at the edges of it; and what PostgreSQL makes of each
-- of them as a value of every other column: what INSERT ... SELECT does.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE tone AS ENUM ('ok', 'loud');
CREATE DOMAIN short AS varchar(3);
CREATE DOMAIN tenth AS numeric(4,1);
CREATE TABLE m (
	id integer PRIMARY KEY,
	i2 smallint, i4 integer, i8 bigint, n numeric, n42 numeric(4,2), n122 numeric(12,2), n184 numeric(18,4),
	n18 numeric(18,18), n30 numeric(3,0), n28 numeric(28,10), f4 real, f8 double precision, bo boolean,
	tx text, vc varchar, vc3 varchar(3), vc5 varchar(5), c2 char(2), c5 char(5), ch "char", nm name,
	da date, ti time, ti1 time(1), ts timestamp, ts0 timestamp(0), tz timestamptz, tz3 timestamptz(3),
	iv interval, iv1 interval(1), ivm interval year to month, ivh interval day to hour, u uuid, by bytea,
	j json, jb jsonb, mo mood, tn tone, ta text[], va varchar(2)[], ia integer[], ba bigint[],
	na numeric(3,1)[], ir int4range, lr int8range, tr tsrange, sh short, te tenth,
	tt timetz, ip inet, ci cidr, ma macaddr, bt bit(3), vb varbit(4), mn money, po point, xm xml, oi oid
);

CREATE TABLE edges (col text, val text[]);
INSERT INTO edges VALUES
	('i2', '{0,1,-1,99,100,999,-1000,32767,-32768}'),
	('i4', '{0,5,32767,32768,-32768,-32769,100000,2147483647,-2147483648,999}'),
	('i8', '{0,7,-1,32768,2147483647,2147483648,-2147483649,9007199254740993,9223372036854775807,-9223372036854775808,16777217}'),
	('n', '{0.00,0.50,1.50,-2.50,99.99,-0.01,32767.49,32767.50,2147483647.50,12345678901234.56}'),
	('n42', '{0,0.05,9.99,99.99,-99.99,0.5,1.5,2.5,-0.5,12.34}'),
	('n122', '{0,99.99,100.00,99.95,99.94,-99.96,999.49,999.5,9999999999.99,-32768.50,2147483647.49,0.01}'),
	('n184', '{0,0.0001,0.0049,0.005,-0.005,99.9949,99.995,12345678901234.5678,-1.2345,2.5000}'),
	('n18', '{0,0.000000000000000001,0.999999999999999999,-0.5,0.05,0.999994}'),
	('n30', '{0,1,-1,99,100,999,-999}'),
	('n28', '{0,0.0000000001,1.0050000000,-99.9999999999,12345678.1234567891,100}'),
	('f4', '{0,0.1,-0.5,1.5,2.5,3.4e38,-3.4e38,1e-40,16777216,99.995,32767.5,123456.789}'),
	('f8', '{0,0.1,0.5,1.5,-2.5,1e40,-1e40,1e-50,1e300,9223372036854775807,2147483647.5,32767.4999,99.994999999999,0.005}'),
	('bo', '{true,false}'),
	('tx', ARRAY['', 'a', 'abc', 'abcd', 'abc ', 'abc  ', 'abcde', 'abcdef', ' ab', '   ', 'äöü', 'äöüß', '12', 'true', 'x"y\,''{}',
		repeat('é', 40)]),
	('vc', ARRAY['', 'ab', 'ab   ', 'abcdef   ', 'ñandú', 'ñandúes', '1.5', 'ok']),
	('vc3', ARRAY['', 'abc', 'a', 'a  ', 'ñññ', ' ']), ('vc5', ARRAY['abcde', 'ab   ', '', 'ñ', 'abc ', 'abcd']),
	('c2', ARRAY['ab', 'a', '', 'ñé']), ('c5', ARRAY['abcde', 'abc', 'a', '', 'ñ', 'ab cd']),
	('ch', ARRAY['a', 'Z', '1']), ('nm', ARRAY['ab', 'a_name', '', repeat('n', 63)]),
	('da', '{2000-01-01,1999-12-31,2024-02-29,0001-01-01,9999-12-31,5874897-12-31,-infinity,infinity,4713-01-01 BC}'),
	('ti', '{00:00:00,23:59:59.999999,24:00:00,12:34:56.05,12:34:56.949999,23:59:59.95}'),
	('ti1', '{00:00:00,23:59:59.9,12:34:56.1}'),
	('ts', '{2000-01-01 00:00:00,1999-12-31 23:59:59.999999,1999-12-31 23:59:59.5,2024-02-29 12:00:00.4999,-infinity,infinity,0001-01-01 00:00:00.0005}'),
	('ts0', '{2000-01-01 00:00:00,1999-12-31 23:59:59,2024-02-29 12:00:00,infinity}'),
	('tz', '{2000-01-01 00:00:00Z,1999-12-31 23:59:59.999999Z,2024-02-29 23:30:00.0005Z,-infinity,infinity,1900-01-01 00:00:00.9995Z}'),
	('tz3', '{2000-01-01 00:00:00Z,1999-12-31 23:59:59.999Z,2024-02-29 23:30:00.001Z}'),
	('iv', '{00:00:00,1 day,1 year 2 mons 3 days 04:05:06.789,-1 days -00:00:00.05,25:00:00,-14 mons,00:00:00.049999,-26:30:15.55}'),
	('iv1', '{00:00:00,00:00:00.1,-1 days}'), ('ivm', '{1 year 2 mons,-3 mons}'), ('ivh', '{1 day 05:00:00,-2 days}'),
	('u', '{00000000-0000-0000-0000-000000000000,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'),
	('by', ARRAY['', E'\\x00ff', E'\\x616263']),
	('j', ARRAY['{"a": 1}', '[]', '"x"', '{"b":2,"a":1}']), ('jb', ARRAY['{"a": 1}', '[]', '"x"', '{"b":2,"a":1}']),
	('mo', '{sad,ok,happy}'), ('tn', '{ok,loud}'),
	('ta', ARRAY['{}', '{a,b}', '{abc}', '{"a b",NULL}', '{"ab "}']), ('va', ARRAY['{}', '{ab,c}', '{NULL}']),
	('ia', ARRAY['{}', '{1,2}', '{2147483647}']), ('ba', ARRAY['{}', '{1}', '{9223372036854775807}']),
	('na', ARRAY['{}', '{1.5,-99.9}', '{NULL,0}']), ('ir', ARRAY['empty', '[1,5)', '(,)']), ('lr', ARRAY['empty', '[1,5)']),
	('tr', ARRAY['empty', '[2000-01-01 00:00:00,2000-01-02 00:00:00)']),
	('sh', ARRAY['abc', '', 'a  ']), ('te', '{0,0.5,999.9,-999.9,100.0,99.9}'),
	('tt', ARRAY['12:00:00+00']), ('ip', '{10.0.0.1}'), ('ci', '{10.0.0.0/8}'), ('ma', ARRAY['08:00:2b:01:02:03']),
	('bt', '{101}'), ('vb', '{1,1010}'), ('mn', ARRAY['$1.50']), ('po', ARRAY['(1,2)']), ('xm', ARRAY['<a/>']), ('oi', '{0,26}');

-- what became of it: 'none' (no assignment), 'fails', or 'is', the value being in as_COLUMN
CREATE TABLE theirs (src text, dst text, id integer, state text);
CREATE TABLE ours (src text, dst text, state text, id integer, why text);

DO $$
DECLARE
	s text; t text; ty text; v text[]; k integer;
BEGIN
	INSERT INTO m SELECT generate_series(1, 18);
	FOR s, ty, v IN SELECT col, format_type(atttypid, atttypmod), val FROM edges, pg_attribute
			WHERE attrelid = 'm'::regclass AND attname = col LOOP
		-- the last row has NULLs
		EXECUTE format('UPDATE m SET %I = ($1[1 + (id - 1) %% $2])::%s WHERE id < 18', s, ty) USING v, cardinality(v);
	END LOOP;
	FOR t, ty IN SELECT col, format_type(atttypid, atttypmod) FROM edges, pg_attribute
			WHERE attrelid = 'm'::regclass AND attname = col LOOP
		EXECUTE format('CREATE TABLE %I (src text, id integer, v %s)', 'as_' || t, ty);
		FOR s IN SELECT col FROM edges LOOP
			BEGIN
				EXECUTE format('INSERT INTO %I SELECT %L, id, %I FROM m', 'as_' || t, s, s);
				INSERT INTO theirs SELECT s, t, id, 'is' FROM m;
			EXCEPTION WHEN datatype_mismatch THEN
				INSERT INTO theirs VALUES (s, t, NULL, 'none');
			WHEN OTHERS THEN
				FOR k IN SELECT id FROM m LOOP
					BEGIN
						EXECUTE format('INSERT INTO %I SELECT %L, id, %I FROM m WHERE id = %s', 'as_' || t, s, s, k);
						INSERT INTO theirs VALUES (s, t, k, 'is');
					EXCEPTION WHEN OTHERS THEN
						INSERT INTO theirs VALUES (s, t, k, 'fails');
					END;
				END LOOP;
			END;
		END LOOP;
	END LOOP;
END $$;

-- differing(t, made): the rows of a table of the column's values, as we made them, that differ.  A
-- numeric without a scale is made with two decimals.
CREATE FUNCTION differing(t text, made text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	s text;
	shown text := CASE t WHEN 'n' THEN 'trim_scale(%1$s)::text' ELSE '%1$s::text' END;
BEGIN
	FOR s IN SELECT attname FROM pg_attribute WHERE attrelid = format('%I', made)::regclass AND attnum > 1 LOOP
		RETURN QUERY EXECUTE format('SELECT format(''%%s to %%s, row %%s: %%s, not %%s'', %1$L, %2$L, w.id, %3$s, %4$s)
			FROM %5$I w JOIN %6$I g USING (id) WHERE w.src = %1$L AND %3$s IS DISTINCT FROM %4$s
				AND NOT EXISTS (SELECT FROM ours o WHERE o.src = %1$L AND o.dst = %2$L AND o.id = w.id)',
			s, t, format(shown, format('g.%I', s)), format(shown, 'w.v'), 'as_' || t, made);
	END LOOP;
END $$;

CREATE VIEW covered AS
	SELECT DISTINCT src, dst, format_type(d.atttypid, d.atttypmod) AS type, a.attnum AS n
	FROM ours, pg_attribute a, pg_attribute d
	WHERE state IN ('free', 'cast') AND a.attrelid = 'm'::regclass AND a.attname = src
		AND d.attrelid = 'm'::regclass AND d.attname = dst;
CREATE TABLE lines (line json);
