#!/usr/bin/env bats
# Columns of every type that has no generator of its own to name, alone and in arrays: PostgreSQL
# takes the rows in every format that carries them, and eval reads them back.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/each_database

# table_of TYPE...: zoo.t with a column of each, and an array of each in a table beside it
table_of() {
	local t n=0 alone='' lists=''
	for t; do
		n=$((n + 1))
		alone+=", a$n $t NOT NULL"
		lists+=", b$n ${t}[] NOT NULL"
	done
	sql "CREATE SCHEMA zoo; CREATE TABLE zoo.t (id int PRIMARY KEY$alone);
		CREATE TABLE zoo.lists (id int PRIMARY KEY$lists)"
	planned
}

# planned: zoo read, and 200 rows of each table planned
planned() {
	introspect --run run --schema zoo >/dev/null 2>&1
	plan-check --init --bare --run run >plan.json
	plan-check plan.json --run run --rows 200 --as-of 2026-11-26 >said 2>&1 || fail "$(cat said)"
}

# from_json TABLE: COPY reads no JSON, but a record can be made of it
from_json() {
	psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 <<-END
		CREATE TEMP TABLE line (of json);
		\copy line FROM 'run/data/zoo.$1.jsonl' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
		INSERT INTO zoo.$1 SELECT (json_populate_record(NULL::zoo.$1, of)).* FROM line;
	END
}

# arrives FORMAT: the rows are made; eval finds nothing wrong in what it reads, and says what it does
# not read; PostgreSQL takes them all
arrives() {
	make_rows run --format "$1"
	run "$BIN/eval" --run run
	expect 0
	says "; every other one holds"
	if [ "$1" = jsonl ]; then
		from_json t
		from_json lists
	else
		"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null 2>said || fail "$(cat said)"
	fi
	[ "$(sql 'SELECT (SELECT count(*) FROM zoo.t) + (SELECT count(*) FROM zoo.lists)')" = 400 ]
	sql 'SELECT * FROM zoo.t ORDER BY id' >"$1.rows"
	sql 'SELECT * FROM zoo.lists ORDER BY id' >>"$1.rows"
	sql 'TRUNCATE zoo.t, zoo.lists'
}

@test "types that are held as text arrive whole by every format, the same by each" {
	sql 'CREATE EXTENSION hstore; CREATE EXTENSION ltree'
	table_of box lseg path polygon circle line hstore ltree pg_lsn point tsvector tsquery inet cidr macaddr \
		macaddr8 'bit(3)' varbit money xml json interval timetz
	arrives csv
	arrives text
	arrives jsonl
	cmp csv.rows text.rows
	cmp csv.rows jsonl.rows
	# a table whose types have no binary form is written as text where binary is asked for
	arrives binary
	cmp csv.rows binary.rows
	[ -e run/data/zoo.t.txt ] && [ ! -e run/data/zoo.t.bin ]
	# and is not made again
	"$BIN/gen-parents" --run run --format binary >said 2>&1
	grep -q 'up to date' said || fail "$(cat said)"
	# values are not all alike
	[ "$(sort -u csv.rows | wc -l)" = 400 ]
}

@test "types with a binary form arrive by COPY BINARY as they do by CSV" {
	table_of bool int2 int4 int8 'numeric(6,2)' real float8 text 'varchar(3)' 'char(4)' bytea uuid date time \
		timestamp timestamptz jsonb xml json
	arrives csv
	sql 'DROP TABLE zoo.lists; CREATE TABLE zoo.lists (id int PRIMARY KEY)' # arrays have none
	planned
	arrives binary
	cmp <(head -n 200 csv.rows) <(head -n 200 binary.rows)
}
