#!/usr/bin/env bats
# introspect against a PostgreSQL of the suite's own.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db zoo
	sql_file "$ROOT/tests/fixtures/zoo.sql"
	pg_db crm
	crm_load
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
}

zoo() {
	DATABASE_URL=$(pg_url zoo)
}

# json FILE EXPRESSION: what a Python expression over the document d gives; table(name),
# column(table, name) and constraint(table, name) look things up
json() {
	"$PYTHON" - "$1" "$2" <<-'EOF'
		import json, sys
		d = json.load(open(sys.argv[1]))
		def table(name):
		    return next(t for s in d["schemas"] for t in s["tables"] if t["name"] == name)
		def column(t, name):
		    return next(c for c in table(t)["columns"] if c["name"] == name)
		def constraint(t, name):
		    of = table(t)
		    return next(c for c in of["constraints"] + of["exclusion_constraints"] if c["name"] == name)
		print(eval(sys.argv[2]))
	EOF
}

# schema EXPRESSION IS: that of $RUN/schema.json
schema() {
	local got
	got=$(json "$RUN/schema.json" "$1")
	[ "$got" = "$2" ] || fail "$1" "expected: $2" "got: $got"
}

# ---- the fixture ---------------------------------------------------------------------

@test "introspect: the CRM has the golden counts and order" {
	run introspect --run "$RUN"
	expect 0
	says '2 schemas, 20 tables, 132 columns (106 NOT NULL)' '27 edges, 6 levels, no cycle' \
		'level 5: crm.itens_fatura crm.pagamentos'
	run json "$RUN/schema_metrics.json" '(d["counts"], d["coverage"], d["fk_graph"]["edges"], d["fk_graph"]["cycle"], d["warnings"])'
	says "'schemas': 2, 'tables': 20, 'columns': 132" \
		"'primary_keys': 20, 'foreign_keys': 27, 'unique': 17, 'checks': 29" \
		"'tables_with_pk_pct': 1, 'tables_with_fk_pct': 0.7, 'columns_not_null_pct': 0.803" \
		', 27, None, [])'
	run json "$RUN/schema_metrics.json" '" ".join(t[4:] for t in d["fk_graph"]["topo_order"])'
	[ "$output" = "empresas contatos fontes_lead funis etapas_funil listas_precos produtos \
itens_lista_precos usuarios leads oportunidades atividades anotacoes cotacoes faturas \
itens_cotacao itens_fatura pagamentos reunioes tarefas" ] || fail "$output"
}

@test "introspect: schema.json has the members of 0.2 first and in order" {
	introspect --run "$RUN" >/dev/null
	schema 'list(d)[:6]' "['schema_version', 'engine', 'database', 'schemas', 'enums', 'schema_fingerprint']"
	schema 'list(table("leads"))[:6]' "['name', 'kind', 'comment', 'columns', 'constraints', 'indexes']"
	schema 'list(column("leads", "id"))[:8]' "['ordinal_position', 'name', 'column_type', 'is_nullable', 'default', 'identity', 'generated', 'comment']"
	schema 'list(column("leads", "id")["column_type"])[:7]' "['data_type', 'udt_schema', 'udt_name', 'character_max_length', 'numeric_precision', 'numeric_scale', 'collation']"
	schema 'list(constraint("leads", "leads_pkey"))[:3]' "['kind', 'name', 'columns']"
	schema 'list(constraint("tarefas", "tarefas_atividade_unique"))[:5]' "['kind', 'name', 'columns', 'is_deferrable', 'initially_deferred']"
	schema 'list(constraint("leads", "leads_score_chk"))[:3]' "['kind', 'name', 'expression']"
	schema 'list(constraint("leads", "leads_contato_id_fkey"))[:10]' "['kind', 'name', 'columns', 'referenced_schema', 'referenced_table', 'referenced_columns', 'on_update', 'on_delete', 'match_type', 'is_deferrable']"
	schema 'list(table("leads")["indexes"][0])[:6]' "['name', 'is_unique', 'is_primary', 'is_valid', 'method', 'definition']"
	schema 'constraint("leads", "leads_score_chk")["expression"]' 'CHECK (score >= 0 AND score <= 100)'
	schema 'column("leads", "status")["default"]' "'novo'::crm.status_lead"
	schema '[s["name"] for s in d["schemas"]]' "['crm', 'public']"
	schema '[c["kind"] for c in table("leads")["constraints"]]' \
		"['primary_key', 'check', 'check', 'foreign_key', 'foreign_key', 'foreign_key', 'foreign_key']"
}

