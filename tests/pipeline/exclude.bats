#!/usr/bin/env bats
# Exclusion constraints: PostgreSQL has them in place and finds no two rows that exclude each other.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db ex
	sql_file "$ROOT/tests/fixtures/exclude.sql"
	catalogue base x
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# filled_with N RUN [OPTION...]: N rows of each table
filled_with() {
	"$PYTHON" "$ROOT/tests/lib/exclude.py" "$1" >"$2.plan.json"
	new_run "$2" "$2.plan.json" "${@:3}"
	make_rows "$2"
}

# check "TABLE=ROWS ..." [RULES]: run plan-check on that
check() {
	small_plan x 1 "$@"
	rm -rf run
	mkdir run
	cp "$BASE/schema.msgpack" run
	run plan-check plan.json --run run
}

# refuses CODE TEXT...: it is refused, for that and nothing else, with a way out
refuses() {
	expect 1
	[ "$(grep -c '^error' <<<"$output")" = 1 ] || fail "not one error:" "$output"
	says "error $1 " "${@:2}"
	grep -A1 '^error' <<<"$output" | grep -q '^    hint: .' || fail "no way out:" "$output"
}

@test "10 rows of every shape, loaded with the constraints in place" {
	pg_db few ex
	filled_with 10 run
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
	says 'EXCLUDE'
	[ "$(sql "SELECT count(*) FROM x.booking")" = 10 ]
}

@test "100,000 rows of every shape: no row was drawn again for a range's sake, and what each promises" {
	pg_db many ex
	filled_with 100000 run
	"$BIN/load" --run run
	run "$BIN/eval" --run run --sql
	expect 0
	for t in code seat term booking meeting lease visit week; do
		[ "$(sql "SELECT count(*) FROM x.$t")" = 100000 ] || fail "$t"
	done
	[ "$("$PYTHON" -c '
import glob, json
print(sum(json.load(open(f))["retries"] for f in glob.glob("run/receipts/gen.*.json")))')" = 0 ]
	# a room has as many bookings as any other, at hours of their own, not in the order of the rows
	[ "$(sql "SELECT min(n) || ' ' || max(n) FROM (SELECT count(*) n FROM x.booking GROUP BY room_id) g")" = '100 100' ]
	[ "$(sql "SELECT count(DISTINCT during) > 99000 FROM x.booking")" = t ]
	[ "$(sql "SELECT max(upper(during) - lower(during)) <= interval '8 hours' FROM x.booking")" = t ]
	[ "$(sql "SELECT avg((a > b)::int) BETWEEN 0.4 AND 0.6 FROM (SELECT lower(during) a, lag(lower(during)) OVER (ORDER BY ctid) b
		FROM x.term) r")" = t ]
	# what a check asks of the length holds, and there is time between
	[ "$(sql "SELECT max(ends_at - starts_at) <= interval '4 hours' FROM x.meeting")" = t ]
	[ "$(sql "SELECT count(*) FROM (SELECT starts_at - lag(ends_at) OVER (PARTITION BY room_id ORDER BY starts_at) gap FROM x.meeting) g
		WHERE gap < interval '0'")" = 0 ]
	# rows outside the predicate, and no more rows within it than seven days have room for
	[ "$(sql "SELECT count(*) > 40000 FROM x.visit WHERE cancelled")" = t ]
	[ "$(sql "SELECT max(n) <= 7 AND avg(n) > 4 FROM (SELECT count(*) FILTER (WHERE status <> 'cancelled') n FROM x.week GROUP BY room_id) g")" = t ]
	[ "$(sql "SELECT count(*) > 0 FROM x.week a JOIN x.week b USING (room_id) WHERE a.id < b.id AND a.status = 'cancelled'
		AND daterange(a.a, a.b) && daterange(b.a, b.b)")" = t ]
	# NULLs exclude nothing, and are there
	[ "$(sql "SELECT count(*) BETWEEN 400 AND 600 FROM x.stay WHERE nights IS NULL")" = t ]
	none "x.block WHERE isempty(numbers)"
}

@test "1, 2, 7 and 64 shards concatenate to the same bytes" {
	for n in 1 2 7 64; do
		filled_with 300 "run$n" --shards "$n"
		whole "run$n" "whole$n"
		diff -r whole1 "whole$n" || fail "$n shards"
	done
}

@test "children as many as a rule gives each parent, and parents that a filter chooses" {
	check "room=50 meeting=400 lease=300" '[
		{"type": "relationship", "schema": "x", "table": "meeting", "columns": ["room_id"],
			"children_per_parent": {"min": 0, "max": 40, "distribution": "zipf"}, "order": "shuffled"},
		{"type": "relationship", "schema": "x", "table": "lease", "columns": ["room_id"], "where": "id % 2 = 0"}]'
	expect 0
	make_rows run
	pg_db rules ex
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql "SELECT count(*) FROM x.lease JOIN x.room r ON r.id = room_id WHERE r.id % 2 = 1")" = 0 ]
}

