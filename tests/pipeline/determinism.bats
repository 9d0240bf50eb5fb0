#!/usr/bin/env bats
# The same inputs give the same bytes: whatever the shards, jobs, order or compiler.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=2500
MOST=$(crm_rows $ROWS)

setup_file() {
	crm_base
	export REF=$BATS_FILE_TMPDIR/ref
	new_run "$REF" "$CRM_PLAN" --rows "$MOST"
	make_rows "$REF"
	export SEVEN=$BATS_FILE_TMPDIR/seven
	sharded "$SEVEN" 7 --jobs 2
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
}

# sharded RUN N [OPTION...]: the rows of the reference, in N shards a table
sharded() {
	new_run "$1" "$CRM_PLAN" --rows "$MOST" --shards "$2"
	make_rows "$1" "${@:3}"
}

@test "two runs, catalogue and all, are the same files" {
	introspect --run "$RUN" --schema crm >/dev/null
	plan-check "$CRM_PLAN" --run "$RUN" --rows "$MOST" >/dev/null
	make_rows "$RUN"
	same_run "$REF" "$RUN"
	for f in schema.msgpack plan.msgpack resolved_plan.json tables.mk; do
		cmp "$REF/$f" "$RUN/$f"
	done
	diff -r "$REF/tables" "$RUN/tables"
}

@test "1, 4 and 7 shards, one after the other, are the same rows" {
	whole "$REF" one
	[ "$(find one -type f | wc -l)" = 20 ]
	sharded "$RUN" 4 --jobs 2
	whole "$RUN" four
	diff -r one four
	whole "$SEVEN" seven
	diff -r one seven
}

@test "and so they are as COPY text, COPY BINARY and JSON lines" {
	for format in text binary jsonl; do
		new_run "$RUN.$format" "$CRM_PLAN" --rows "$MOST"
		make_rows "$RUN.$format" --format $format --jobs 2
		whole "$RUN.$format" "one.$format"
		sharded "$RUN.$format.3" 3 --format $format --jobs 2
		whole "$RUN.$format.3" "three.$format"
		diff -r "one.$format" "three.$format"
	done
}