# ---- the zoo --------------------------------------------------------------------------

@test "introspect: every kind of type" {
	zoo
	introspect --run "$RUN" >/dev/null 2>&1
	schema '[c["name"] for c in table("types")["columns"] if c["column_type"]["class"] == "other"]' "['bx', 'lsn']"
	schema '(lambda t: [t[k] for k in ("data_type", "numeric_precision", "numeric_scale")])(column("types", "neg")["column_type"])' "['numeric(3,-2)', 3, -2]"
	schema 'column("types", "code")["column_type"]' "{'data_type': 'zoo.code', 'udt_schema': 'zoo', 'udt_name': 'code', 'character_max_length': 8, 'numeric_precision': None, 'numeric_scale': None, 'collation': 'C', 'class': 'domain', 'base_schema': 'pg_catalog', 'base_name': 'varchar'}"
	schema 'column("types", "ci")["column_type"]["class"]' text
	schema '[column("types", "tx")["column_type"]["collation"], column("types", "vc")["column_type"]["collation"]]' "['zoo.plain', None]"
	schema '[(c["identity"], c["sequence"]) for c in table("types")["columns"][:3]]' "[('always', 'zoo.types_id_seq'), (None, 'zoo.types_small_seq'), (None, None)]"
	schema '[t["labels"] for t in d["enums"] if t["name"] == "mood"]' "[['first', 'sad', 'ok', 'it\\'s \"fine\"']]"
	schema '[[c["validated"] for c in t["checks"]] for t in d["types"] if t["name"] == "code"]' '[[True, False]]'
	schema '[(t["class"], t["element_name"]) for t in d["types"] if t["name"] in ("span", "spans", "_place")]' "[('array', 'place'), ('range', 'timestamptz'), ('multirange', 'timestamptz')]"
	schema '[t["extension"] for t in d["types"] if t["name"] == "citext"]' "['citext']"
	schema 'column("types", "late")["ordinal_position"] - len(table("types")["columns"])' 1
	schema 'column("types", "i4")["comment"]' $'two\nlines'
}

@test "introspect: every kind of constraint, index, function and trigger" {
	zoo
	run introspect --run "$RUN"
	expect 0
	says 'zoo.guarded: trigger on_insert acts on INSERT' 'zoo.guarded: rule elsewhere' \
		'zoo.guarded: row security' 'cycle: zoo.ring_a zoo.ring_b' 'other.child (refers to itself)'
	[[ "$output" != *asleep* && "$output" != *on_delete* ]]
	schema '(lambda c: (c["columns"], c["referenced_columns"], c["match_type"], c["on_delete"], c["is_deferrable"]))(constraint("child", "pair"))' \
		"(['y', 'x'], ['b', 'a'], 'full', 'restrict', True)"
	schema 'constraint("keys", "keys_uq")["nulls_not_distinct"], constraint("keys", "keys_c")["initially_deferred"]' '(True, True)'
	schema 'constraint("keys", "keys_during_excl")["definition"]' 'EXCLUDE USING gist (during WITH &&) WHERE ((b > 0))'
	schema 'constraint("keys", "new_rows")["validated"], constraint("keys", "alone")["no_inherit"]' '(False, True)'
	schema 'len(constraint("keys", "whole")["columns"]) == len(table("keys")["columns"])' True
	schema '[(i["columns"], i["expressions"]) for i in table("keys")["indexes"] if i["name"] == "lower_c"]' "[([None, 'b'], ['lower(c)'])]"
	schema '[f["name"] for f in d["functions"]]' "['inner_ok', 'is_ok', 'near', 'twice']"
	schema 'column("keys", "twice")["generated"], column("keys", "a")["sequence"]' \
		"({'kind': 'stored', 'expression': 'zoo.twice(b)'}, 'zoo.shared')"
	schema '[(t["name"], t["partition_of"], t["partition_bound"]) for t in [table("parts_new"), table("parts_new_1")]]' \
		"[('parts_new', 'zoo.parts', 'DEFAULT'), ('parts_new_1', 'zoo.parts_new', 'FOR VALUES IN (1, 2)')]"
	schema 'len(table("of_parts")["constraints"]), table("derived")["inherits"]' "(1, ['zoo.base', 'zoo.ring_a'])"
	schema '[t["kind"] for t in d["schemas"][-1]["tables"]][:3]' "['materialized_view', 'view', 'foreign_table']"
	run json "$RUN/schema_metrics.json" '(d["fk_graph"]["cycle"], d["fk_graph"]["topo_order"], d["fk_graph"]["components"], len(d["warnings"]))'
	[ "$output" = "(['other.child', 'zoo.ring_a', 'zoo.ring_b'], None, [['other.child'], ['zoo.ring_a', 'zoo.ring_b']], 3)" ] || fail "$output"
}

