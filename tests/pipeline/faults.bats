#!/usr/bin/env bats
# Every call to libc that a stage makes fails once, as calls do when memory or disk are out: the stage
# says so in one line, ends with 75, and leaves the run as good as it was.
# Some calls here; FAULTS=every (make faults) takes each of them.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	[ -e "$UNIT/../shim/fault.so" ] || skip "no fault.so: make units"
	! ldd "$BIN/eval" | grep -q libasan || skip "another preloaded library comes before AddressSanitizer's"
	pg_start
	pg_db shop
	sql_file "$ROOT/tests/fixtures/shop.sql"
	export REF=$BATS_FILE_TMPDIR/ref
	mkdir -p "$REF/empty"
	step empty schema introspect --schema shop
	step schema plan plan-check "$ROOT/tests/fixtures/shop.plan.json" --shards 2
	step plan parents gen-parents
	step parents rows gen-children --jobs 2
	step rows report "$BIN/eval"
	pg_db loaded shop
	step rows loaded "$BIN/load" --truncate
	DATABASE_URL=$(pg_url shop) PG_NOW=$(pg_url shop)
	export DATABASE_URL PG_NOW
}

teardown_file() {
	pg_stop
}

# step BEFORE AFTER CMD...: what CMD --run makes of one run directory, as another
step() {
	cp -r "$REF/$1" "$REF/$2"
	"${@:3}" --run "$REF/$2" >/dev/null 2>&1
}

# faults STAGE BEFORE AFTER CMD...: each class of calls, or those of $CLASSES
faults() {
	local class held=0
	for class in ${CLASSES:-memory files memory-libs memory-on files-on files-libs ${MORE:-}}; do
		"$PYTHON" "$ROOT/tests/lib/fault.py" "$BATS_TEST_TMPDIR" "$UNIT/../shim/fault.so" "${FAULTS:-some}" \
			"$1" "$REF/$2" "$REF/$3" "$class" -- "${@:4}" || held=1
	done
	return $held
}

@test "introspect" {
	MORE='sends-libs server server-whole'
	faults introspect empty schema introspect --schema shop --run run
}

@test "plan-check" {
	faults plan-check schema plan plan-check "$ROOT/tests/fixtures/shop.plan.json" --shards 2 --run run
}

@test "gen-parents" {
	faults gen-parents plan parents gen-parents --run run
}

@test "gen-children, in workers" {
	faults gen-children parents rows gen-children --run run --jobs 2
}

# fixture NAME FILE SCHEMA...: its catalogue, plan, parents' keys and rows, as $REF/NAME.*
fixture() {
	local s args=()
	pg_db "$1"
	sql_file "$ROOT/tests/fixtures/$2"
	for s in "${@:3}"; do
		args+=(--schema "$s")
	done
	introspect --run "$REF/$1.schema" "${args[@]}" >/dev/null 2>&1
	step "$1.schema" "$1.plan" plan-check "$BATS_TEST_TMPDIR/$1.json"
	step "$1.plan" "$1.parents" gen-parents
	step "$1.parents" "$1.rows" gen-children --jobs 2 --format binary --compress zstd
}

@test "plan-check and gen-children, where there is much to compile, and columns are made of children" {
	: "${FAULTS:=few}"
	"$PYTHON" "$ROOT/tests/lib/relations.py" 10 >"$BATS_TEST_TMPDIR/rel.json"
	"$PYTHON" "$ROOT/tests/lib/aggregates.py" 6 clustered >"$BATS_TEST_TMPDIR/agg.json"
	fixture rel zoo_relations.sql rel 'rel other'
	fixture agg aggregates.sql agg
	[ "$FAULTS" = every ] || CLASSES=memory
	faults plan-check rel.schema rel.plan plan-check rel.json --run run
	faults gen-children agg.parents agg.rows gen-children --run run --jobs 2 --format binary --compress zstd
}

@test "eval, of the files" {
	faults eval rows report "$BIN/eval" --run run
}

@test "eval, of the database" {
	pg_db filled
	sql_file "$ROOT/tests/fixtures/shop.sql"
	"$BIN/load" --run "$REF/rows" >/dev/null 2>&1
	rm -r "$REF/rows/receipts/load.json"
	step rows asked "$BIN/eval" --sql
	: "${FAULTS:=few}" # each waits for the server
	MORE='sends-libs server server-whole'
	faults eval rows asked "$BIN/eval" --sql --run run
}

@test "load, all or nothing" {
	pg_db loaded
	sql_file "$ROOT/tests/fixtures/shop.sql"
	export FAULT_CHECK='n=$(psql -XqAt -d "$DATABASE_URL" -c "SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)"); [ "$n" = 0 ] || [ "$n" = 400 ]'
	: "${FAULTS:=few}" # each waits for the server
	MORE='sends-libs server server-whole'
	faults load rows loaded "$BIN/load" --run run --truncate
}

@test "snapshot and explain-row" {
	faults snapshot rows rows snapshot run/keys/shop.customers.0-of-2.msgpack
	faults explain-row rows rows explain-row --run run shop.orders 7
}
