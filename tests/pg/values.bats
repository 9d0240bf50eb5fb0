#!/usr/bin/env bats

load ../lib/common
load ../lib/postgres

setup_file() { pg_start; }
teardown_file() { pg_stop; }

@test "values: our text of reals, dates, times and timestamps is PostgreSQL's own" {
	"$UNIT/values" >"$BATS_TEST_TMPDIR/values"
	run psql -XqAtd "$DATABASE_URL" -v ON_ERROR_STOP=1 <<-EOF
		SET DateStyle = 'ISO, YMD';
		SET TimeZone = 'UTC';
		CREATE TEMP TABLE v (kind text, a text, b bigint, ours text);
		\copy v FROM '$BATS_TEST_TMPDIR/values'
		CREATE TEMP VIEW theirs AS SELECT *, CASE kind
			WHEN 'f8' THEN a::float8::text
			WHEN 'f4' THEN a::float4::text
			WHEN 'date' THEN (date '2000-01-01' + a::int)::text
			WHEN 'time' THEN (time '00:00' + b * interval '1 microsecond')::text
			WHEN 'ts' THEN (date '2000-01-01' + a::int + time '00:00' + b * interval '1 microsecond')::text
			WHEN 'tstz' THEN ((date '2000-01-01' + a::int + time '00:00' + b * interval '1 microsecond')
				AT TIME ZONE 'UTC')::text
			WHEN 'rfc' THEN trim('"' FROM to_json((date '2000-01-01' + a::int + time '00:00'
				+ b * interval '1 microsecond') AT TIME ZONE 'UTC')::text)
			WHEN 'week' THEN extract(dow FROM d)::text || ' ' || extract(doy FROM d)::text
			WHEN 'month' THEN (d + b * interval '1 month')::date::text
			END AS pg
			FROM v, LATERAL (SELECT CASE WHEN kind IN ('week', 'month') THEN date '2000-01-01' + a::int END AS d) x;
		SELECT kind, a, b, ours, pg FROM theirs
			WHERE ours IS DISTINCT FROM CASE kind WHEN 'rfc' THEN replace(pg, '+00:00', 'Z') ELSE pg END
			LIMIT 20;
		SELECT 'compared ' || count(DISTINCT kind) || ' kinds, ' || (count(*) > 150000)::text FROM theirs;
	EOF
	expect 0
	[ "$output" = "compared 9 kinds, true" ] || fail "$output"
}
