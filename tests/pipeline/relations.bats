#!/usr/bin/env bats
# The relationship zoo: every shape, loaded with its constraints live, and every promise of the
# rules asked of PostgreSQL.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db zoo
	sql_file "$ROOT/tests/fixtures/zoo_relations.sql"
	catalogue base rel 'rel other'
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# zoo RUN N [OPTION...]: rows for N parents, N chosen by the plan
zoo() {
	"$PYTHON" "$ROOT/tests/lib/relations.py" "$2" >"$1.plan.json"
	new_run "$1" "$1.plan.json" "${@:3}"
}

# promises N: all of them are kept
promises() {
	local out
	out=$(psql -XqAt -v ON_ERROR_STOP=1 -v n="$1" -d "$DATABASE_URL" -f "$ROOT/tests/lib/relations.sql")
	[[ $out =~ ^[1-9][0-9]*$ ]] || fail "not kept:" "$out"
}

@test "the zoo with 10 parents: no violation, every promise kept" {
	pg_db ten zoo
	zoo run 10
	make_rows run
	"$BIN/load" --run run
	run "$BIN/eval" --run run --sql
	expect 0
	promises 10
}

@test "the zoo with 20,000 parents, 100,000 children: no violation, every promise kept" {
	pg_db many zoo
	zoo run 20000
	make_rows run --jobs 2 --format binary
	"$BIN/load" --run run
	run "$BIN/eval" --run run
	expect 0
	promises 20000
	[ "$(sql 'SELECT count(*) FROM rel.fan_uniform')" = 100000 ]
}

@test "1, 2, 7 and 64 shards concatenate to the same bytes" {
	for n in 1 2 7 64; do
		zoo "run$n" 300 --shards "$n"
		make_rows "run$n" --jobs "$n"
		whole "run$n" "whole$n"
		diff -r whole1 "whole$n" || fail "$n shards"
	done
}

@test "rings are loaded with every key in place, and the keys are then what they were" {
	pg_db inplace zoo
	zoo run 50 --shards 3
	make_rows run
	was=$(sql "SELECT conname, condeferrable, condeferred FROM pg_constraint ORDER BY conname")
	"$BIN/load" --run run --in-place
	[ "$(sql "SELECT conname, condeferrable, condeferred FROM pg_constraint ORDER BY conname")" = "$was" ]
	run "$BIN/eval" --run run --sql
	expect 0
	promises 50
}

@test "a condition that no parent meets, or too few, is refused" {
	zoo run 10
	PLAN=run.plan.json RUN=no
	sed -i 's/"where": "id <= 5"/"where": "id < 0"/' run.plan.json
	plan_refused
	says where_matches_none 'rel.counted' 'of 10 rows of rel.parent none is so that id < 0'
	sed -i 's/"where": "id < 0"/"where": "id = 3"/' run.plan.json
	plan_refused
	says fan_out_impossible 'rel.counted' '10 rows cannot be shared among 1 parents of 1 to 3 children each'
}

@test "weights that are negative, NULL or all 0 are refused, with the parent" {
	zoo run 10
	PLAN=no.plan.json RUN=no
	weights() {
		sed "s/\"by\": \"score\"/\"by\": \"$1\"/" run.plan.json >"$PLAN"
		plan_refused
		says weights_unusable 'rel.pick_weighted' 'pick_weighted_parent_id_fkey' 'rel.parent' "$2"
		[ ! -e "$RUN/plan.msgpack" ]
	}
	weights 'score - 10' 'has a weight that is negative: score - 10'
	weights 'nullif(id, 4)' 'row 3 of rel.parent has a weight that is NULL'
	weights 'score * 0' 'all 10 rows of rel.parent that may be picked have the weight 0'
}

# fits COLUMNS...: plan-check, of 10 rows of the table r with these partitions, into $output
fits() {
	rm -rf r
	printf '%s;\n' "$@" >r.sql
	introspect --ddl r.sql --run r --schema public >/dev/null
	plan-check --init --on-impossible refuse --run r >r.json
	run plan-check r.json --run r --rows 10
}

@test "rows fit a partition, and a table whose partitions leave none to fit is refused" {
	fits 'CREATE TABLE r (id uuid PRIMARY KEY) PARTITION BY HASH (id)' \
		'CREATE TABLE r0 PARTITION OF r FOR VALUES WITH (MODULUS 3, REMAINDER 0)' \
		'CREATE TABLE r2 PARTITION OF r FOR VALUES WITH (MODULUS 3, REMAINDER 2)'
	expect 1
	says 'error target_not_fillable' '"public.r" is partitioned by hash, and some remainders have no partition'
	fits 'CREATE TABLE r (id int PRIMARY KEY) PARTITION BY LIST (id)'
	expect 1
	says 'error target_not_fillable' '"public.r"' 'without partitions'
	fits 'CREATE TABLE r (id int PRIMARY KEY CHECK (id > 20)) PARTITION BY RANGE (id)' \
		'CREATE TABLE r0 PARTITION OF r FOR VALUES FROM (0) TO (10)' \
		'CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (10) TO (20)'
	expect 1
	says 'error check_unsatisfiable' 'public.r.id' 'id > 20' 'CHECK (id >= 0 AND id < 20)'
	fits 'CREATE TABLE r ("a key" text, n int, note text) PARTITION BY LIST ("a key")' \
		"CREATE TABLE r0 PARTITION OF r FOR VALUES IN ('it''s, (x)', NULL)" \
		"CREATE TABLE r1 PARTITION OF r FOR VALUES IN ('y') PARTITION BY RANGE (n, note COLLATE \"C\")" \
		"CREATE TABLE r10 PARTITION OF r1 FOR VALUES FROM (1, MINVALUE) TO (9, MAXVALUE)"
	expect 0
	gen-parents --run r
	"$PYTHON" - r/data/public.r.csv <<'END' || fail "$(cat r/data/public.r.csv)"
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))[1:]
assert len(rows) == 10 and {r[0] for r in rows} == {"", "it's, (x)", "y"}
assert all(r[0] != "y" or (1 <= int(r[1]) <= 9 and r[2] != "") for r in rows)
END
}