@test "the keys of 7 shards are the keys of 1" {
	for f in "$REF"/keys/*.msgpack; do
		table=$(basename "$f" .msgpack)
		snapshot --values "$f" >one
		for shard in "$SEVEN/keys/$table".*-of-7.msgpack; do
			snapshot --values "$shard"
		done >seven
		cmp one seven
	done
}

@test "compressed rows are the same rows, and the same bytes each time" {
	new_run "$RUN" "$CRM_PLAN" --rows "$MOST"
	make_rows "$RUN" --compress zstd:3
	whole "$RUN" whole
	diff -r "$REF/data" whole
	new_run again "$CRM_PLAN" --rows "$MOST"
	make_rows again --compress zstd:3 --jobs 2
	same_run "$RUN" again
}

@test "--jobs 1 and --jobs 4 make the same files" {
	sharded "$RUN" 4 --jobs 1
	sharded jobs 4 --jobs 4
	same_run "$RUN" jobs
}

# generators NAME CC OPT: both, built that way
generators() {
	local b=$ROOT/build/proof/$1
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -j2 -C "$ROOT" B="$b" CC="$2" OPT="$3" \
		MODE_CFLAGS= "$b/bin/gen-parents" "$b/bin/gen-children"
}

@test "gcc -O0, gcc -O3 and clang make the same files" {
	new_run "$RUN" "$CRM_PLAN" --rows "$MOST"
	generators gcc-O0 gcc -O0
	generators gcc-O3 gcc -O3
	generators clang clang -O2
	for name in gcc-O0 gcc-O3 clang; do
		rm -rf compiled
		cp -r "$RUN" compiled
		PATH=$ROOT/build/proof/$name/bin:$PATH make_rows compiled
		same_run "$REF" compiled
	done
}

@test "tables and shards one by one, the last first, are the same files" {
	sharded "$RUN" 3
	new_run order "$CRM_PLAN" --rows "$MOST" --shards 3
	table_lines order | sort -k 1,1n -k 2,2r >lines
	while read -r level table shards; do
		stage=gen-children
		[ "$level" != 0 ] || stage=gen-parents
		for ((shard = shards - 1; shard >= 0; shard--)); do
			$stage --run order --table "$table" --shard $shard >/dev/null
		done
	done <lines
	[ "$(wc -l <lines)" = 20 ]
	same_run "$RUN" order
}

# edited PROGRAM FILE: the plan of all 20 tables, changed by a line of Python, in FILE
edited() {
	"$PYTHON" -c '
import json, sys
plan = json.load(open(sys.argv[1]))
exec(sys.argv[2])
json.dump(plan, open(sys.argv[3], "w"))' "$CRM_PLAN" "$1" "$2"
}

@test "adding a table to the plan, and to the database, changes no byte of the others" {
	edited 'plan["targets"] = [t for t in plan["targets"]
		if t["table"] not in ("anotacoes", "tarefas")]
plan["rules"] = [r for r in plan["rules"] if r["table"] not in ("anotacoes", "tarefas")]' less.json
	new_run "$RUN" less.json --rows "$MOST"
	make_rows "$RUN"
	[ "$(find "$RUN/data" -type f | wc -l)" = 18 ]
	for f in "$RUN"/data/*; do
		cmp "$f" "$REF/${f#"$RUN"/}"
	done

	pg_db more crm
	sql 'CREATE TABLE crm.aaa_first (id int PRIMARY KEY, lead uuid REFERENCES crm.leads (id));
		CREATE TYPE crm.aaa AS ENUM ($$x$$); COMMENT ON TABLE crm.leads IS $$more$$'
	introspect --run more --schema crm >/dev/null
	edited 'plan["targets"].insert(0, {"schema": "crm", "table": "aaa_first", "rows": 5})' more.json
	plan-check more.json --run more --rows "$MOST" >/dev/null
	make_rows more
	[ "$(find more/data -type f | wc -l)" = 21 ]
	for f in "$REF"/data/* "$REF"/keys/*; do
		cmp "$f" "more/${f#"$REF"/}"
	done
}

# cut_column FILE COLUMN: the CSV without that column
cut_column() {
	"$PYTHON" -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))
at = rows[0].index(sys.argv[2])
for r in rows:
    print(repr(r[:at] + r[at + 1:]))' "$1" "$2"
}

@test "a rule on one column changes that column and no other byte" {
	edited 'plan["rules"] = [r for r in plan["rules"]
		if (r["table"], r.get("column")) != ("produtos", "nome")]
plan["rules"].append({"type": "column_generator", "schema": "crm", "table": "produtos",
	"column": "nome", "generator": "semantic.br.name"})' rule.json
	new_run "$RUN" rule.json --rows "$MOST"
	make_rows "$RUN"
	! cmp -s "$REF/data/crm.produtos.csv" "$RUN/data/crm.produtos.csv" || fail "nothing changed"
	diff <(cut_column "$REF/data/crm.produtos.csv" nome) <(cut_column "$RUN/data/crm.produtos.csv" nome)
	# the snapshots of its keys, and of invoices, which add up its prices, say that they were made from another
	# table of the plan, and have the same values
	for f in "$REF"/data/* "$REF"/keys/*; do
		[[ $f == */crm.produtos.* || $f == */keys/crm.faturas.* ]] || cmp "$f" "$RUN/${f#"$REF"/}"
	done
	for t in produtos faturas; do
		diff <(snapshot --values "$REF/keys/crm.$t.msgpack") <(snapshot --values "$RUN/keys/crm.$t.msgpack")
	done
}

@test "rows that were asked for first stay when more are asked for" {
	new_run "$RUN" "$CRM_PLAN" --rows "$MOST;crm.produtos=$((2 * ROWS))"
	gen-parents --run "$RUN" --table crm.produtos >/dev/null
	cmp <(head -n $((ROWS + 1)) "$RUN/data/crm.produtos.csv") "$REF/data/crm.produtos.csv"
}

@test "another seed is other rows" {
	new_run "$RUN" "$CRM_PLAN" --rows "$MOST" --seed 43
	make_rows "$RUN"
	for f in "$REF"/data/*; do
		! cmp -s "$f" "$RUN/data/${f##*/}" || fail "$f is the same"
	done
}
