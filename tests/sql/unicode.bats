#!/usr/bin/env bats
# Letters are to us what they are to PostgreSQL, and to no locale file of this host.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db unicode
	sql 'CREATE TABLE letters (id integer PRIMARY KEY, base text NOT NULL, up text NOT NULL, low text NOT NULL, cap text NOT NULL,
		found boolean NOT NULL)'
	catalogue base public
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "letters: every one that has another case for us has it for PostgreSQL, and words end where they do there" {
	"$UNIT/unicode" 0x323af >ours
	sql "SELECT i, ascii(upper(chr(i))), ascii(lower(chr(i))), (right(initcap(chr(i) || 'b'), 1) = 'b')::int
		FROM generate_series(128, 205743) i WHERE i NOT BETWEEN 55296 AND 57343" | tr '|' '\t' >theirs
	[ "$(wc -l <ours)" -gt 200000 ]
	# a server whose libc knows newer letters changes some that we leave as they are
	diff ours theirs >differ || awk '$1 == "<" && ($2 != $3 || $2 != $4 || $5 == 1)' differ >ours_alone
	[ ! -s ours_alone ] || fail "$(head -n 20 ours_alone)"
	[ "$(grep -c '^>' differ)" -le 2000 ]
}

@test "letters: upper, lower, initcap, ILIKE and ~* make the same bytes where the host has no locale files" {
	cat >plan.json <<-'JSON'
		{"plan_version": "0.3", "seed": 5, "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "global": {"as_of": "2026-01-01"},
		 "targets": [{"schema": "public", "table": "letters", "rows": 400}],
		 "rules": [
		  {"type": "column_generator", "schema": "public", "table": "letters", "column": "base", "generator": {"id": "semantic.br.name"}},
		  {"type": "column_generator", "schema": "public", "table": "letters", "column": "up", "generator": {"id": "derive.expr", "params": {"expr": "upper(base)"}}},
		  {"type": "column_generator", "schema": "public", "table": "letters", "column": "low", "generator": {"id": "derive.expr", "params": {"expr": "lower(up)"}}},
		  {"type": "column_generator", "schema": "public", "table": "letters", "column": "cap", "generator": {"id": "derive.expr", "params": {"expr": "initcap(up)"}}},
		  {"type": "column_generator", "schema": "public", "table": "letters", "column": "found",
		   "generator": {"id": "derive.expr", "params": {"expr": "base ILIKE '%É%' OR base ~* 'Ç|Ã'"}}}]}
	JSON
	new_run run plan.json
	gen-parents --run run >/dev/null
	cp run/data/public.letters.csv with
	[ "$(grep -c '[ÀÁÂÃÇÉÊÍÓÔÕÚ]' with)" -gt 50 ]
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # it cannot beside strace
	strace -f -qq -o trace -e trace=open,openat "$BIN/gen-parents" --run run --force >/dev/null
	[ "$(grep -c locale trace)" = 0 ]
	cat >inside <<-'EOS'
		for at in /usr/lib/locale /usr/share/locale; do
			[ ! -d $at ] || mount -t tmpfs none $at || exit 99
		done
		gen-parents --run run --force >/dev/null
	EOS
	run own_mounts bash inside
	[ "$status" -ne 99 ] || skip "no tmpfs here"
	expect 0
	diff with run/data/public.letters.csv
	sql "\\copy letters FROM with (FORMAT csv, HEADER)"
	[ "$(sql "SELECT count(*) FROM letters WHERE (up, low, cap, found) IS NOT DISTINCT FROM
		(upper(base), lower(upper(base)), initcap(upper(base)), base ILIKE '%É%' OR base ~* 'Ç|Ã')")" = 400 ]
}

@test "letters: under the collation C only ASCII letters have a case, and words end at others" {
	printf 't\ttext\t-1\tC\n' >columns
	printf '%s\n' éa 'ÉA bÉc' ßx >rows
	printf '%s\n' 'initcap(t)' 'upper(t)' 'lower(t)' >expressions
	run "$UNIT/sqleval" 2026-01-01 columns rows expressions
	expect 0
	sql 'CREATE TABLE c (n serial, t text COLLATE "C")'
	sql '\copy c (t) FROM rows'
	for f in initcap upper lower; do
		sql "SELECT 'ok' || string_agg(E'\t=' || $f(t), '' ORDER BY n) FROM c"
	done >theirs
	diff theirs - <<<"$output"
}
