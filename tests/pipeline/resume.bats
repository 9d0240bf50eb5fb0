#!/usr/bin/env bats
# Whole or not at all: what is lost is made again alone, and a stage killed anywhere leaves
# nothing that the next run would believe.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=$(crm_rows 900)

setup_file() {
	crm_base
	# four tables are enough to be killed in: two levels, a table with keys for others
	export SMALL=$BATS_FILE_TMPDIR/small.plan.json
	cat >"$SMALL" <<'JSON'
{ "plan_version": "0.2", "seed": 3,
  "schema_ref": { "schema_version": "0.2", "engine": "postgres" },
  "global": { "locale": "pt_BR", "as_of": "2026-01-01" },
  "targets": [ { "schema": "crm", "table": "leads", "rows": 5000 },
               { "schema": "crm", "table": "contatos", "rows": 5000 } ],
  "rules": [] }
JSON
	export REF=$BATS_FILE_TMPDIR/ref/run
	introspect --run "$REF" --schema crm >/dev/null
	plan-check "$SMALL" --run "$REF" >/dev/null 2>&1
	make_rows "$REF"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
	pg_db "t$BATS_TEST_NUMBER" crm
}

# crm_make [ARGUMENT...]: make the rows of all 20 tables, three shards each, in run
crm_make() {
	run_mk RUN=run PLAN="$CRM_PLAN" CHECKFLAGS="--shards 3 --rows '$ROWS'" "$@"
}

# commands: the stages that the last `run crm_make` called, without their folder and run
commands() {
	# shellcheck disable=SC2154
	grep -o "$BIN/[a-z]*.*" <<<"$output" | sed "s|^$BIN/||; s|--run 'run' *||; s| *\$||"
}

@test "make: rows, keys or a receipt that are gone are made again, alone, as they were" {
	run crm_make -j2
	expect 0
	digests run >before
	for lost in data/crm.contatos.1-of-3.csv keys/crm.contatos.1-of-3.msgpack \
		receipts/gen.crm.contatos.1-of-3.json; do
		rm "run/$lost"
		run crm_make -j2 rows
		expect 0
		[ "$(commands)" = "gen-children --table 'crm.contatos' --shard 1" ] || fail "$output"
		digests run | diff before -
	done
	rm -r run/data/crm.pagamentos.*
	run crm_make rows
	[ "$(commands | grep -c "gen-children --table 'crm.pagamentos' --shard [012]")" = 3 ] || fail "$output"
	[ "$(commands | wc -l)" = 3 ] || fail "$output"
	digests run | diff before -
}

@test "make: the stage making a shard is killed with -9: that one is made again, alone" {
	cat >launch <<'EOS'
#!/bin/bash
if [[ "$*" == *"crm.pagamentos --shard 1"* && ! -e killed ]]; then
	touch killed
	exec strace -f -qq -o /dev/null -e trace=rename -e inject=rename:signal=KILL:when=1 "$@"
fi
exec "$@"
EOS
	chmod +x launch
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	run crm_make -j2 -k LAUNCH=./launch
	expect 2
	[ -e killed ]
	[ ! -e run/data/crm.pagamentos.1-of-3.csv ]
	[ ! -e run/receipts/gen.crm.pagamentos.1-of-3.json ]
	[ ! -e run/report.md ]
	run crm_make -j2 LAUNCH=./launch
	expect 0
	[ "$(commands)" = "gen-children --table 'crm.pagamentos' --shard 1
eval" ] || fail "$output"
	no_leftovers run
	crm_make -j2 RUN=whole rows
	same_run whole run
}

@test "a plan that changes is followed by the tables it touches, and their children, alone" {
	run crm_make -j2
	cp "$CRM_PLAN" changed.json
	"$PYTHON" - <<'PY'
import json
p = json.load(open("changed.json"))
p["rules"] = [r for r in p["rules"] if (r["table"], r.get("column")) != ("faturas", "data_emissao")]
p["rules"].append({"type": "column_generator", "schema": "crm", "table": "faturas", "column": "data_emissao",
                   "generator": {"id": "primitive.date.range", "params": {"min": "2026-01-01", "max": "2026-01-31"}}})
json.dump(p, open("changed.json", "w"))
PY
	run crm_make PLAN=changed.json -j2 rows
	expect 0
	tables=$(commands | grep -o "table 'crm[a-z._]*" | sort -u | cut -d . -f 2 | xargs)
	# quotes no longer keep the date that invoices began after
	[ "$tables" = "cotacoes faturas itens_cotacao itens_fatura pagamentos" ] || fail "$tables"
}

@test "another number of shards leaves none of the old ones, and the same rows" {
	cp -r "$REF" run
	for shards in 3 12 1; do
		plan-check "$SMALL" --run run --shards $shards >/dev/null 2>&1
		make_rows run
		for folder in data receipts; do
			[ "$(find run/$folder -name "*crm.leads.*" | wc -l)" = $shards ] || fail "$(ls run/$folder)"
		done
		whole run whole.$shards
		diff -r "$REF/data" whole.$shards
	done
	same_run "$REF" run
}

# ---- signals -------------------------------------------------------------------------

# struck SIGNAL CALL N CMD...: run CMD, and send it SIGNAL at its N-th CALL
struck() {
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 run strace -f -qq -o /dev/null \
		-e trace="$2" -e inject="$2:signal=$1:when=$3" "${@:4}"
}

# untimed CONFIG: all of config.json, which must be whole, but for whose run it is and when
untimed() {
	"$PYTHON" -c '
import json, sys
config = json.load(open(sys.argv[1]))
del config["run_id"], config["started_at"]
print(json.dumps(config))' "$1"
}

# believable RUN: whatever has its final name there is whole: it is what the reference has
believable() {
	local f name
	while IFS= read -r f; do
		name=${f#"$1"/}
		case $name in
		*.tmp.* | logs.ndjson | pipeline.args | pipeline.lock) ;;
		metrics.json | generation_report.json) "$PYTHON" -m json.tool "$f" >/dev/null ;;
		report.*) tail -n 1 "$f" | grep -q . ;;
		config.json) cmp <(untimed "$f") <(untimed "$REF/$name") || fail "$name is not what it should be" ;;
		*) cmp "$f" "$REF/$name" || fail "$name is not what it should be" ;;
		esac
	done < <(find "$1" -type f)
	[ ! -e "$1/logs.ndjson" ] ||
		"$PYTHON" -c 'import json, sys; [json.loads(l) for l in open(sys.argv[1])]' "$1/logs.ndjson"
}