@test "introspect: names with dots, quotes, slashes, semicolons and letters beyond ASCII" {
	zoo
	introspect --run "$RUN" --schema 'Odd.Schema/1' >/dev/null
	schema 'd["schemas"][0]["tables"][0]["name"]' "a.b/c \"d\" 'e' ção \$f\$ %"
	schema '[c["sequence"] for c in d["schemas"][0]["tables"][0]["columns"]][0]' "\"Odd.Schema/1\".\"a.b/c \"\"d\"\" 'e' ção \$f\$ %_I d_seq\""
	schema '[c["name"] for c in d["schemas"][0]["tables"][0]["columns"]]' "['I d', 'column, with ; everything', 'select']"
	schema 'd["enums"][0]["labels"]' "['ü', '']"
}

# ---- the fingerprint ---------------------------------------------------------------------

@test "introspect: the same twice is the same bytes, and files that did not change keep their time" {
	zoo
	introspect --run "$RUN" >/dev/null 2>&1
	introspect --run "$RUN.2" >/dev/null 2>&1
	cmp "$RUN/schema.json" "$RUN.2/schema.json"
	cmp "$RUN/schema.msgpack" "$RUN.2/schema.msgpack"
	touch -d 2001-01-01 "$RUN"/schema.* "$RUN/schema_metrics.json"
	introspect --run "$RUN" >/dev/null 2>&1
	[ "$(stat -c %Y "$RUN"/schema.* "$RUN/schema_metrics.json" | sort -u)" = "$(date -d 2001-01-01 +%s)" ]
}

@test "introspect: the fingerprint survives a dump and a reload, and rows; not a change" {
	local was now db=again
	zoo
	was=$(introspect --run "$RUN.1" 2>/dev/null | tail -n 1)
	pg_dump -d "$DATABASE_URL" >"$BATS_TEST_TMPDIR/zoo.sql"
	pg_db "$db"
	sql_file "$BATS_TEST_TMPDIR/zoo.sql" >/dev/null
	sql 'INSERT INTO zoo.base SELECT generate_series(1, 1000); ANALYZE'
	now=$(introspect --run "$RUN.2" 2>/dev/null | tail -n 1)
	[ "$was" = "$now" ]
	sql 'ALTER TABLE zoo.base ADD CHECK (k < 5000)'
	now=$(introspect --run "$RUN.3" 2>/dev/null | tail -n 1)
	[ "$was" != "$now" ]
}

@test "introspect: the fingerprint is what common/FORMATS says, by python3-msgpack" {
	introspect --run "$RUN" >/dev/null
	run "$PYTHON" - "$RUN/schema.msgpack" <<-'EOF'
		import hashlib, msgpack, sys
		magic, header, body, *rest = msgpack.unpackb(open(sys.argv[1], "rb").read())
		major = body["server_version"] // 10000
		for name in "database", "server_version", "introspected_on", "zones":
		    del body[name]
		for t in body["tables"]:
		    del t["row_estimate"], t["extension"], t["filled"]
		    for g in t["triggers"]:
		        del g["effects"]
		    for c in t["columns"]:
		        del c["position"], c["virtual"]
		    for c in t["constraints"]:
		        c["definition"] = None if c["kind"] == "check" else c["definition"]
		print(hashlib.sha256(msgpack.packb([major, body])).hexdigest() == header["fingerprint"])
	EOF
	[ "$output" = True ] || fail "$output"
}

# ---- selection ------------------------------------------------------------------------------

@test "introspect: --schema may cut a foreign key, which is a warning" {
	zoo
	run introspect --run "$RUN" --schema other
	expect 0
	says 'warning: other.child: foreign key pair refers to zoo.keys, which is not selected'
	schema 'constraint("child", "pair")["referenced_table"], constraint("child", "pair")["in_selection"]' "('keys', False)"
	schema '[s["name"] for s in d["schemas"]]' "['other']"
	run json "$RUN/schema_metrics.json" 'd["fk_graph"]["edges"], d["fk_graph"]["nodes"]'
	[ "$output" = '(2, 2)' ] || fail "$output"
}

