#!/usr/bin/env bats
# introspect --keys: the keys of rows that the database has, as key snapshots.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db live
	sql_file "$ROOT/tests/fixtures/existing.sql"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# keys TABLE: the rows of its snapshot
keys() {
	snapshot --values "r/keys/$1.existing.msgpack"
}

# columns TABLE: the columns of its snapshot
columns() {
	snapshot "r/keys/$1.existing.msgpack" |
		"$PYTHON" -c 'import json, sys
print(*dict.fromkeys(json.loads(l)["chunk"]["col"] for l in list(sys.stdin)[1:]))'
}

@test "introspect --keys: without a list, the primary key, unique keys and what foreign keys refer to" {
	run introspect --run r --keys live.pessoas,live.lojas --keys live.arquivos
	expect 0
	says 'keys of live.pessoas: 60 rows, 3 columns' 'keys of live.lojas: 20 rows, 2 columns' \
		'keys of live.arquivos: 12 rows, 2 columns'
	[ "$(columns live.pessoas)" = 'id cpf apelido' ]
	[ "$(columns live.lojas)" = 'empresa filial' ]
	[ "$(columns live.arquivos)" = 'hash dono' ]
	# nothing else of anybody's rows has left the database
	run grep -rq Brasil r
	expect 1
}

@test "introspect --keys: with a list, the primary key and those columns alone; with a star, all" {
	introspect --run r --keys 'live.pessoas(criada), live.lojas ( * )'
	[ "$(columns live.pessoas)" = 'id criada' ]
	[ "$(columns live.lojas)" = 'empresa filial nome aberta' ]
}