# strikes: signals, calls and which of them, a line each
strikes() {
	printf '%s\n' 'KILL write 1' 'TERM write 2' 'INT write 4' 'KILL fsync 1' 'TERM fsync 3' \
		'INT rename 1' 'KILL rename 2' 'TERM rename 3' 'KILL rename 4' 'KILL openat 14'
}

# struck_everywhere STAGE PREPARED CMD...: every strike on CMD, in a copy of PREPARED; then the
# same again, unhindered, must end well
struck_everywhere() {
	local signal call n hit=0
	while read -r signal call n; do
		rm -rf "$RUN"
		cp -r "$1" "$RUN"
		struck "$signal" "$call" "$n" "${@:2}"
		[ "$status" -le 1 ] || hit=$((hit + 1))
		believable "$RUN"
		run "${@:2}"
		expect 0
		believable "$RUN"
		no_leftovers "$RUN"
	done < <(strikes)
	[ $hit -ge 4 ] || fail "only $hit strikes hit"
}

@test "introspect, struck anywhere, leaves nothing half-written, and goes on" {
	pg_db postgres2 crm
	mkdir empty
	struck_everywhere empty introspect --run "$RUN" --schema crm --conn "$(pg_url crm)"
}

@test "plan-check, struck anywhere, leaves nothing half-written, and goes on" {
	mkdir start
	cp "$REF/schema.msgpack" start
	struck_everywhere start plan-check "$SMALL" --run "$RUN"
	cmp "$RUN/plan.msgpack" "$REF/plan.msgpack"
}

@test "gen-parents, struck anywhere, leaves nothing half-written, and goes on" {
	new_run start "$SMALL"
	struck_everywhere start gen-parents --run "$RUN"
}

@test "gen-children, struck anywhere, leaves nothing half-written, and goes on" {
	new_run start "$SMALL"
	gen-parents --run start
	struck_everywhere start gen-children --run "$RUN"
	same_run "$REF" "$RUN"
}

@test "gen-children --jobs 3, a worker or all of them struck, goes on" {
	new_run start "$SMALL" --shards 3
	gen-parents --run start
	cp -r start whole
	gen-children --run whole
	REF=whole
	strikes() { printf '%s\n' 'KILL write 3' 'KILL fsync 1' 'TERM rename 2' 'INT rename 1' 'KILL rename 3'; }
	struck_everywhere start gen-children --run "$RUN" --jobs 3
	same_run whole "$RUN"
}

@test "eval, struck anywhere, leaves nothing half-written, and goes on" {
	cp -r "$REF" start
	struck_everywhere start "$BIN/eval" --run "$RUN"
}

@test "load, struck anywhere, leaves all or nothing in the database, and goes on" {
	sql 'CREATE VIEW total AS SELECT (SELECT count(*) FROM crm.leads) + (SELECT count(*) FROM crm.contatos)
		+ (SELECT count(*) FROM crm.empresas) AS n' >/dev/null
	pg_dump -s -d "$DATABASE_URL" | sed '/^.\(un\)\?restrict/d' >before
	cp -r "$REF" "$RUN"
	all=$(($(cat "$REF"/data/crm.{leads,contatos,empresas}.csv | wc -l) - 3))
	hit=0
	for strike in 'KILL 3' 'TERM 6' 'KILL 12' 'INT 20' 'KILL 40' 'TERM 60'; do
		read -r signal n <<<"$strike"
		struck "$signal" sendto "$n" "$BIN/load" --run "$RUN" --truncate
		[ "$status" -le 1 ] || hit=$((hit + 1))
		# the server notices that its client is gone
		for ((i = 0; i < 500; i++)); do
			[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%load%'")" != 0 ] || break
			sleep 0.02
		done
		n=$(sql 'SELECT n FROM total')
		[ "$n" = 0 ] || [ "$n" = "$all" ] || fail "$n rows of $all are there"
		pg_dump -s -d "$DATABASE_URL" | sed '/^.\(un\)\?restrict/d' | diff before -
		sql 'TRUNCATE crm.leads, crm.contatos, crm.empresas CASCADE'
	done
	[ $hit -ge 3 ] || fail "only $hit strikes hit"
	run "$BIN/load" --run "$RUN"
	expect 0
	[ "$(sql 'SELECT n FROM total')" = "$all" ]
}

@test "the whole pipeline, struck in one stage after another, is continued by the same command" {
	all=(bash "$ROOT/pipelines/run.sh" --plan "$SMALL" --run "$RUN" --schema crm --conn "$(pg_url crm)")
	hit=0
	for n in 1 2 3 4 5 6; do
		struck KILL rename $n "${all[@]}"
		[ "$status" -le 1 ] || hit=$((hit + 1))
		believable "$RUN"
	done
	[ $hit -ge 3 ] || fail "only $hit strikes hit"
	run "${all[@]}"
	expect 0
	same_run "$REF" "$RUN"
	no_leftovers "$RUN"
}