@test "introspect: a schema that is not there is refused by name" {
	run introspect --run "$RUN" --schema crm --schema nope --schema neither
	expect 2
	says 'no such schema in database crm: nope, neither'
	[ ! -e "$RUN/schema.json" ] && [ ! -e "$RUN/schema.msgpack" ]
	[ -e "$RUN/config.json" ]
	grep -q '"event":"run_failed"' "$RUN/logs.ndjson"
}

@test "introspect: views, indexes and comments can be left out; unique indexes stay" {
	zoo
	introspect --run "$RUN" --no-views --no-materialized-views --no-foreign-tables \
		--no-indexes --no-comments >/dev/null 2>&1
	schema '{t["kind"] for s in d["schemas"] for t in s["tables"]} - {"table", "partitioned_table"}' 'set()'
	schema '[i["name"] for i in table("keys")["indexes"]]' "['keys_c', 'keys_pk', 'keys_uq', 'lower_c']"
	schema 'table("types")["comment"], column("types", "i4")["comment"]' '(None, None)'
}

@test "introspect: the system's own schemas when asked" {
	introspect --run "$RUN" --include-system-schemas >/dev/null
	schema '[s["name"] for s in d["schemas"]]' "['crm', 'information_schema', 'pg_catalog', 'public']"
}

@test "introspect: --strict refuses a cycle after everything is written" {
	zoo
	run introspect --run "$RUN" --strict
	expect 1
	says '--strict: the foreign keys have a cycle: other.child'
	[ -e "$RUN/schema.msgpack" ] && [ -e "$RUN/schema_metrics.json" ]
	run introspect --run "$RUN.2" --schema crm --conn "$(pg_url crm)" --strict
	expect 0
}

# ---- SQL text ---------------------------------------------------------------------------------

@test "introspect: --ddl gives what the database gives" {
	local was
	unset PG_NOW
	zoo
	was=$(introspect --run "$RUN.1" 2>/dev/null | tail -n 1)
	unset DATABASE_URL
	run introspect --ddl "$ROOT/tests/fixtures/zoo.sql" --run "$RUN"
	expect 0
	says "$was"
	[ "$(json "$RUN/config.json" 'd["connection"], len(d["ddl_sha256"])')" = '(None, 64)' ]
}

@test "introspect: --ddl takes a pg_dump: its owners, its rows, its psql commands" {
	pg_db dump
	sql "CREATE ROLE \"some one\"; CREATE TABLE t (a int, b text);
		ALTER TABLE t OWNER TO \"some one\"; GRANT SELECT ON t TO \"some one\";
		INSERT INTO t VALUES (1, E'x;\n\\\\.'), (2, ';''\"\$\$')"
	pg_dump -d "$DATABASE_URL" >"$BATS_TEST_TMPDIR/dump.sql"
	run introspect --ddl "$BATS_TEST_TMPDIR/dump.sql" --run "$RUN"
	expect 0
	schema '[c["name"] for c in table("t")["columns"]]' "['a', 'b']"
	schema 'table("t")["row_estimate"]' None
}

@test "introspect: --ddl names the file and line of an error, and stops its server" {
	printf '%s\n' 'CREATE TABLE a (' ' i integer' ');' '-- ; comment' 'CREATE TABLE b (i nosuch);' \
		>"$BATS_TEST_TMPDIR/bad.sql"
	mkdir "$BATS_TEST_TMPDIR/libexec"
	printf '%s\n' '#!/bin/bash' "echo \"\$1 \$2\" >>'$BATS_TEST_TMPDIR/calls'" \
		"exec '$ROOT/scripts/postgres_local.sh' \"\$@\"" >"$BATS_TEST_TMPDIR/libexec/postgres_local.sh"
	DATALCHEMY_LIBEXEC=$BATS_TEST_TMPDIR/libexec run introspect \
		--ddl "$BATS_TEST_TMPDIR/bad.sql" --run "$RUN"
	expect 2
	says 'bad.sql:5: type "nosuch" does not exist'
	[ ! -e "$RUN/schema.json" ]
	run cat "$BATS_TEST_TMPDIR/calls"
	[[ "${lines[0]}" == "start /tmp/dlpg."* && "${lines[1]}" == "stop ${lines[0]#start }" ]]
	[ ! -e "${lines[0]#start }" ]
}