@test "introspect --keys: the values are the database's, of every kind of key, NULLs and all" {
	introspect --run r --keys 'live.paises,live.pessoas(apelido,criada),live.arquivos,"Odd.Schema"."ta""b,(le)"("va l")'
	[ "$(keys live.paises)" = '{"codigo":"AO"}
{"codigo":"BR"}
{"codigo":"pt"}
{"codigo":"é,\"x"}' ] || fail "$(keys live.paises)"
	diff <(keys live.pessoas) <(sql "SELECT format('{\"id\":%s,\"apelido\":%s,\"criada\":\"%s\"}', id,
		coalesce('\"' || apelido || '\"', 'null'), to_char(criada, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) FROM live.pessoas ORDER BY id")
	diff <(keys live.arquivos) <(sql "SELECT format('{\"hash\":\"%s\",\"dono\":%s}', encode(hash, 'hex'),
		coalesce('\"' || dono || '\"', 'null')) FROM live.arquivos ORDER BY hash")
	diff <(keys 'Odd%2ESchema.ta%22b%2C%28le%29') <(sql "SELECT format('{\"i.d\":\"%s\",\"va l\":\"%s\"}', \"i.d\", \"va l\")
		FROM \"Odd.Schema\".\"ta\"\"b,(le)\" ORDER BY 1")
}

@test "introspect --keys: equal rows are equal bytes, in whatever order the table has them" {
	introspect --run r --keys live.pessoas,live.paises
	sql "UPDATE live.pessoas SET ativa = NOT ativa WHERE id % 20 = 0; UPDATE live.paises SET nome = nome" # moves them
	[ "$(sql "SELECT id FROM live.pessoas LIMIT 1")" = 10 ]
	introspect --run s --keys live.pessoas,live.paises
	cmp r/keys/live.pessoas.existing.msgpack s/keys/live.pessoas.existing.msgpack
	cmp r/keys/live.paises.existing.msgpack s/keys/live.paises.existing.msgpack
}

@test "introspect --keys: an empty table has a snapshot of no rows" {
	run introspect --run r --keys live.vazia
	expect 0
	says 'keys of live.vazia: 0 rows'
	[ -z "$(keys live.vazia)" ]
}

@test "introspect --keys: rows of another session's open transaction are not seen, and all tables are of one moment" {
	psql -Xq -d "$DATABASE_URL" >/dev/null <<-'SQL' &
		BEGIN; INSERT INTO live.vazia VALUES (1); SELECT pg_sleep(4);
	SQL
	local pid=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()")" = 1 ]; do :; done
	introspect --run r --keys live.vazia
	[ -z "$(keys live.vazia)" ]
	kill "$pid"
	wait "$pid" 2>/dev/null || true
}

@test "introspect --keys: refuses by name what it cannot do, and writes nothing" {
	run introspect --run r --keys live.nada
	refused 2 'there is no table live.nada'
	run introspect --run r --keys 'live.pessoas(idade)'
	refused 2 'no column idade in live.pessoas'
	run introspect --run r --keys 'Odd.Schema.ta'
	refused 2 '--keys: a comma is missing, at ".ta"'
	run introspect --run r --keys 'pessoas'
	refused 2 'write SCHEMA.TABLE or SCHEMA.TABLE(COLUMN,...)'
	run introspect --run r --keys 'live.pessoas(id'
	refused 2 'the list of columns has no end'
	run introspect --run r --keys 'live."pessoas'
	refused 2 'a quote that nothing ends'
	run introspect --run r --keys 'live.pessoas,'
	refused 2 'a name is missing, where it ends'
	run introspect --run r --keys live.pessoas --keys 'live.paises,live.pessoas'
	refused 2 'live.pessoas is named twice'
	run introspect --run r --ddl "$ROOT/tests/fixtures/existing.sql" --keys live.pessoas
	refused 2 '--keys reads rows of a database: --ddl has none'
	[ ! -e r/schema.msgpack ]
	[ -z "$(find r -name '*.msgpack*')" ]
}

@test "introspect --keys: a value that no snapshot holds is refused by column and type, without the value" {
	sql "CREATE TABLE live.reais (n numeric PRIMARY KEY); INSERT INTO live.reais VALUES (1.25), (3.14159)"
	run introspect --run r --keys live.reais
	sql "DROP TABLE live.reais"
	refused 2 'keys of live.reais: column n, of type numeric, has a value that a key snapshot cannot hold'
	[[ "$output" != *3.14* ]]
	[ -z "$(find r -name '*.msgpack*')" ]
}

@test "introspect --keys: says which table may not be read, and keeps what was there" {
	introspect --run r --keys live.paises
	cp -a r before
	sql "CREATE ROLE alheio LOGIN; GRANT USAGE ON SCHEMA live TO alheio; GRANT SELECT ON live.paises TO alheio"
	run introspect --conn "${DATABASE_URL/user=datalchemy/user=alheio}" --run r --schema live --keys live.paises,live.pessoas
	refused 2 'keys of live.pessoas: permission denied for table pessoas' 42501
	cmp r/keys/live.paises.existing.msgpack before/keys/live.paises.existing.msgpack
	cmp r/schema.msgpack before/schema.msgpack
	[ -z "$(find r -name '*.tmp*')" ]
}

@test "introspect --keys: warns where row security hides rows" {
	sql "CREATE ROLE cego LOGIN; GRANT USAGE ON SCHEMA live TO cego; GRANT SELECT ON live.lojas TO cego;
		ALTER TABLE live.lojas ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON live.lojas USING (filial = 1)"
	run introspect --conn "${DATABASE_URL/user=datalchemy/user=cego}" --run r --schema live --keys live.lojas
	sql "DROP POLICY p ON live.lojas; ALTER TABLE live.lojas DISABLE ROW LEVEL SECURITY"
	expect 0
	says 'live.lojas: row security may hide rows' 'keys of live.lojas: 5 rows'
}

@test "introspect --keys: what a later call does not name is removed, and it says so" {
	introspect --run r --keys live.paises,live.lojas
	run introspect --run r --keys live.lojas
	expect 0
	says 'warning: keys/live.paises.existing.msgpack is removed'
	[ "$(ls r/keys)" = live.lojas.existing.msgpack ]
}

@test "introspect --keys: partitions are read through their parent, rows that inherit are not" {
	sql "CREATE TABLE live.part (id integer PRIMARY KEY) PARTITION BY RANGE (id);
		CREATE TABLE live.part1 PARTITION OF live.part FOR VALUES FROM (0) TO (10);
		CREATE TABLE live.part2 PARTITION OF live.part FOR VALUES FROM (10) TO (20);
		INSERT INTO live.part VALUES (15), (5);
		CREATE TABLE live.base (id integer PRIMARY KEY); CREATE TABLE live.heir () INHERITS (live.base);
		INSERT INTO live.base VALUES (1); INSERT INTO live.heir VALUES (2)"
	introspect --run r --keys live.part,live.base
	sql "DROP TABLE live.part, live.heir, live.base"
	[ "$(keys live.part)" = '{"id":5}
{"id":15}' ]
	[ "$(keys live.base)" = '{"id":1}' ] # a foreign key to it sees no other
}

@test "introspect --keys: a million rows take no more memory than a thousand" {
	sql "CREATE TABLE live.muitas (id bigint PRIMARY KEY, codigo text NOT NULL UNIQUE, criada timestamptz NOT NULL);
		INSERT INTO live.muitas SELECT i, 'codigo ' || i, now() FROM generate_series(1, 1000000) i"
	run "$PYTHON" "$ROOT/tests/lib/memory.py" introspect --run r --keys 'live.muitas(codigo,criada)'
	expect 0
	local million=$output
	snapshot --quick r/keys/live.muitas.existing.msgpack | head -n 1 >header
	grep -q '"rows":1000000' header
	sql "DELETE FROM live.muitas WHERE id > 1000"
	run "$PYTHON" "$ROOT/tests/lib/memory.py" introspect --run s --keys 'live.muitas(codigo,criada)'
	expect 0
	sql "DROP TABLE live.muitas"
	# but for the groups of 65,536 rows a file is written in
	[ $((million - output)) -lt 8192 ] || fail "$million KiB, $output KiB"
}

@test "introspect --keys: long texts are read few at a time" {
	sql "CREATE TABLE live.longos (id integer PRIMARY KEY, t text);
		INSERT INTO live.longos SELECT i, CASE WHEN i > 300 THEN repeat(md5(i::text), 32768) END FROM generate_series(1, 600) i"
	run "$PYTHON" "$ROOT/tests/lib/memory.py" introspect --run r --keys 'live.longos(t)'
	expect 0
	[ "$output" -lt 196608 ] || fail "$output KiB"
	diff <(keys live.longos | "$PYTHON" -c 'import hashlib, json, sys
for l in sys.stdin:
    d = json.loads(l); print(d["id"], d["t"] and hashlib.md5(d["t"].encode()).hexdigest())') \
		<(sql "SELECT id || ' ' || coalesce(md5(t), 'None') FROM live.longos ORDER BY id")
	sql "DROP TABLE live.longos"
}

@test "introspect --keys: killed or interrupted at any instant, it leaves nothing half-written under a name" {
	sql "CREATE TABLE live.muitas AS SELECT i AS id FROM generate_series(1, 200000) i; ALTER TABLE live.muitas ADD PRIMARY KEY (id)"
	local signal pid n=0
	for signal in KILL INT TERM; do
		rm -rf r
		introspect --run r --keys live.pessoas >/dev/null
		introspect --run r --keys live.muitas,live.paises >/dev/null 2>&1 &
		pid=$!
		# in the middle of the rows
		until [ -n "$(find r/keys -name 'live.muitas*' -size +100k)" ] || ! kill -0 $pid 2>/dev/null; do :; done
		kill -$signal $pid 2>/dev/null && n=$((n + 1))
		wait $pid 2>/dev/null || true
		if [ ! -e r/keys/live.muitas.existing.msgpack ]; then
			[ "$(find r/keys -name '*.msgpack')" = r/keys/live.pessoas.existing.msgpack ]
		fi
		introspect --run r --keys live.muitas,live.paises >/dev/null 2>&1
		[ -z "$(find r -name '*.tmp*')" ]
		[ "$(keys live.muitas | wc -l)" = 200000 ]
	done
	sql "DROP TABLE live.muitas"
	[ "$n" -gt 0 ]
}
