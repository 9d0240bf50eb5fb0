#!/usr/bin/env bats
# load, and what comes before it, on what databases have beside plain tables: tables that are not to
# be filled, settings, sequences of several tables, many tables.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER"
	RUN=$BATS_TEST_TMPDIR/run
}

# made ROWS: a run of everything in the database, up to its files
made() {
	introspect --run "$RUN" >/dev/null 2>&1
	plan-check --init --run "$RUN" plan.json --rows "$1" 2>/dev/null
	files_of plan.json
}

# files_of PLAN: the files of a plan for the schema that was introspected
files_of() {
	plan-check "$1" --run "$RUN" >/dev/null
	gen-parents --run "$RUN" --format binary >/dev/null
	gen-children --run "$RUN" --format binary >/dev/null
}

@test "plan-check: a table of a migration tool is no target, and no parent unless its rows are read" {
	sql 'CREATE TABLE goose_db_version (id int PRIMARY KEY); INSERT INTO goose_db_version VALUES (7);
		CREATE TABLE note (id int PRIMARY KEY, version int NOT NULL REFERENCES goose_db_version)'
	introspect --run "$RUN" >/dev/null
	plan='{"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "rules": [], "targets": ['
	for t in goose_db_version note; do
		echo "$plan {\"schema\": \"public\", \"table\": \"$t\", \"rows\": 5}]}" >$t.json
	done
	run plan-check goose_db_version.json --run "$RUN"
	expect 1
	says target_not_fillable '"public.goose_db_version" is where a migration tool notes'
	run plan-check note.json --run "$RUN"
	expect 1
	says parent_not_fillable '"public.goose_db_version" is where a migration tool notes' 'introspect --keys'
	introspect --run "$RUN" --keys public.goose_db_version >/dev/null
	files_of note.json
	"$BIN/load" --run "$RUN"
	[ "$(sql 'SELECT count(*), max(version) FROM note')" = '5|7' ]
}

@test "load: a table that an extension has taken since is neither filled nor emptied" {
	sql 'CREATE TABLE town (id int PRIMARY KEY)'
	made 100
	sql 'CREATE EXTENSION citext; INSERT INTO town VALUES (0); ALTER EXTENSION citext ADD TABLE town'
	run "$BIN/load" --run "$RUN" --truncate
	expect 2
	says 'public.town belongs to an extension'
	[ "$(sql 'SELECT count(*) FROM town')" = 1 ]
}

@test "load: a sequence that serves a table outside the plan too never goes back" {
	sql "CREATE SEQUENCE ids; CREATE TABLE mine (id int PRIMARY KEY DEFAULT nextval('ids'));
		CREATE TABLE theirs (id int PRIMARY KEY DEFAULT nextval('ids'));
		CREATE TABLE tickets (code text PRIMARY KEY DEFAULT 'T' || nextval('ids'))"
	introspect --run "$RUN" >/dev/null
	echo '{"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		"targets": [{"schema": "public", "table": "mine", "rows": 10}], "rules": []}' >plan.json
	files_of plan.json
	sql "INSERT INTO theirs SELECT nextval('ids') FROM generate_series(1, 500)"
	"$BIN/load" --run "$RUN"
	[ "$(sql "SELECT nextval('ids')")" = 501 ]
}

@test "load: --truncate takes empty tables outside the plan along, and stops before one that has rows" {
	sql "CREATE TABLE mine (id int PRIMARY KEY); INSERT INTO mine VALUES (7);
		CREATE TABLE child (id int PRIMARY KEY, mine_id int REFERENCES mine);
		CREATE TABLE grandchild (child_id int REFERENCES child)"
	introspect --run "$RUN" >/dev/null
	echo '{"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		"targets": [{"schema": "public", "table": "mine", "rows": 10}], "rules": []}' >plan.json
	files_of plan.json
	sql 'INSERT INTO child VALUES (1, NULL)'
	for more in --check --in-place; do
		run "$BIN/load" --run "$RUN" --truncate $more
		expect 2
		says 'public.child has rows and refers to tables of the plan, and is not in it: '
	done
	[ "$(sql 'SELECT count(*) FROM mine')" = 1 ]
	sql 'DELETE FROM child'
	"$BIN/load" --run "$RUN" --truncate
	[ "$(sql 'SELECT count(*) FROM mine')" = 10 ]
}

@test "load: an index that ANALYZE cannot evaluate costs its statistics, not the rows" {
	sql "CREATE FUNCTION odd(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
		'BEGIN IF pg_backend_pid() = 0 THEN RETURN 1; END IF; RETURN i % 2; END';
		CREATE TABLE number (id int PRIMARY KEY, n int NOT NULL); CREATE INDEX number_odd ON number (odd(n))"
	made 50
	sql "CREATE OR REPLACE FUNCTION odd(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
		'BEGIN IF (SELECT count(*) FROM public.number) = 50 THEN RAISE ''no''; END IF; RETURN i % 2; END'"
	run "$BIN/load" --run "$RUN"
	expect 0
	says 'public.number: ANALYZE failed'
	[ "$(sql 'SELECT count(*) FROM number')" = 50 ]
}