@test "introspect: --ddl runs no command of psql" {
	printf '%s\n' 'CREATE TABLE a ();' "\\! touch $BATS_TEST_TMPDIR/owned" >"$BATS_TEST_TMPDIR/evil.sql"
	run introspect --ddl "$BATS_TEST_TMPDIR/evil.sql" --run "$RUN"
	expect 2
	says 'evil.sql: line 2: \ is a command of psql, which is not run'
	[ ! -e "$BATS_TEST_TMPDIR/owned" ]
}

# ---- what goes wrong ------------------------------------------------------------------------------

@test "introspect: --ddl gives no text the rights of a superuser, whatever it tries" {
	local n=0
	while IFS= read -r try; do
		n=$((n + 1))
		echo "CREATE TABLE t (line text); $try;" >try.sql
		run "$BIN/introspect" --ddl try.sql --run "try$n"
		refused 2 'try.sql:1: '
		[ ! -e started ] || fail "$try"
	done <<-END
		COPY t FROM PROGRAM 'touch $PWD/started'
		DO \$\$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $PWD/started'''; END \$\$
		COPY t FROM '/etc/passwd'
		SELECT pg_read_file('/etc/passwd')
		SET ROLE datalchemy; COPY t FROM PROGRAM 'touch $PWD/started'
		SET SESSION AUTHORIZATION datalchemy
		ALTER ROLE datalchemy_ddl SUPERUSER
		GRANT pg_execute_server_program TO datalchemy_ddl
		CREATE ROLE x SUPERUSER IN ROLE pg_execute_server_program; SET ROLE x; COPY t FROM PROGRAM 'touch $PWD/started'
		CREATE ROLE "pg_execute_server_program"; GRANT pg_execute_server_program TO CURRENT_USER
		CREATE EXTENSION dblink; SELECT dblink_connect('user=datalchemy dbname=postgres')
		CREATE FUNCTION f(text[], oid) RETURNS void LANGUAGE sql AS 'SELECT'; CREATE FOREIGN DATA WRAPPER w VALIDATOR f
	END
	[ $n = 12 ]
}

@test "introspect: --ddl makes what schemas have beside their tables: extensions, roles, owners, rights" {
	cat >more.sql <<-'END'
		CREATE ROLE "App Owner" SUPERUSER CONNECTION LIMIT 3;
		/* one that its owner may make */ CREATE EXTENSION citext;
		CREATE -- and one that a superuser has to
			EXTENSION pg_buffercache;
		COMMENT ON EXTENSION pg_buffercache IS 'not ours';
		CREATE SCHEMA app;
		CREATE TABLE app.t (id int PRIMARY KEY, mail citext NOT NULL);
		ALTER TABLE app.t OWNER TO "App Owner";
		ALTER SCHEMA app OWNER TO somebody;
		GRANT SELECT ON app.t TO reader;
		GRANT reader TO somebody;
		ALTER TABLE app.t ADD note text;
	END
	run "$BIN/introspect" --ddl more.sql --run run --schema app
	expect 0
	says '1 table, 3 columns'
}

@test "introspect: an unreachable server is status 75, a wrong database or password 2" {
	run introspect --run "$RUN" --conn 'postgresql://u:Xsecret9@/x?host=/nowhere'
	expect 75
	[ "${#lines[@]}" -eq 1 ] || fail "$output"
	run introspect --run "$RUN" --conn "$(pg_url nosuch)"
	expect 2
	says 'nosuch'
	run introspect --run "$RUN" --conn 'mysql://u:Xsecret9@h/d'
	expect 2
	[ -z "$(find "$RUN" -name 'schema.*')" ]
	run grep -r Xsecret9 "$RUN"
	expect 1
}

@test "introspect: wrong usage touches nothing" {
	cd "$BATS_TEST_TMPDIR"
	run introspect --conn x --run r postgresql:///x
	expect 2
	run introspect --run r --run-dir s
	expect 2
	run introspect --ddl /nonexistent.sql --run r
	expect 2
	run introspect --conn x --ddl y --run r
	expect 2
	[ -z "$(ls)" ]
}

@test "introspect: no password in the run directory, nor in the process list" {
	local url="${DATABASE_URL}&password=Xsecret9" pid
	introspect --run "$RUN" --conn "$url" >/dev/null
	run grep -r Xsecret9 "$RUN"
	expect 1
	run json "$RUN/config.json" 'd["connection"]["redacted"]'
	says 'password=***'
	# a server that never answers holds the process still for a look at it
	"$PYTHON" -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
time.sleep(30)' "$BATS_TEST_TMPDIR/.s.PGSQL.5432" 3>&- &
	pid=$!
	until [ -S "$BATS_TEST_TMPDIR/.s.PGSQL.5432" ]; do :; done
	introspect --run "$RUN.2" --conn "postgresql://u:Xsecret9@/x?host=$BATS_TEST_TMPDIR" \
		>/dev/null 2>&1 3>&- &
	until [ -e "$RUN.2/config.json" ]; do :; done
	run grep -c Xsecret9 "/proc/$!/cmdline"
	kill "$!" "$pid"
	[ "$output" = 0 ]
}

@test "introspect: a schema this role may not use is a warning by its name" {
	sql "DROP ROLE IF EXISTS visitor" && sql "CREATE ROLE visitor LOGIN"
	run introspect --run "$RUN" --conn "${DATABASE_URL/user=datalchemy/user=visitor}"
	expect 0
	says 'warning: schema crm: this role has no USAGE'
	sql "DROP ROLE visitor"
}

@test "introspect: a database that changes meanwhile is read whole or not at all" {
	local i pid status=0
	pg_db changing
	sql "CREATE TABLE t (a int CONSTRAINT ck CHECK (a > 0))"
	while :; do
		printf '%s\n' 'ALTER TABLE t RENAME a TO b;' 'ALTER TABLE t RENAME b TO a;' \
			'DROP INDEX IF EXISTS i;' 'CREATE INDEX i ON t (a) WHERE a > 1;'
	done 2>/dev/null | PGOPTIONS='-c client_min_messages=error' psql -Xqd "$DATABASE_URL" \
		>/dev/null 3>&- &
	pid=$!
	for ((i = 0; i < 30; i++)); do
		run introspect --run "$RUN.$i"
		if [ "$status" -eq 75 ]; then
			[[ "$output" == *'the database changed while it was read'* ]] || break
			[ ! -e "$RUN.$i/schema.json" ] || break
		elif [ "$status" -eq 0 ]; then
			RUN=$RUN.$i schema 'table("t")["columns"][0]["name"] in table("t")["constraints"][0]["expression"].replace("CHECK", "")' True || break
		else
			break
		fi
	done
	kill "$pid"
	wait "$pid" || true
	[ "$i" -eq 30 ] || fail "$i: $status" "$output"
}

@test "introspect: --run-dir makes a directory and prints its name first; --out is a copy" {
	run introspect --run-dir "$BATS_TEST_TMPDIR/runs" --out "$BATS_TEST_TMPDIR/copy.json"
	expect 0
	[[ "${lines[0]}" =~ /runs/20[0-9T:Z-]+__run_[0-9a-f-]{36}$ ]] || fail "${lines[0]}"
	cmp "${lines[0]}/schema.json" "$BATS_TEST_TMPDIR/copy.json"
	[ "$(json "${lines[0]}/config.json" 'd["run_id"]')" = "${lines[0]##*__run_}" ]
}

@test "introspect: config.json says when it was asked, and nothing that is made from the catalogue does" {
	local before after at
	before=$(date -u +%Y-%m-%dT%H:%M:%S)
	introspect --run "$RUN" --schema crm >/dev/null
	after=$(date -u +%Y-%m-%dT%H:%M:%S)
	at=$(json "$RUN/config.json" 'd["started_at"]')
	[[ "$at" =~ ^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z$ ]] || fail "$at"
	[[ ! "$at" < "$before" && ! "${at%%[.Z]*}" > "$after" ]] || fail "$before" "$at" "$after"
	run grep -lr "${at%:*}" "$RUN"
	[ "$(sort <<<"$output")" = "$(printf '%s\n' "$RUN/config.json" "$RUN/logs.ndjson")" ] || fail "$output"
	[ "$(json "$RUN/config.json" 'list(d)[:2]')" = "['run_id', 'started_at']" ]
}

@test "introspect: what cannot be written whole is not there" {
	run introspect --run "$RUN" --out "$BATS_TEST_TMPDIR/none/copy.json"
	expect 2
	says none/copy.json
	[ ! -e "$RUN/schema.msgpack" ]
	# files of at most 8 KiB, as on a disk that is nearly full
	run bash -c 'ulimit -f 8; introspect --run "$0"' "$RUN.2"
	[ "$status" -ne 0 ]
	[ -e "$RUN.2/config.json" ] && [ ! -e "$RUN.2/schema.json" ] && [ ! -e "$RUN.2/schema.msgpack" ]
	introspect --run "$RUN.2" >/dev/null
	[ -z "$(find "$RUN.2" -name '*.tmp.*')" ]
}
