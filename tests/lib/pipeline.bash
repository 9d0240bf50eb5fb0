# shellcheck shell=bash
# Whole runs, for the suites of tests/pipeline.  After common.bash and postgres.bash.
export CRM_PLAN=$ROOT/plans/examples/crm_all.plan.json

# catalogue NAME SCHEMA...: the schemas of $DATABASE_URL, read into $BATS_FILE_TMPDIR/NAME
catalogue() {
	local base=$BATS_FILE_TMPDIR/$1 s args=()
	for s in "${@:2}"; do
		args+=(--schema "$s")
	done
	introspect --run "$base" "${args[@]}" >/dev/null
}

# crm_base: once a suite: a server, the fixture in its database crm, read into $BASE
crm_base() {
	pg_start
	pg_db crm
	crm_load
	catalogue base crm
	export BASE=$BATS_FILE_TMPDIR/base
}

# fixture_base DATABASE FILE SCHEMA: once a suite: a server, that file of tests/fixtures in that
# database, read into $BASE
fixture_base() {
	pg_start
	pg_db "$1"
	sql_file "$ROOT/tests/fixtures/$2"
	catalogue base "$3"
	export BASE=$BATS_FILE_TMPDIR/base
}

# small_plan SCHEMA SEED "TABLE=ROWS ..." [RULES]: into plan.json, RULES being JSON
small_plan() {
	"$PYTHON" - "$@" >plan.json <<-'END'
		import json, sys
		schema, seed, rows, rules = (sys.argv[1:] + ["[]"])[:4]
		json.dump({"plan_version": "0.3", "seed": int(seed), "global": {"as_of": "2026-11-26"},
		           "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		           "targets": [{"schema": schema, "table": t, "rows": int(n)} for t, n in (w.split("=") for w in rows.split())],
		           "rules": json.loads(rules)}, sys.stdout)
	END
}

# new_run RUN PLAN [OPTION...]: a run directory with the catalogue of $BASE and that plan
new_run() {
	mkdir -p "$1"
	cp "$BASE/schema.msgpack" "$1"
	plan-check "$2" --run "$1" "${@:3}" >"$1.check" 2>&1 || fail "$(cat "$1.check")"
}

# make_rows RUN [OPTION...]: both generators
make_rows() {
	gen-parents --run "$1" "${@:2}" >/dev/null
	gen-children --run "$1" "${@:2}" >/dev/null
}

# digests RUN: what the generators made there, with digests
digests() {
	(cd "$1" && find data keys receipts -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

# same_run RUN RUN: rows, keys and receipts are the same files with the same bytes
same_run() {
	cmp <(digests "$1") <(digests "$2") || fail "$1 and $2 differ" \
		"$(diff <(digests "$1") <(digests "$2") | head -n 10)"
	[ -n "$(ls "$1/data")" ] || fail "$1 has no rows"
}

# without_shard FILE: its name, as if the table had one shard, uncompressed
without_shard() {
	local name=${1##*/}
	if [[ $name =~ ^(.*)\.[0-9]+-of-[0-9]+(\..*)$ ]]; then
		name=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
	fi
	echo "${name%.zst}"
}

# whole RUN OUT: into OUT, the rows of each table, its shards one after the other
whole() {
	local f
	mkdir "$2"
	for f in "$1"/data/*; do
		case $f in
		*.zst) zstd -dcq "$f" ;;
		*) cat "$f" ;;
		esac >>"$2/$(without_shard "$f")"
	done
}

# table_lines RUN: "LEVEL SCHEMA.TABLE SHARDS", a table of the plan a line, parents first
table_lines() {
	"$PYTHON" -c '
import json, sys
for t in json.load(open(sys.argv[1]))["resolved"]["tables"]:
    print(t["level"], "%s.%s" % (t["schema"], t["table"]), t["shards"])' "$1/resolved_plan.json"
}

# run_mk ARGUMENT...: the pipeline as Make has it, nothing of our own make in the way
run_mk() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -f "$ROOT/pipelines/run.mk" BIN="$BIN" "$@"
}

# no_leftovers RUN: nothing half-written, under whatever name
no_leftovers() {
	local left
	left=$(find "$1" -name '*.tmp*')
	[ -z "$left" ] || fail "left behind: $left"
}

# crm_rows N: for --rows: N of every table, but for those whose names are few
crm_rows() {
	echo "$1;crm.fontes_lead=20;crm.funis=10;crm.etapas_funil=60;crm.listas_precos=20"
}

# ---- suites whose plan is $PLAN, whose run is $RUN, and whose catalogue is in $BASE -----------

# plan_refused: plan-check says no
plan_refused() {
	rm -rf "$RUN"
	cp -r "$BASE" "$RUN"
	run plan-check "$PLAN" --run "$RUN"
	expect 1
}

# filled TEMPLATE: make the plan's rows and load them into a copy of that database, the test's own
filled() {
	new_run "$RUN" "$PLAN"
	make_rows "$RUN"
	pg_db "t$BATS_TEST_NUMBER" "$1"
	"$BIN/load" --run "$RUN" >/dev/null
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
}

# none FROM-WHERE: no row is so
none() {
	local n
	n=$(sql "SELECT count(*) FROM $1")
	[ "$n" = 0 ] || fail "$n of $1"
}