@test "ends that follow their starts, in slots or where a rule has siblings follow one another" {
	check "room=10 meeting=1000 visit=1000 lease=200" '[
		{"type": "column_generator", "schema": "x", "table": "meeting", "column": "ends_at",
			"generator": {"id": "derive.end_after_start", "params": {"input_columns": ["starts_at"], "max_seconds": 7200}}},
		{"type": "column_generator", "schema": "x", "table": "lease", "column": "last_day",
			"generator": {"id": "derive.end_after_start", "params": {"input_columns": ["first_day"], "max_days": 20}}},
		{"type": "relationship", "schema": "x", "table": "visit", "columns": ["room_id"], "children_per_parent": 100},
		{"type": "column_generator", "schema": "x", "table": "visit", "column": "a",
			"generator": {"id": "derive.after_sibling", "params": {"input_columns": ["room_id"], "start": "2026-01-01", "min": "1h", "max": "8h"}}},
		{"type": "column_generator", "schema": "x", "table": "visit", "column": "b",
			"generator": {"id": "derive.end_after_start", "params": {"input_columns": ["a"], "max_seconds": 3600}}}]'
	expect 0
	make_rows run
	pg_db follow ex
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql "SELECT max(ends_at - starts_at) <= interval '2 hours' FROM x.meeting")" = t ]
	[ "$(sql "SELECT max(last_day - first_day) <= 20 FROM x.lease")" = t ]
	check "room=10 visit=1000" '[
		{"type": "relationship", "schema": "x", "table": "visit", "columns": ["room_id"], "children_per_parent": 100},
		{"type": "column_generator", "schema": "x", "table": "visit", "column": "a",
			"generator": {"id": "derive.after_sibling", "params": {"input_columns": ["room_id"], "start": "2026-01-01", "min": "1h", "max": "8h"}}},
		{"type": "column_generator", "schema": "x", "table": "visit", "column": "b",
			"generator": {"id": "derive.end_after_start", "params": {"input_columns": ["a"], "max_seconds": 3601}}}]'
	refuses unsupported_unique 'a is not drawn so that ranges can be kept apart'
	check "room=1 lease=60" '[{"type": "column_generator", "schema": "x", "table": "lease", "column": "last_day",
			"generator": {"id": "derive.end_after_start", "params": {"input_columns": ["first_day"], "max_days": 20}}}]'
	refuses key_space_too_small 'a parent by lease_room_id_fkey has up to 60 children, which need as many (first_day, last_day) that do not overlap: 751 values leave room for 35'
}

@test "what checks leave of a range is cut in slots: to the last day" {
	check "room=4 opening=124"
	expect 0
	make_rows run
	pg_db openings ex
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql "SELECT count(*) FROM x.opening WHERE upper(days) - lower(days) = 1")" = 124 ]
	check "room=4 opening=125"
	refuses key_space_too_small 'days: a parent by opening_room_id_fkey has up to 32 children, which need as many (days) that do not overlap: 31 values leave room for 31'
}

@test "other operators are refused by name" {
	check "cage=5"
	refuses unsupported_unique 'exclusion constraint one_kind, EXCLUDE USING gist (no WITH =, animal WITH <>): animal WITH <> is not made apart'
	check "cage=1"
	expect 0
	check "cage=5" '[{"type": "constraint_policy", "schema": "x", "table": "cage", "constraint": "unique", "mode": "ignore"}]'
	expect 0
	check "cage=5" '[{"type": "constraint_policy", "schema": "x", "table": "cage", "constraint": "unique", "mode": "warn"}]'
	expect 0
	says 'warning unsupported_unique' 'exclusion constraint one_kind'
}

@test "picks that do not list children: ranges are kept apart in the whole table" {
	check "room=20 booking=500 meeting=500" '[
		{"type": "relationship", "schema": "x", "table": "booking", "columns": ["room_id"], "pick": {"zipf": {"s": 1.1}}},
		{"type": "relationship", "schema": "x", "table": "meeting", "columns": ["room_id"], "pick": {"zipf": {"s": 1.1}}}]'
	expect 0
	make_rows run
	pg_db picks ex
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
}

