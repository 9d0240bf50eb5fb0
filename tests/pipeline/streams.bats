#!/usr/bin/env bats
# Rows for other machines and other tools: several shards by one name, headers where a reader wants
# them, streams, INSERT statements.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

# shards_of RUN TABLE: which have a receipt, as 0 3 4
shards_of() {
	local f
	for f in "$1/receipts/gen.$2".*-of-*.json; do
		[[ $f =~ \.([0-9]+)-of- ]] && echo "$((10#${BASH_REMATCH[1]}))"
	done | sort -n | xargs
}

# loads RUN DATABASE: eval finds nothing in the files, load takes them, and nothing is wrong there
loads() {
	run "$BIN/eval" --run "$1"
	expect 0
	pg_db "$2" crm
	"$BIN/load" --run "$1" >/dev/null
	run "$BIN/eval" --run "$1" --sql
	expect 0
}

# fresh NAME: the catalogue and the plan, eight shards a table
fresh() {
	new_run "$1" "$CRM_PLAN" --shards 8 --rows "$(crm_rows 400)"
}

setup_file() {
	crm_base
	cd "$BATS_FILE_TMPDIR" || return
	new_run one "$CRM_PLAN" --shards 1 --rows "$(crm_rows 400)"
	make_rows one
	whole one one.rows
	fresh eight
	make_rows eight
	export ONE=$BATS_FILE_TMPDIR/one EIGHT=$BATS_FILE_TMPDIR/eight ROWS=$BATS_FILE_TMPDIR/one.rows
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "--shard names one shard, several, ranges, or a part of all; the bytes are the same" {
	fresh run
	gen-parents --run run --table crm.empresas --shard 0,2,4-6
	[ "$(shards_of run crm.empresas)" = '0 2 4 5 6' ]
	gen-parents --run run --table crm.empresas --shard 00007
	[ "$(shards_of run crm.empresas)" = '0 2 4 5 6 7' ]
	local i level last
	for i in 2 0 1; do
		gen-parents --run run --shard $i/3 >/dev/null
	done
	last=$(table_lines run | cut -d' ' -f1 | sort -n | tail -n 1)
	for ((level = 1; level <= last; level++)); do
		for i in 1 2 0; do
			gen-children --run run --level $level --shard $i/3 >/dev/null
		done
	done
	same_run run "$EIGHT"
}

# list WHICH [OPTION...]: what both generators list of the run in list
list() {
	gen-parents --run list --list "$@" && gen-children --run list --list "$@"
}

@test "--list: which shards are missing or damaged, as the same call would find them; and nothing is made" {
	cp -r "$EIGHT" list
	[ -z "$(list missing)" ]
	[ "$(list all | wc -l)" = 160 ]
	[ "$(list all | sed -n 2p)" = '0 crm.empresas 1 8 crm.empresas.1-of-8 50' ]
	rm list/receipts/gen.crm.empresas.4-of-8.json
	printf 'x' | dd of=list/data/crm.contatos.2-of-8.csv bs=1 seek=99 conv=notrunc status=none
	printf 'x' >>list/data/crm.leads.5-of-8.csv
	# children of what was lost stay: it comes back as it was
	[ "$(list missing)" = '0 crm.empresas 4 8 crm.empresas.4-of-8 50
2 crm.leads 5 8 crm.leads.5-of-8 50' ]
	[ "$(list damaged)" = '1 crm.contatos 2 8 crm.contatos.2-of-8 50' ]
	[ "$(gen-children --run list --list missing --table crm.leads --shard 0-4)" = '' ]
	# another form is another file
	[ "$(list missing --compress zstd:3 | wc -l)" = 160 ]
	[ "$(list missing --header each | wc -l)" = 160 ]
	rm -rf list/receipts list/data list/keys
	[ "$(list missing)" = "$(list all)" ]
	[ ! -e list/receipts ]
	run gen-children --run list --list some
	refused 2 '--list some: write missing, damaged or all'
	run gen-children --run list --list all --table crm.leads --out -
	refused 2 '--list'
}

@test "more parts than shards leave some parts empty, and that is no error" {
	local i
	new_run run "$CRM_PLAN" --shards 2 --rows "$(crm_rows 400)"
	for i in 0 1 2 3 4; do
		run gen-parents --run run --shard $i/5
		expect 0
	done
	[ "$(shards_of run crm.empresas)" = '0 1' ]
}

@test "shards, levels and parts that are not there are refused by name" {
	fresh run
	local wrong
	for wrong in 8 0,8 6-9; do
		run gen-parents --run run --table crm.empresas --shard $wrong
		expect 2
		says 'has shards 0 to 7, no'
	done
	for wrong in '' a -1 3- 5-4 1,,2 '1,' 3/3 1/0 /3 4294967295 99999999999999999999 0x1 1.5; do
		run gen-parents --run run --table crm.empresas --shard "$wrong"
		expect 2
		says '--shard'
	done
	run gen-parents --run run --shard 3
	expect 2
	says '--shard needs --table'
	run gen-children --run run --level 0
	expect 2
	says 'level 0 is made by gen-parents'
	run gen-parents --run run --level 1
	expect 2
	says 'level 1 is made by gen-children'
	run gen-children --run run --level 99
	expect 2
	says "the plan's last level is"
	run gen-parents --run run --level 0 --table crm.empresas
	expect 2
	[ -z "$(ls run/data 2>/dev/null)" ]
}

@test "--header each: every shard is a file by itself, for eval and load too" {
	fresh run
	make_rows run --header each
	local f
	for f in run/data/*.csv; do
		[ "$(head -n 1 "$f")" = "$(head -n 1 "$ROWS/$(without_shard "$f")")" ] || fail "$f has no header"
		cmp <(tail -n +2 "$f") <(tail -n +"$([[ $f == *.0-of-* ]] && echo 2 || echo 1)" "$EIGHT/data/${f##*/}")
	done
	loads run each
	# each of them as psql reads it, without a look at its number
	sql 'CREATE TABLE by_psql (LIKE crm.empresas)'
	for f in run/data/crm.empresas.*.csv; do
		psql -qX "$DATABASE_URL" -c "\\copy by_psql from '$f' (format csv, header)"
	done
	[ "$(sql 'SELECT count(*) FROM (TABLE by_psql EXCEPT TABLE crm.empresas) d')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM by_psql')" = "$(sql 'SELECT count(*) FROM crm.empresas')" ]
}

@test "--header none: rows alone; binary with --header each: whole COPY files" {
	fresh run
	make_rows run --header none
	cmp <(cat run/data/crm.leads.*.csv) <(tail -n +2 "$ROWS/crm.leads.csv")
	loads run none
	fresh bin
	make_rows bin --format binary --header each
	loads bin binary
	sql 'CREATE TABLE by_psql (LIKE crm.empresas)'
	local f
	for f in bin/data/crm.empresas.*.bin; do
		psql -qX "$DATABASE_URL" -c "\\copy by_psql from '$f' (format binary)"
	done
	[ "$(sql 'SELECT count(*) FROM (TABLE by_psql EXCEPT TABLE crm.empresas) d')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM by_psql')" = "$(sql 'SELECT count(*) FROM crm.empresas')" ]
}

@test "another --header makes the shards again, and the same one leaves them" {
	fresh run
	gen-parents --run run >/dev/null
	run gen-parents --run run --header first
	says 'crm.empresas: up to date'
	run gen-parents --run run --header each
	says 'crm.empresas: 400 rows in 8 of 8 shards'
	run gen-parents --run run --header each
	says 'crm.empresas: up to date'
	# and load does not mix them
	gen-parents --run run --table crm.empresas --shard 3 --force >/dev/null
	gen-children --run run --header each >/dev/null
	run "$BIN/load" --run run
	expect 2
	says 'with --header first, shard 0 is csv with --header each'
}

@test "a header that a format has not is refused" {
	fresh run
	local f
	for f in text jsonl; do
		run gen-parents --run run --format $f --header each
		expect 2
		says "the format $f has no header"
	done
	run gen-parents --run run --format binary --header none
	expect 2
	run gen-parents --run run --header some
	expect 2
	says 'first, each or none'
}

@test "--out streams the table, or some of its shards, and writes nothing in the run" {
	fresh run
	local before
	before=$(digests "$EIGHT")
	cmp <(gen-parents --run run --table crm.empresas --out -) "$ROWS/crm.empresas.csv"
	[ -z "$(ls run/data run/keys run/receipts 2>/dev/null)" ]
	gen-children --run "$EIGHT" --table crm.leads --shard 0-3 --out first.csv
	gen-children --run "$EIGHT" --table crm.leads --shard 4-7 --out - >second.csv
	cat first.csv second.csv | cmp - "$ROWS/crm.leads.csv"
	gen-children --run "$EIGHT" --table crm.leads --shard 4-7 --header each -o - | head -n 1 | cmp - <(head -n 1 "$ROWS/crm.leads.csv")
	gen-children --run "$EIGHT" --table crm.leads --compress zstd -o - | zstd -dcq | cmp - "$ROWS/crm.leads.csv"
	# appended to what is there, whatever its size
	head -c 20000000 /dev/zero >grown
	gen-children --run "$EIGHT" --table crm.leads -o - >>grown
	cmp <(tail -c +20000001 grown) "$ROWS/crm.leads.csv"
	mkfifo pipe
	cat pipe >through.csv &
	gen-children --run "$EIGHT" --table crm.leads --out pipe
	wait $!
	cmp through.csv "$ROWS/crm.leads.csv"
	[ "$(digests "$EIGHT")" = "$before" ]
}

@test "a stream in COPY BINARY goes straight into psql" {
	pg_db stream crm
	sql 'CREATE TABLE by_psql (LIKE crm.leads)'
	gen-children --run "$EIGHT" --table crm.leads --shard 0-3 --format binary --header each -o - |
		psql -qX "$DATABASE_URL" -c '\copy by_psql from stdin (format binary)'
	gen-children --run "$EIGHT" --table crm.leads --shard 4-7 --format binary --header each -o - |
		psql -qX "$DATABASE_URL" -c '\copy by_psql from stdin (format binary)'
	local rows=$(($(wc -l <"$ROWS/crm.leads.csv") - 1))
	[ "$(sql 'SELECT count(*), count(DISTINCT id) FROM by_psql')" = "$rows|$rows" ]
}

@test "a stream that breaks is one line, and a file of it appears whole or not at all" {
	run bash -c "gen-children --run '$EIGHT' --table crm.leads --out - | head -c 10 >first; exit \${PIPESTATUS[0]}"
	expect 75
	[ "${#lines[@]}" = 1 ]
	says 'write standard output: Broken pipe'
	run gen-children --run "$EIGHT" --table crm.leads --out /dev/full
	expect 75
	[ "${#lines[@]}" = 1 ]
	says 'write /dev/full: No space left on device'
	run gen-children --run "$EIGHT" --table crm.leads --out there/is/none.csv
	expect 2
	[ ! -e there ]
	run gen-children --run "$EIGHT" --out all.csv
	expect 2
	says '--out needs --table'
	run gen-children --run "$EIGHT" --table crm.leads --out x.csv --jobs 2
	expect 2
	run gen-children --run "$EIGHT" --table crm.leads --out x.csv --discard
	expect 2
	no_leftovers .
}

@test "--format sql: INSERT statements that psql runs, the same for any number of shards" {
	local t level n=0
	pg_db inserts crm
	while read -r level t _; do
		stage=gen-children
		[ "$level" != 0 ] || stage=gen-parents
		"$BIN/$stage" --run "$EIGHT" --table "$t" --format sql --out "$t.sql"
		"$BIN/$stage" --run "$ONE" --table "$t" --format sql --out - | cmp - "$t.sql"
		psql -qX -v ON_ERROR_STOP=1 --single-transaction -f "$t.sql" "$DATABASE_URL" >/dev/null
		((++n))
	done < <(table_lines "$EIGHT" | sort -n -s -k1,1)
	[ "$n" = 20 ]
	run "$BIN/eval" --run "$EIGHT" --sql
	expect 0
	run gen-parents --run "$EIGHT" --format sql
	expect 2
	says '--format sql needs --out'
}

# proves RUN: eval --receipts says that all is there, and sha256sum agrees
proves() {
	run "$BIN/eval" --run "$1" --receipts
	expect 0
	says '160 shards of 20 tables are complete'
	(cd "$1" && sha256sum --quiet -c manifest.sha256)
	[ "$(wc -l <"$1/manifest.sha256")" = "$(cd "$1" && find data keys receipts -type f | wc -l | awk '{print $1 + 2}')" ]
}

# disproves RUN TEXT...: eval --receipts says what is wrong
disproves() {
	rm -f "$1/manifest.sha256"
	run "$BIN/eval" --run "$1" --receipts
	expect 1
	says "${@:2}"
	[ ! -e "$1/manifest.sha256" ]
}

@test "eval --receipts proves a run whose shards were made apart, and names what is wrong" {
	cp -r "$EIGHT" run
	proves run
	# a machine that has nothing but the plan and the keys makes some of the shards
	mkdir -p far/keys
	cp run/schema.msgpack run/plan.msgpack far
	rm run/{data,keys,receipts}/*crm.contatos.2-of-8.*
	cp run/keys/* far/keys
	disproves run 'crm.contatos: shard 2 of 8 is missing: run gen-children --table crm.contatos --shard 2'
	gen-children --run far --table crm.contatos --shard 2 >/dev/null
	local d
	for d in data keys receipts; do
		cp far/$d/*crm.contatos.2-of-8.* run/$d
	done
	proves run
	# a byte that changed, a file too many, a receipt of another shard
	printf x >>run/data/crm.leads.5-of-8.csv
	disproves run 'data/crm.leads.5-of-8.csv is not what was generated'
	cp "$EIGHT/data/crm.leads.5-of-8.csv" run/data
	cp "$ONE/data/crm.leads.csv" run/data
	disproves run 'data/crm.leads.csv: no receipt of this plan tells of it'
	rm run/data/crm.leads.csv
	cp run/receipts/gen.crm.leads.3-of-8.json run/receipts/gen.crm.leads.4-of-8.json
	disproves run 'receipts/gen.crm.leads.4-of-8.json: "shard" is not what this shard of the plan has'
	cp "$EIGHT/receipts/gen.crm.leads.4-of-8.json" run/receipts
	rm run/data/crm.leads.4-of-8.csv
	disproves run 'data/crm.leads.4-of-8.csv'
	cp "$EIGHT/data/crm.leads.4-of-8.csv" run/data
	proves run
}

@test "eval --receipts names twenty things that are wrong and counts the rest, or as many as are asked for" {
	cp -r "$EIGHT" run
	local f
	for f in run/data/*.[0-3]-of-8.csv; do
		printf x >>"$f"
	done
	disproves run ' is not what was generated' '... and 60 more' '80 things are wrong'
	[ "$(grep -c 'is not what was generated' <<<"$output")" = 20 ]
	run "$BIN/eval" --run run --receipts --max-examples 4294967295
	expect 1
	[ "$(grep -c 'is not what was generated' <<<"$output")" = 80 ]
}

# digest_of_keys RUN SHARD: what the receipt of a shard of crm.empresas says of its key snapshot
digest_of_keys() {
	"$PYTHON" -c 'import json, sys; print(next(o["xxh3_128"] for o in json.load(open(sys.argv[1]))["outputs"] if o["kind"] == "keys"))' \
		"$1/receipts/gen.crm.empresas.$2-of-8.json"
}

@test "eval --receipts sees children that were made from other parents, and shards of another plan" {
	cp -r "$EIGHT" run
	new_run other "$CRM_PLAN" --shards 8 --rows "$(crm_rows 400)" --seed 4
	make_rows other
	cp other/data/crm.empresas.* run/data
	cp other/keys/crm.empresas.* run/keys
	cp other/receipts/gen.crm.empresas.* run/receipts
	disproves run 'crm.empresas: its rows were made from another plan: run gen-parents again'
	# parents whose receipts were made to fit: their children still tell
	cp "$EIGHT"/receipts/gen.crm.empresas.* run/receipts
	cp "$EIGHT"/data/crm.empresas.* run/data
	local i
	for i in 0 1 2 3 4 5 6 7; do
		sed -i "s/$(digest_of_keys "$EIGHT" $i)/$(digest_of_keys other $i)/" run/receipts/gen.crm.empresas.$i-of-8.json
	done
	disproves run 'was made from another keys/crm.empresas.0-of-8.msgpack: run gen-children again' ' more' 'things are wrong'
	run "$BIN/eval" --run run --receipts --sql
	expect 2
}

# shards RUN TABLE: how many its plan gives the table
shards() {
	table_lines "$1" | awk -v t="$2" '$2 == t {print $3}'
}

@test "--shards auto: as many as make each of a table's shards take its time, on every machine" {
	new_run run "$CRM_PLAN" --shards 'auto;crm.leads=3' --rows '20m;crm.fontes_lead=20;crm.funis=10;crm.etapas_funil=60;crm.listas_precos=20'
	[ "$(shards run crm.leads)" = 3 ]
	[ "$(shards run crm.funis)" = 1 ]
	local n half
	n=$(shards run crm.contatos)
	((n >= 4 && n <= 20)) || fail "$n shards"
	new_run other "$CRM_PLAN" --shards auto --shard-seconds 5 --rows '20m;crm.fontes_lead=20;crm.funis=10;crm.etapas_funil=60;crm.listas_precos=20'
	half=$(shards other crm.contatos)
	((half >= 2 * n - 2 && half <= 2 * n + 1)) || fail "$n and $half shards"
	# the shards of few rows are not more than these
	new_run few "$CRM_PLAN" --shards auto --shard-seconds 1e-9 --rows "$(crm_rows 400)"
	[ "$(shards few crm.funis)" = 10 ]
	make_rows few
	whole few few.rows
	diff -r few.rows "$ROWS"
}

@test "--shard-seconds is a number above 0, and for --shards auto" {
	cp -r "$BASE" run
	local wrong
	for wrong in 0 -1 x nan; do
		run plan-check "$CRM_PLAN" --run run --shards auto --shard-seconds $wrong
		expect 2
		says 'is not a number above 0'
	done
	run plan-check "$CRM_PLAN" --run run --shards 3 --shard-seconds 3
	expect 2
	run plan-check "$CRM_PLAN" --run run --rows auto
	expect 2
	run plan-check --init --run run --shard-seconds 3
	expect 2
}

# estimated STAGE COLUMN: what the last `run` of plan-check --estimate said of a stage
estimated() {
	awk -v s="$1" -v c="$2" '$1 == s {gsub(",", ""); print $c}' <<<"$output"
}

@test "--estimate: the rows and the bytes of a run before it is made, and no trace of the samples" {
	cp -r "$BASE" run
	run plan-check "$CRM_PLAN" --run run --rows "$(crm_rows 40000)" --estimate
	expect 0
	local rows bytes got
	rows=$(table_lines run | wc -l)
	[ "$rows" = 20 ]
	[ -z "$(find run -name "estimate*")" ]
	[ -z "$(find run -name "*.csv")" ]
	bytes=$(estimated eval 3)
	rows=$(estimated eval 2)
	[ "$(estimated gen-parents 2)" -gt 0 ]
	[ $(($(estimated gen-parents 2) + $(estimated gen-children 2))) = "$rows" ]
	[ -n "$(estimated gen-children 5)" ]
	make_rows run
	[ "$(cat run/data/*.csv | wc -l)" -ge "$rows" ]
	got=$(cat run/data/*.csv | wc -c)
	awk -v e="$bytes" -v g="$got" 'BEGIN {exit !(e * 1e6 > g * 0.95 && e * 1e6 < g * 1.05)}' || fail "$bytes MB, but $got bytes"
}

@test "--estimate of a plan that is refused, or of rows to add to, says so" {
	cp -r "$BASE" run
	run plan-check "$CRM_PLAN" --run run --rows '10;crm.tarefas=1000' --estimate
	expect 1
	[ -z "$(find run -name "estimate*")" ]
	run plan-check --init --run run --estimate
	expect 2
}

@test "--format sql: every type, identities, names with quotes, and rows without a column" {
	pg_db types
	sql 'CREATE SCHEMA s; CREATE DOMAIN s."Half" AS numeric(5,2);
		CREATE TYPE s.mood AS ENUM ($$it'"''"'s fine$$, $$so so$$);
		CREATE TABLE s."The ""first""" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a time NOT NULL, b timestamp NOT NULL, c timestamptz NOT NULL,
			d float8 NOT NULL, e real NOT NULL, f bytea NOT NULL, g oid NOT NULL, h money NOT NULL, i uuid NOT NULL, j date NOT NULL, k boolean NOT NULL,
			l jsonb NOT NULL, m text[] NOT NULL, n inet NOT NULL, o int4range NOT NULL, p s."Half" NOT NULL, q s.mood NOT NULL, r text, t interval NOT NULL,
			u bit(5) NOT NULL, v numeric(30,4) NOT NULL, "w""x" smallint NOT NULL, y bigint GENERATED ALWAYS AS ("Id" * 2) STORED);
		CREATE TABLE s.nothing ();'
	catalogue types s
	mkdir run
	cp "$BATS_FILE_TMPDIR/types/schema.msgpack" run
	plan-check --init init.json --rows 700 --run run
	plan-check init.json --run run >/dev/null 2>&1
	gen-parents --run run >/dev/null
	gen-parents --run run --table 's.The "first"' --format sql --out first.sql
	gen-parents --run run --table s.nothing --format sql --header none --out - >nothing.sql
	[ "$(sort nothing.sql | uniq -c)" = '    700 INSERT INTO "s"."nothing" DEFAULT VALUES;' ]
	psql -qX -v ON_ERROR_STOP=1 -1 -f first.sql "$DATABASE_URL" >/dev/null
	psql -qX -v ON_ERROR_STOP=1 -1 -f nothing.sql "$DATABASE_URL" >/dev/null
	run "$BIN/eval" --run run --sql
	expect 0
	# the rows that load makes of the same shards
	sql 'CREATE TABLE s.by_insert AS TABLE s."The ""first"""; TRUNCATE s."The ""first""", s.nothing'
	"$BIN/load" --run run >/dev/null
	[ "$(sql 'SELECT count(*) FROM (SELECT t::text FROM s.by_insert t EXCEPT SELECT t::text FROM s."The ""first""" t) d')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM s.by_insert')" = 700 ]
}

# readers: a Python with DuckDB and pandas; Debian has no package of the first
readers() {
	local p
	for p in ${READERS_PYTHON:-} python3 "$PYTHON"; do
		if "$p" -c 'import duckdb, pandas' 2>/dev/null; then
			READERS=$p
			return
		fi
	done
	skip 'no Python here has the modules duckdb and pandas'
}

@test "DuckDB, pandas and psql read sharded CSV and Parquet with the counts and sums of the database" {
	local READERS
	readers
	pg_db readers crm
	"$BIN/load" --run "$EIGHT" >/dev/null
	fresh run
	make_rows run --header each
	cp "$BASE/schema.json" run
	cp "$BASE/schema.json" "$EIGHT"
	"$READERS" "$ROOT/pipelines/parquet.py" run each >/dev/null
	"$READERS" "$ROOT/pipelines/parquet.py" "$EIGHT" first >/dev/null
	[ "$(find each -name '*.parquet' | wc -l)" = 160 ]
	"$READERS" - run each first "$(sql 'SELECT count(*), sum(valor_total), min(data_emissao), count(cotacao_id) FROM crm.faturas')" <<-'END'
		import glob, sys, duckdb, pandas
		run, each, first, want = sys.argv[1:]
		ask = "SELECT concat_ws('|', count(*), sum(valor_total)::DECIMAL(20,2), min(data_emissao), count(cotacao_id)) FROM "
		for source in ("'%s/crm.faturas.*.parquet'" % each, "'%s/crm.faturas.*.parquet'" % first, "read_csv('%s/data/crm.faturas.*.csv')" % run):
		    got = duckdb.sql(ask + source).fetchall()[0][0]
		    assert got == want, (source, got, want)
		all = pandas.concat(pandas.read_csv(f) for f in sorted(glob.glob(run + "/data/crm.faturas.*.csv")))
		assert "%d|%.2f|%s|%d" % (len(all), all.valor_total.sum(), all.data_emissao.min(), all.cotacao_id.count()) == want, want
	END
}

@test "parquet.py: types, NULL and the empty text, and what it cannot read is one line" {
	local READERS
	readers
	pg_db parquet
	sql "CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY, a text CHECK (a IN ('', 'x,\"y\"', E'two\nlines')), b bytea NOT NULL, c timestamptz NOT NULL,
		d numeric(38,10) NOT NULL, e numeric, f int[] NOT NULL, g boolean, h real NOT NULL, i time NOT NULL)"
	catalogue parquet s
	mkdir run
	cp "$BATS_FILE_TMPDIR"/parquet/schema.* run
	plan-check --init init.json --rows 500 --run run
	plan-check init.json --run run --shards 3 >/dev/null 2>&1
	gen-parents --run run --compress zstd >/dev/null
	"$BIN/load" --run run >/dev/null
	"$READERS" "$ROOT/pipelines/parquet.py" run out >/dev/null
	"$READERS" - "$(sql "SELECT count(*), count(a), count(*) FILTER (WHERE a = ''), count(DISTINCT a), sum(length(b)), sum(d), count(g), max(c AT TIME ZONE 'UTC'), sum(length(f::text)) FROM s.t")" <<-'END'
		import sys, duckdb
		duckdb.sql("SET TimeZone = 'UTC'")
		got = duckdb.sql("SELECT concat_ws('|', count(*), count(a), count(*) FILTER (WHERE a = ''), count(DISTINCT a), sum(octet_length(b)), sum(d), count(g), "
		                 "max(c)::TIMESTAMP, sum(length(f))) FROM 'out/*.parquet'").fetchall()[0][0]
		assert got == sys.argv[1], (got, sys.argv[1])
	END
	gen-parents --run run --format jsonl >/dev/null
	run "$READERS" "$ROOT/pipelines/parquet.py" run out
	expect 2
	says 'generate with --format csv'
	run "$READERS" "$ROOT/pipelines/parquet.py" nowhere out
	expect 2
	[ "${#lines[@]}" = 1 ]
}
