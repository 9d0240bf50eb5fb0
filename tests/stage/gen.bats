#!/usr/bin/env bats
# gen-parents and gen-children: rows that are a function of the plan, whole or not at all.

load ../lib/common
load ../lib/postgres

bats_require_minimum_version 1.5.0

TABLES='anotacoes atividades contatos cotacoes empresas etapas_funil faturas fontes_lead funis
	itens_cotacao itens_fatura itens_lista_precos leads listas_precos oportunidades pagamentos
	produtos reunioes tarefas usuarios'

setup_file() {
	pg_start
	pg_db crm
	crm_load
	export BASE=$BATS_FILE_TMPDIR/base ONE=$BATS_FILE_TMPDIR/one
	export PLAN=$BATS_FILE_TMPDIR/plan.json
	introspect --run "$BASE" --schema crm >/dev/null
	plan-check --init --bare --on-impossible refuse --run "$BASE" >"$PLAN"
	make_run "$ONE"
	generate "$ONE" >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
}

# make_run DIR [OPTION...]: a run of the 20 tables, $ROWS (1000) rows each, ready to generate
make_run() {
	local dir=$1
	shift
	mkdir "$dir"
	cp "$BASE"/* "$dir" 2>/dev/null || true
	plan-check "$PLAN" --run "$dir" --rows "${ROWS:-1000}" "$@" >/dev/null
}

# generate DIR [OPTION...]: both stages
generate() {
	gen-parents --run "$@" && gen-children --run "$@"
}

# rows DIR TABLE: its bytes, shards in order, compressed or not
rows() {
	local f
	for f in "$1/data/crm.$2".*; do
		case $f in
		*.zst) zstd -dcq "$f" ;;
		*) cat "$f" ;;
		esac
	done
}

# same_rows DIR DIR: every table has the same bytes in both
same_rows() {
	local t
	for t in $TABLES; do
		cmp <(rows "$1" "$t") <(rows "$2" "$t") || fail "$t differs"
	done
}

# nothing_half_made DIR: every file has a name of its own, and every receipt its outputs
nothing_half_made() {
	[ -z "$(find "$1" -name '*.tmp.*')" ] || fail "$(find "$1" -name '*.tmp.*')"
}

@test "gen: the same plan gives the same bytes, receipts and report, whatever is run in what order" {
	make_run "$RUN"
	gen-parents --run "$RUN" --table crm.usuarios
	gen-parents --run "$RUN" >/dev/null
	gen-children --run "$RUN" --table crm.contatos
	gen-children --run "$RUN" >/dev/null
	same_rows "$ONE" "$RUN"
	diff -r "$ONE/receipts" "$RUN/receipts"
	diff -r "$ONE/keys" "$RUN/keys"
	local drop='del(.performance, .run_id)'
	diff <(jq "$drop" "$ONE/generation_report.json") <(jq "$drop" "$RUN/generation_report.json")
}

@test "gen: transform_usage counts every transform, of NULLs and of foreign keys too, in shards as in one" {
	local nulls want
	jq '.rules |= map(select(.column != "sobrenome" and .column != "cargo")) | .rules += ([
		{"table": "contatos", "column": "sobrenome", "generator": "semantic.br.name", "transforms": [
			{"transform": "transform.null_rate", "params": {"rate": 0}},
			{"transform": "transform.casing", "params": {"mode": "upper"}}]},
		{"table": "contatos", "column": "cargo", "generator": "primitive.text", "transforms": [
			{"transform": "transform.truncate", "params": {"max_len": 9}},
			{"transform": "transform.null_rate", "params": {"rate": 0.5}}]},
		{"table": "leads", "column": "fonte_lead_id", "generator": "derive.fk", "transforms": [
			{"transform": "transform.null_rate", "params": {"rate": 0.2}}]}] |
		map(. + {"type": "column_generator", "schema": "crm"}))' "$PLAN" >"$BATS_TEST_TMPDIR/plan.json"
	PLAN=$BATS_TEST_TMPDIR/plan.json make_run "$RUN"
	generate "$RUN" >/dev/null
	nulls=$(jq '.nulls.cargo' "$RUN/receipts/gen.crm.contatos.json")
	want='{"transform.casing":1000,"transform.null_rate":3000,"transform.truncate":'$((1000 - nulls))'}'
	[ "$(jq -c .transform_usage "$RUN/generation_report.json")" = "$want" ] || fail "$(jq -c .transform_usage "$RUN/generation_report.json")" "$want"
	PLAN=$BATS_TEST_TMPDIR/plan.json make_run "$RUN.7" --shards 7
	generate "$RUN.7" >/dev/null
	[ "$(jq -c .transform_usage "$RUN.7/generation_report.json")" = "$want" ]
}

@test "gen: 4 and 7 shards, 1 and 4 workers: concatenated, the bytes of one" {
	local n jobs
	for n in 4 7; do
		for jobs in 1 4; do
			make_run "$RUN.$n.$jobs" --shards "$n"
			generate "$RUN.$n.$jobs" --jobs "$jobs" >/dev/null
			same_rows "$ONE" "$RUN.$n.$jobs"
		done
	done
}

@test "gen: every format, compressed or not, in shards or not, holds the same rows" {
	local format
	make_run "$RUN.1"
	make_run "$RUN.5" --shards 5
	for format in text binary jsonl csv; do
		generate "$RUN.1" --format "$format" >/dev/null
		generate "$RUN.5" --format "$format" --compress zstd:3 --jobs 2 >/dev/null
		same_rows "$RUN.1" "$RUN.5"
		[ "$(find "$RUN.5/data" -type f | wc -l)" = 100 ] # one form at a time
	done
	same_rows "$ONE" "$RUN.1"
}

@test "gen: PostgreSQL takes csv, text and binary with every constraint live, and reads the same rows" {
	local format t sums=''
	make_run "$RUN"
	pg_db "formats"
	for format in csv text binary; do
		sql_file "$ROOT"/tests/fixtures/crm/*.sql
		generate "$RUN" --format "$format" >/dev/null
		for t in usuarios empresas contatos fontes_lead leads funis etapas_funil oportunidades \
			produtos listas_precos itens_lista_precos cotacoes itens_cotacao faturas \
			itens_fatura pagamentos atividades tarefas reunioes anotacoes; do
			rows "$RUN" "$t" | sql "COPY crm.$t FROM STDIN ($(
				[ $format = csv ] && echo 'FORMAT csv, HEADER' || echo "FORMAT $format"
			))"
			sums+="$format $t $(sql "SELECT count(*), md5(string_agg(x::text, E'\n' ORDER BY id)) FROM crm.$t x")"$'\n'
		done
	done
	[ "$(cut -d' ' -f2- <<<"$sums" | sort -u | grep -c .)" = 20 ] || fail "$sums"
}

@test "gen: another table, or a rule on another column, changes no byte of the rest" {
	make_run "$RUN"
	jq 'del(.targets[] | select(.table == "pagamentos" or .table == "tarefas")) |
		.rules |= map(select(.table != "usuarios" or .column != "nome")) |
		.rules += [{"type": "column_generator", "schema": "crm", "table": "usuarios",
			"column": "nome", "generator": "semantic.br.name"}]' \
		"$PLAN" >"$RUN/less.json"
	plan-check "$RUN/less.json" --run "$RUN" --rows 1000 >/dev/null
	generate "$RUN" >/dev/null
	[ ! -e "$RUN/data/crm.tarefas.csv" ]
	for t in $TABLES; do
		[[ $t == @(pagamentos|tarefas|usuarios) ]] || cmp "$ONE/data/crm.$t.csv" "$RUN/data/crm.$t.csv"
	done
	"$PYTHON" - "$ONE/data/crm.usuarios.csv" "$RUN/data/crm.usuarios.csv" <<-'EOF'
		import csv, sys
		a, b = [list(csv.DictReader(open(f))) for f in sys.argv[1:]]
		assert [{k: v for k, v in r.items() if k != "nome"} for r in a] == \
			[{k: v for k, v in r.items() if k != "nome"} for r in b]
		assert a != b
	EOF
}

@test "gen: what is up to date is not made again; a lost shard is, alone, with the same bytes" {
	make_run "$RUN" --shards 4
	generate "$RUN" >/dev/null
	run generate "$RUN"
	expect 0
	[ "$(grep -c 'up to date$' <<<"$output")" = 20 ] || fail "$output"
	cp "$RUN/data/crm.leads.2-of-4.csv" "$BATS_TEST_TMPDIR/was"
	touch "$BATS_TEST_TMPDIR/then"
	rm "$RUN/data/crm.leads.2-of-4.csv"
	run gen-children --run "$RUN"
	expect 0
	says 'crm.leads: 250 rows in 1 of 4 shards'
	cmp "$BATS_TEST_TMPDIR/was" "$RUN/data/crm.leads.2-of-4.csv"
	[ "$(find "$RUN/data" -newer "$BATS_TEST_TMPDIR/then" -type f)" = "$RUN/data/crm.leads.2-of-4.csv" ]
	run gen-children --run "$RUN" --table crm.leads --shard 1 --force
	expect 0
	says 'crm.leads: 250 rows in 1 of 4 shards'
	same_rows "$ONE" "$RUN"
}

@test "gen: composite keys, junctions and one to one hold up to the last row there can be" {
	ROWS='60;crm.produtos=7;crm.faturas=9;crm.itens_fatura=63;crm.atividades=60;crm.tarefas=60' make_run "$RUN"
	generate "$RUN" >/dev/null
	"$PYTHON" - "$RUN" <<-'EOF'
		import csv, sys
		def rows(t): return list(csv.DictReader(open(f"{sys.argv[1]}/data/crm.{t}.csv")))
		items = rows("itens_fatura")
		assert len({(r["fatura_id"], r["produto_id"]) for r in items}) == len(items) == 63
		assert {r["fatura_id"] for r in items} == {r["id"] for r in rows("faturas")}
		assert {r["atividade_id"] for r in rows("tarefas")} == {r["id"] for r in rows("atividades")}
	EOF
	run plan-check "$PLAN" --run "$RUN" \
		--rows '60;crm.produtos=7;crm.faturas=9;crm.itens_fatura=64;crm.atividades=60;crm.tarefas=60'
	expect 1
	says key_space_too_small '64 rows need 64 distinct (fatura_id, produto_id)' '9 x 7 allow 63'
}

@test "gen: a table of the other stage, an unknown one, a shard out of range, a wrong form: one line each, status 2" {
	run -2 gen-parents --run "$ONE" --table crm.leads
	says 'crm.leads has parents in the plan: it is made by gen-children'
	run -2 gen-children --run "$ONE" --table crm.usuarios
	says 'crm.usuarios has no parent in the plan: it is made by gen-parents'
	run -2 gen-parents --run "$ONE" --table crm.nothing
	says 'no table crm.nothing in the plan'
	run -2 gen-children --run "$ONE" --table crm.leads --shard 1
	says 'crm.leads has shards 0 to 0, no 1'
	run -2 gen-children --run "$ONE" --shard 0
	says '--shard needs --table'
	run -2 gen-parents --run "$ONE" --format xml
	says 'csv, text, binary, jsonl and, with --out, sql'
	run -2 gen-parents --run "$ONE" --compress gzip
	says 'zstd'
	run -2 gen-parents
	says '--run DIR is required'
	run -2 gen-parents --run "$BATS_TEST_TMPDIR/nowhere"
	nothing_half_made "$ONE"
}

@test "gen: a parent that is missing, damaged, or of another plan is named with the stage to rerun" {
	make_run "$RUN"
	run -2 gen-children --run "$RUN" --table crm.contatos
	says 'needs the keys of crm.empresas, which gen-parents makes' crm.empresas.msgpack
	gen-parents --run "$RUN" >/dev/null
	local keys=$RUN/keys/crm.empresas.msgpack at size
	size=$(stat -c %s "$keys")
	cp "$keys" "$BATS_TEST_TMPDIR/good"
	for at in 5 40 $((size / 2)) $((size - 3)); do
		cp "$BATS_TEST_TMPDIR/good" "$keys"
		printf '\x5a' | dd of="$keys" bs=1 seek="$at" conv=notrunc status=none
		run -2 gen-children --run "$RUN" --table crm.contatos
		says crm.empresas.msgpack gen-parents
	done
	for at in 0 1 100 $((size - 1)); do
		head -c "$at" "$BATS_TEST_TMPDIR/good" >"$keys"
		run -2 gen-children --run "$RUN" --table crm.contatos
		says crm.empresas.msgpack gen-parents
	done
	cp "$BATS_TEST_TMPDIR/good" "$keys"
	plan-check "$PLAN" --run "$RUN" --rows 1000 --seed 8 >/dev/null
	run -2 gen-children --run "$RUN" --table crm.contatos
	says 'made from another plan: rerun gen-parents --table crm.empresas'
	nothing_half_made "$RUN"
	[ ! -e "$RUN/data/crm.contatos.csv" ]
}

@test "gen: a parent's keys written by python3-msgpack serve" {
	make_run "$RUN"
	gen-parents --run "$RUN" >/dev/null
	"$PYTHON" - "$ROOT/tests/lib" "$RUN/keys/crm.empresas.msgpack" <<-'EOF'
		import sys
		sys.path.insert(0, sys.argv[1])
		sys.dont_write_bytecode = True
		from snapshot import write
		ids = b"".join(i.to_bytes(16, "big") for i in range(1, 12))
		write(sys.argv[2], "keys", 11, [({"col": "id", "type": "uuid", "enc": "packed",
			"row0": 0, "rows": 11, "nulls": 0, "width": 16}, ids)])
	EOF
	gen-children --run "$RUN" --table crm.contatos
	[ "$(tail -n +2 "$RUN/data/crm.contatos.csv" | cut -d, -f2 | sort -u | wc -l)" = 11 ]
	run -1 bash -c "tail -n +2 '$RUN/data/crm.contatos.csv' | cut -d, -f2 |
		grep -v '^00000000-0000-0000-0000-00000000000[1-9ab]$'"
}

@test "gen: killed at any instant it leaves nothing half-made, and the next call goes on" {
	ROWS=20000 make_run "$RUN" --shards 3
	mkdir -p "$RUN/receipts"
	local delay
	for delay in 0.005 0.02 0.05 0.1; do
		gen-parents --run "$RUN" --jobs 2 >/dev/null &
		sleep "$delay" # an instant like any other: whatever was reached must be sound
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		"$PYTHON" - "$RUN" <<-'EOF'
			import json, os, sys
			receipts = os.path.join(sys.argv[1], "receipts")
			for name in os.listdir(receipts):
			    if name.startswith("gen.") and name.endswith(".json"):
			        for o in json.load(open(os.path.join(receipts, name)))["outputs"]:
			            assert os.stat(os.path.join(sys.argv[1], o["path"])).st_size == o["bytes"]
		EOF
	done
	generate "$RUN" --jobs 2 >/dev/null
	ROWS=20000 make_run "$RUN.whole"
	generate "$RUN.whole" >/dev/null
	same_rows "$RUN" "$RUN.whole"
	nothing_half_made "$RUN"
}

@test "gen: a full disk is status 75, names the file, and leaves nothing behind" {
	ROWS=100000 make_run "$RUN"
	run own_mounts bash -c '
		mkdir "$0.small" && mount -t tmpfs -o size=4m none "$0.small" || exit 99
		cp -r "$0"/. "$0.small"
		gen-parents --run "$0.small" --jobs "$1"
		echo "status $?" $(find "$0.small" -name "*.tmp.*" | wc -l)' "$RUN" 2
	[ "$status" -ne 99 ] || skip "no tmpfs here"
	says 'No space left on device' "$RUN.small/" 'status 75 0'
}

@test "gen: a worker that fails ends the others, and its error is the only one" {
	make_run "$RUN" --shards 4
	gen-parents --run "$RUN" >/dev/null
	rmdir "$RUN/data" 2>/dev/null || rm -r "$RUN/data"
	mkdir -p "$RUN/data/crm.contatos.2-of-4.csv/in the way"
	run gen-children --run "$RUN" --jobs 4
	[ "$status" -ne 0 ]
	[ "$(wc -l <<<"$output")" = 1 ] || fail "$output"
	says crm.contatos.2-of-4.csv
	nothing_half_made "$RUN"
}

@test "gen: neither stage links libpq, nor opens anything but the run and shared libraries" {
	local s
	for s in gen-parents gen-children; do
		run ldd "$BIN/$s"
		expect 0
		[[ "$output" != *libpq.so* ]] || fail "$output"
		command -v strace >/dev/null || skip "no strace"
		ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat,socket -o "$BATS_TEST_TMPDIR/trace" "$s" --run "$ONE" --force >/dev/null
		run grep -vE "\"($ONE|/etc/ld.so|/lib|/usr/lib|/proc/self|/sys/devices/system/cpu|/dev/null|/dev/shm)|ENOENT|--- SIG|\+\+\+ exited" \
			"$BATS_TEST_TMPDIR/trace"
		[ -z "$output" ] || fail "$output"
	done
}

@test "gen: --discard makes everything and writes key snapshots only" {
	make_run "$RUN"
	gen-parents --run "$RUN" --discard
	run gen-children --run "$RUN" --discard
	expect 0
	diff -r "$ONE/keys" "$RUN/keys"
	[ -z "$(find "$RUN/data" "$RUN/receipts" -type f)" ]
}

@test "gen: --unchecked is for measuring: only with --discard, and nothing of it is kept" {
	make_run "$RUN"
	gen-parents --run "$RUN" --discard
	before=$(find "$RUN" -type f -not -name logs.ndjson -exec sha256sum {} +)
	gen-parents --run "$RUN" --force --discard --unchecked
	[ "$before" = "$(find "$RUN" -type f -not -name logs.ndjson -exec sha256sum {} +)" ]
	run -2 gen-parents --run "$RUN" --unchecked
	says '--unchecked needs --discard'
}

@test "gen: --slice prints any rows of a table, as the whole has them, and writes nothing" {
	make_run "$RUN" --shards 3
	gen-parents --run "$RUN" >/dev/null
	find "$RUN" | sort >"$BATS_TEST_TMPDIR/before"
	gen-children --run "$RUN" --table crm.contatos --slice 990:10 >"$BATS_TEST_TMPDIR/rows"
	cmp "$BATS_TEST_TMPDIR/rows" <(sed -n '1p;992,$p' "$ONE/data/crm.contatos.csv")
	diff "$BATS_TEST_TMPDIR/before" <(find "$RUN" | sort)
	run -2 gen-children --run "$RUN" --table crm.contatos --slice 990:11
	says 'has 1000 rows'
	run -2 gen-children --run "$RUN" --slice 0:1
	says '--slice needs --table'
	run -2 gen-children --run "$RUN" --table crm.contatos --slice 7
	says 'FROM:COUNT'
}