@test "eval finds rows that exclude each other, in the database and in the files" {
	check "room=5 code=10 meeting=20"
	expect 0
	make_rows run
	pg_db broken ex
	"$BIN/load" --run run
	# the constraint is still in the catalogue, without which eval does not ask, and excludes no row
	sql "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'x.room_free'::regclass;
		UPDATE x.meeting m SET starts_at = o.starts_at, ends_at = o.ends_at, room_id = o.room_id FROM (SELECT * FROM x.meeting ORDER BY id LIMIT 1) o
			WHERE m.id = (SELECT max(id) FROM x.meeting)"
	run "$BIN/eval" --run run --sql
	expect 1
	grep -q 'EXCLUDE .*2' run/report.md || fail "$(cat run/report.md)"
	"$PYTHON" - <<-'END'
		import csv
		p = "run/data/x.code.csv"
		rows = list(csv.reader(open(p)))
		rows[2][1] = rows[1][1]
		csv.writer(open(p, "w"), lineterminator="\n").writerows(rows)
		p = "run/data/x.meeting.csv"
		rows = list(csv.reader(open(p)))
		rows[2][1:] = rows[1][1:]
		csv.writer(open(p, "w"), lineterminator="\n").writerows(rows)
	END
	run "$BIN/eval" --run run
	expect 1
	[[ "$output" =~ EXCLUDE[[:space:]]+[0-9]+[[:space:]]+4[[:space:]]+0 ]] || fail "$output"
}

@test "explain-row names the slot" {
	check "room=5 meeting=20"
	make_rows run
	run "$BIN/explain-row" --run run x.meeting 7
	expect 0
	says 'apart by room_free: slot ' ' of 4, that of its place among the children by meeting_room_id_fkey'
}

@test "a column that is computed, and rows that are added to others, are refused by name" {
	check "room=5 meeting=20" '[{"type": "column_generator", "schema": "x", "table": "meeting", "column": "ends_at",
		"generator": {"id": "derive.expr", "params": {"expr": "starts_at + interval '"'1 hour'"'"}}}]'
	refuses unsupported_unique 'exclusion constraint room_free' 'ends_at is not drawn'
	"$PYTHON" - <<-'END'
		import json
		p = json.load(open("plan.json"))
		p["rules"] = []
		p["targets"][1]["append"] = True
		json.dump(p, open("plan.json", "w"))
	END
	pg_db more ex
	introspect --run live --keys x.meeting --schema x >/dev/null
	run plan-check plan.json --run live
	refuses unsupported_unique 'exclusion constraint room_free' 'whose ranges nobody knows'
}

@test "rows added to a table pass over values that = excludes, as those of a unique key" {
	pg_db more ex
	sql "INSERT INTO x.code SELECT n, v FROM (VALUES (1, 'a'), (2, 'b'), (3, 'd')) c(n, v)"
	introspect --run live --keys 'x.code(c)' --schema x >/dev/null
	"$PYTHON" - >plan.json <<-'END'
		import json, sys
		json.dump({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-11-26"}, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		           "targets": [{"schema": "x", "table": "code", "rows": 3, "append": True}],
		           "rules": [{"type": "column_generator", "schema": "x", "table": "code", "column": "c",
		                      "generator": {"id": "primitive.text", "params": {"pattern": "^[a-f]$"}}}]}, sys.stdout)
	END
	run plan-check plan.json --run live
	expect 0
	make_rows live
	"$BIN/load" --run live
	[ "$(sql "SELECT string_agg(c, '' ORDER BY c) FROM x.code")" = abcdef ]
	run "$BIN/eval" --run live --sql
	expect 0
}

@test "too many rows for the days there are: the numbers, and a way out" {
	check "room=3 lease=12" '[
		{"type": "column_generator", "schema": "x", "table": "lease", "column": "first_day", "generator": {"id": "primitive.date", "params": {"min": "2026-03-01", "max": "2026-03-03"}}},
		{"type": "column_generator", "schema": "x", "table": "lease", "column": "last_day", "generator": {"id": "primitive.date", "params": {"min": "2026-03-01", "max": "2026-03-03"}}}]'
	refuses key_space_too_small 'not_let: a parent by lease_room_id_fkey has up to 4 children, which need as many (first_day, last_day) that do not overlap: 3 values leave room for 3'
	check "room=4 lease=12" "$("$PYTHON" -c 'import json; print(json.dumps(json.load(open("plan.json"))["rules"]))')"
	expect 0
}