@test "load: rows of an earlier plan are refused, and nothing is loaded" {
	sql 'CREATE TABLE pen (id int PRIMARY KEY, colour text NOT NULL)'
	made 20
	sed 's/"seed": [0-9]*/"seed": 4711/' plan.json >other.json
	plan-check other.json --run "$RUN" >/dev/null
	run "$BIN/load" --run "$RUN"
	expect 2
	says 'public.pen: its rows were made from another plan: run gen-parents again'
	[ "$(sql 'SELECT count(*) FROM pen')" = 0 ]
	files_of other.json
	"$BIN/load" --run "$RUN"
	[ "$(sql 'SELECT count(*) FROM pen')" = 20 ]
}

# held N COMMAND...: the command, while another session holds N locks
held() {
	psql -Xq -d "$DATABASE_URL" -c "SELECT pg_advisory_lock(i) FROM generate_series(1, $1) i" -c 'SELECT pg_sleep(100)' >/dev/null 2>&1 3>&- &
	local holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" = "$1" ]; do
		kill -0 $holder
	done
	run "${@:2}"
	kill $holder
	wait $holder || true
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()" >/dev/null
}

@test "load: where locks are scarce, the tables with the most rows have their keys dropped" {
	sql 'CREATE TABLE hub (id int PRIMARY KEY, name text UNIQUE);
		DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format(
			'"'CREATE TABLE spoke%s (id serial PRIMARY KEY, a int REFERENCES hub, b int REFERENCES hub)'"', i);
		END LOOP; END $$'
	made '20;public.hub=300;public.spoke7=500'
	free=$(sql "SELECT current_setting('max_locks_per_transaction')::int * sum(setting::int) FROM pg_settings WHERE name IN
		('max_connections', 'max_prepared_transactions', 'autovacuum_max_workers', 'max_worker_processes', 'max_wal_senders')")
	held $((free - 120)) "$BIN/load" --run "$RUN"
	expect 2
	says '41 tables need about' 'this server has room for' max_locks_per_transaction --in-place
	[ "$(sql 'SELECT count(*) FROM hub')" = 0 ]
	held $((free - 300)) "$BIN/load" --run "$RUN"
	expect 0
	says ' of 41 tables keep their keys during the load, as with --in-place' 'server has room for 300' max_locks_per_transaction
	grep -q 'spoke7 .*bulk' <<<"$output"
	grep -q 'hub .*in place' <<<"$output"
	[ "$(sql 'SELECT (SELECT count(*) FROM hub) + (SELECT count(*) FROM spoke40)')" = 320 ]
	run "$BIN/load" --run "$RUN" --truncate
	expect 0
	[[ "$output" != *'in place'* ]]
}

@test "introspect, load, eval: --set gives the session a custom parameter, and no other" {
	sql "CREATE FUNCTION mine(i int) RETURNS boolean LANGUAGE plpgsql AS
			\$\$ BEGIN RETURN current_setting('app.tenant') = '5'; END \$\$;
		CREATE TABLE policy (id int PRIMARY KEY CHECK (mine(id)), seen text);
		CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
			\$\$ BEGIN NEW.seen := current_setting('app.user'); RETURN NEW; END \$\$;
		CREATE TRIGGER see BEFORE INSERT ON policy FOR EACH ROW EXECUTE FUNCTION see()"
	made 30
	run "$BIN/load" --run "$RUN"
	expect 2
	says app.tenant
	run "$BIN/load" --run "$RUN" --set app.tenant=5 --set 'app.user=a=b c'
	expect 0
	[ "$(sql "SELECT count(*) FROM policy WHERE seen = 'a=b c'")" = 30 ]
	run "$BIN/eval" --run "$RUN" --conn "$DATABASE_URL" --set app.tenant=5
	expect 0
	run "$BIN/eval" --run "$RUN" --conn "$DATABASE_URL"
	expect 2
	for s in tenant=5 search_path=x app.tenant; do
		for stage in introspect load eval; do
			run "$BIN/$stage" --run "$RUN" --conn "$DATABASE_URL" --set $s
			expect 2
			says 'custom parameter, whose name has a dot'
		done
	done
}

@test "load: a CHECK that reads another table is asked again when all rows are there" {
	sql "CREATE TABLE zoo (id int PRIMARY KEY);
		CREATE FUNCTION no_zoo(i int) RETURNS boolean LANGUAGE plpgsql AS
			\$\$ BEGIN EXECUTE 'TABLE public.z' || 'oo' INTO i; RETURN i IS NULL; END \$\$;
		CREATE DOMAIN lone AS int CHECK (no_zoo(VALUE)); CREATE TABLE animal (id int PRIMARY KEY, n lone)"
	made 10
	run "$BIN/load" --run "$RUN"
	expect 2
	says 'public.animal: check lone_check' 'is false of' 'nothing was loaded'
	[ "$(sql 'SELECT (SELECT count(*) FROM zoo) + (SELECT count(*) FROM animal)')" = 0 ]
	[ "$(sql "SELECT count(*) FROM pg_constraint WHERE conname IN ('zoo_pkey', 'animal_pkey')")" = 2 ]
}
