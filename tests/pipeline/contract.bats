#!/usr/bin/env bats
# What the generators are allowed: files of the run, and no database.  And what others are: to
# be parents by writing a key snapshot, and to read ours.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db contract
	sql "CREATE SCHEMA k;
		CREATE TYPE k.color AS ENUM ('red', 'green');
		CREATE TABLE k.by_int (id serial PRIMARY KEY, since timestamptz NOT NULL);
		CREATE TABLE k.by_text (code varchar(12) PRIMARY KEY, made date NOT NULL);
		CREATE TABLE k.by_two (a uuid, b date, price numeric(8,2) NOT NULL, PRIMARY KEY (a, b));
		CREATE TABLE k.child (
			id uuid PRIMARY KEY,
			i int NOT NULL REFERENCES k.by_int,
			t varchar(12) REFERENCES k.by_text,
			a uuid NOT NULL, b date NOT NULL,
			began timestamptz NOT NULL, made date, price numeric(8,2) NOT NULL,
			FOREIGN KEY (a, b) REFERENCES k.by_two)"
	BASE=$BATS_FILE_TMPDIR/base
	export BASE PLAN=$BATS_FILE_TMPDIR/plan.json
	catalogue base k
	cat >"$PLAN" <<'JSON'
{ "plan_version": "0.2", "seed": 5,
  "schema_ref": { "schema_version": "0.2", "engine": "postgres" },
  "global": { "locale": "pt_BR", "as_of": "2026-01-01" },
  "targets": [ { "schema": "k", "table": "by_int", "rows": 300 },
               { "schema": "k", "table": "by_text", "rows": 300 },
               { "schema": "k", "table": "by_two", "rows": 300 },
               { "schema": "k", "table": "child", "rows": 3000 } ],
  "rules": [
    { "type": "column_generator", "schema": "k", "table": "child", "column": "began",
      "generator": { "id": "derive.after_parent",
        "params": { "input_columns": ["i"], "parent_column": "since", "max": "90d" } } },
    { "type": "column_generator", "schema": "k", "table": "child", "column": "made",
      "generator": { "id": "derive.before_parent",
        "params": { "input_columns": ["t"], "parent_column": "made", "max": "90d" } } },
    { "type": "column_generator", "schema": "k", "table": "child", "column": "price",
      "generator": { "id": "derive.parent_value",
        "params": { "input_columns": ["a"], "parent_schema": "k", "parent_table": "by_two", "parent_column": "price" } } } ] }
JSON
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	new_run run "$PLAN" --shards 2
}

@test "neither generator is linked to libpq" {
	for stage in gen-parents gen-children; do
		run ldd "$BIN/$stage"
		expect 0
		says libc.so
		[[ "$output" != *libpq.so* ]] || fail "$output"
	done
	ldd "$BIN/load" | grep -q libpq.so
}

@test "the generators open files of the run, shared libraries, and nothing else; and no socket" {
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	for stage in gen-parents gen-children; do
		strace -f -qq -o trace -e signal=none -e trace=open,openat,openat2,creat,socket,connect,execve \
			"$BIN/$stage" --run run --jobs 2 >/dev/null
		grep -q '"run/plan.msgpack"' trace
		# what was found: a name that is not there tells nothing
		run grep -vE 'ENOENT|resumed>|"run[/"]|"/etc/ld\.so\.|"/(usr/)?lib[^"]*\.so[.0-9]*"|"/proc/self/|exited with|execve\("'"$BIN/$stage" trace
		[ -z "$output" ] || fail "$output"
	done
	[ "$(find run/data -type f | wc -l)" = 8 ]
}

@test "python3-msgpack reads our key snapshots: the keys, and what children look up, of the rows" {
	make_rows run
	for table in by_int by_text by_two; do
		"$PYTHON" - "$ROOT/tests/lib" $table <<'PY'
import csv, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from snapshot import read
name = "k." + sys.argv[2]
rows = list(csv.DictReader(l for i in (0, 1) for l in open(f"run/data/{name}.{i}-of-2.csv", newline="")))
ours = [dict(zip(c, v)) for c in (read(f"run/keys/{name}.{i}-of-2.msgpack") for i in (0, 1)) for v in zip(*c.values())]
assert len(ours) == len(rows) == 300
assert all(r[k] == v for o, r in zip(ours, rows) for k, v in o.items())
assert len(ours[0]) == (3 if name == "k.by_two" else 2)
PY
	done
}

# foreign TABLE QUERY: a table's key snapshots, from rows that are in PostgreSQL, by python
foreign() {
	sql "$2" >"$1.rows"
	"$PYTHON" - "$ROOT/tests/lib" "$1" <<'PY'
import datetime, sys, uuid
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from snapshot import packed, texts, write
table = sys.argv[2]
rows = [l.split("|") for l in open(table + ".rows").read().splitlines()]
day = lambda s: (datetime.date.fromisoformat(s) - datetime.date(2000, 1, 1)).days
for shard in 0, 1:
    cols = list(zip(*rows[shard * 150:shard * 150 + 150]))
    if table == "by_int":
        chunks = [packed("id", "int", 4, list(map(int, cols[0]))), packed("since", "tstz", 8, list(map(int, cols[1])))]
    elif table == "by_text":
        chunks = [*texts("code", "text", [c.encode() for c in cols[0]]), packed("made", "date", 4, list(map(day, cols[1])))]
    else:
        ids = b"".join(uuid.UUID(u).bytes for u in cols[0])
        chunks = [({"col": "a", "type": "uuid", "enc": "packed", "row0": 0, "rows": 150, "nulls": 0, "width": 16}, ids),
                  packed("b", "date", 4, list(map(day, cols[1]))),
                  packed("price", "dec", 8, [int(p.replace(".", "")) for p in cols[2]], scale=2)]
    write(f"run/keys/k.{table}.{shard}-of-2.msgpack", "keys", 150, chunks)
PY
}

@test "rows that live in PostgreSQL are parents, by a snapshot that python3-msgpack writes" {
	sql "INSERT INTO k.by_int SELECT 7 * i, timestamptz '2025-01-01' + i * interval '1 day 7 seconds' FROM generate_series(1, 300) i;
		INSERT INTO k.by_text SELECT 'cód-' || i, date '2025-01-01' + i FROM generate_series(1, 300) i;
		INSERT INTO k.by_two SELECT gen_random_uuid(), date '2024-01-01' + i, i + 0.25 FROM generate_series(1, 300) i"
	mkdir -p run/keys
	foreign by_int "SELECT id, (extract(epoch FROM since - timestamptz '2000-01-01') * 1000000)::bigint FROM k.by_int"
	foreign by_text 'SELECT code, made FROM k.by_text'
	foreign by_two 'SELECT a, b, price FROM k.by_two'
	run gen-children --run run
	expect 0
	cat run/data/k.child.* >child.csv
	psql -Xqd "$DATABASE_URL" -c "\\copy k.child FROM child.csv (FORMAT csv, HEADER)"
	[ "$(sql 'SELECT count(*), count(DISTINCT i) > 200, count(DISTINCT t) > 200, count(t) < 3000 FROM k.child')" = '3000|t|t|t' ]
	[ "$(sql 'SELECT count(*) FROM k.child c JOIN k.by_int p ON p.id = c.i WHERE c.began < p.since')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM k.child c JOIN k.by_text p ON p.code = c.t WHERE c.made > p.made')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM k.child c JOIN k.by_two p USING (a, b) WHERE c.price IS DISTINCT FROM p.price')" = 0 ]
}
