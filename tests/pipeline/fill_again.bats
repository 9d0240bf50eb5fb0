#!/usr/bin/env bats
# datalchemy fill in databases that are not empty, and called again for a run that has begun.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db shop
	sql 'CREATE TABLE kinds (id int PRIMARY KEY, name text NOT NULL);
		CREATE TABLE items (id serial PRIMARY KEY, kind int NOT NULL REFERENCES kinds, price int NOT NULL);
		CREATE TABLE orders (id serial PRIMARY KEY, item int NOT NULL REFERENCES items, pieces int NOT NULL)' >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "f$BATS_TEST_NUMBER" shop
}

fill() {
	"$ROOT/scripts/datalchemy" fill "$@"
}

# counts: how many rows kinds, items and orders have
counts() {
	sql 'SELECT (SELECT count(*) FROM kinds), (SELECT count(*) FROM items), (SELECT count(*) FROM orders)'
}

@test "--truncate empties a table and not those that inherit from it, nor do their rows count as its own" {
	sql 'CREATE TABLE base (id int PRIMARY KEY, note text); CREATE TABLE kid (x int) INHERITS (base);
		CREATE TABLE far (x int) INHERITS (kid); CREATE TABLE child (base int REFERENCES base);
		CREATE TABLE heir (x int) INHERITS (child);
		INSERT INTO kid VALUES (1, NULL, 1), (2, NULL, 2); INSERT INTO far VALUES (3); INSERT INTO heir VALUES (NULL)' >/dev/null
	# what it has are rows of others
	run fill --tables base --rows 3 --run a
	expect 0
	run fill --tables base --rows 4 --truncate --run b
	expect 0
	[ "$(sql 'SELECT (SELECT count(*) FROM ONLY base), (SELECT count(*) FROM ONLY kid), (SELECT count(*) FROM far),
		(SELECT count(*) FROM heir)')" = '4|2|1|1' ]
	# new rows beside the own ones of the table alone
	run fill --tables base --rows 5 --append --run c
	expect 0
	says 'public.base: 5 rows are added to the 4 in the database'
	sql 'TRUNCATE ONLY base, ONLY child' >/dev/null
	run fill --tables base --rows 5 --append --run d
	expect 0
	[[ $output != *'are added to'* ]] || fail "$output"
	[ "$(sql 'SELECT (SELECT count(*) FROM ONLY base), (SELECT count(*) FROM kid)')" = '5|3' ]
}

@test "a run can be edited and loaded again as often as one likes, by the command that the summary names" {
	run fill --rows 5 --run r --triggers off
	expect 0
	for rows in 6 7 8; do
		says 'next: edit its plan.json, then: datalchemy fill --run r --resume --truncate'
		jq ".global.rows = $rows" r/plan.json >p && mv p r/plan.json
		run fill --run r --resume --truncate
		expect 0
		[ "$(counts)" = "$rows|$rows|$rows" ]
	done
	# of an option the last value counts; --truncate is of one call
	run fill --run r --resume --truncate --triggers on --jobs 2
	expect 0
	run fill --run r --resume --triggers auto --jobs 3
	expect 0
	! grep -qz -e --truncate r/pipeline.args || fail "$(tr '\0' ' ' <r/pipeline.args)"
	[ "$(tr '\0' ' ' <r/pipeline.args)" = 'fill --jobs=3 --rows=5 --triggers=auto ' ]
}

@test "a run that is loaded is loaded again only with --truncate, and then without an edit too" {
	run fill --rows 5 --run r
	expect 0
	sql 'DELETE FROM orders WHERE id < 3' >/dev/null
	run fill --run r --resume --truncate
	expect 0
	says 'filled 3 tables with 15 rows'
	[ "$(counts)" = '5|5|5' ]
	run fill --run r --resume
	expect 0
	says 'nothing was done: an earlier call has loaded 3 tables with 15 rows, which are there still'
	[[ $output != *'filled 3 tables with'* ]] || fail "$output"
	# who has emptied the tables wants the rows again
	sql 'TRUNCATE orders, items, kinds' >/dev/null
	run fill --run r --resume
	expect 0
	says 'filled 3 tables with 15 rows'
}

@test "a dry run in a named directory is followed by the run itself" {
	run fill --rows 5 --run r --dry-run
	expect 0
	says 'next: datalchemy fill --run r --resume'
	[ "$(counts)" = '0|0|0' ]
	run fill --run r --resume
	expect 0
	[ "$(counts)" = '5|5|5' ]
	run fill --run r --resume --truncate --dry-run
	expect 0
	says 'rolled back' 'next: datalchemy fill --run r --resume --truncate'
}

@test "a run directory has one process at a time, and a killed one does not keep it" {
	run fill --rows 5 --run r --dry-run
	expect 0
	# what keeps a load waiting
	psql -Xqd "$DATABASE_URL" -c 'BEGIN; LOCK TABLE items; SELECT pg_sleep(60)' >/dev/null 2>&1 &
	blocker=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'items'::regclass AND mode = 'AccessExclusiveLock'")" = 1 ]; do :; done
	"$ROOT/scripts/datalchemy" fill --run r --resume >said 2>&1 &
	first=$!
	until [ "$(cat r/pipeline.lock 2>/dev/null)" = "$first" ]; do :; done
	for more in --resume --dry-run; do
		run fill --run r $more
		refused 2 "r is in use by process $first: wait for it to end, or name another directory with --run"
	done
	kill -9 "$first"
	wait "$first" || true
	kill "$blocker"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()" >/dev/null
	run fill --run r --resume
	expect 0
	[ "$(counts)" = '5|5|5' ]
}

# stand_in STAGE LINE: executables of which one is a script instead
stand_in() {
	rm -rf bin
	mkdir bin
	ln -s "$BIN"/* bin/
	rm "bin/$1"
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
	export DATALCHEMY_BIN=$PWD/bin
}

@test "a stage that a signal ends is no status that anybody retries on, and neither is fill itself" {
	# shellcheck disable=SC2016
	stand_in eval 'kill -s SEGV $$'
	run fill --rows 5 --run r
	expect 139
	says 'datalchemy fill: eval was ended by SIGSEGV' 'to continue: '
	stand_in eval 'exec sleep 60'
	"$ROOT/scripts/datalchemy" fill --run r --resume >said 2>&1 &
	first=$!
	until pgrep -P "$first" -x sleep >/dev/null; do kill -0 "$first"; done
	kill -TERM "$first"
	status=0
	wait "$first" || status=$?
	[ "$status" = 143 ] || fail "$status: $(cat said)"
	grep -q 'datalchemy fill: stopped by SIGTERM' said
	unset DATALCHEMY_BIN
	run fill --run r --resume
	expect 0
}

@test "a run that was loaded into one database does not go on in another" {
	run fill --rows 5 --run r
	expect 0
	url=$DATABASE_URL
	pg_db "other$BATS_TEST_NUMBER" shop
	for more in '' --truncate --dry-run; do
		# shellcheck disable=SC2086
		run fill --run r --resume $more
		expect 2
		says "this run was loaded into database f$BATS_TEST_NUMBER, and this is other$BATS_TEST_NUMBER"
	done
	[ "$(counts)" = '0|0|0' ]
	# the same name, made anew, is the same place, and empty
	export DATABASE_URL=$url
	pg_db "f$BATS_TEST_NUMBER" shop
	run fill --run r --resume
	expect 0
	says 'filled 3 tables with 15 rows'
}

@test "--keep-filled leaves tables that have rows alone, and children refer to their rows" {
	sql "CREATE TABLE notes (txt text NOT NULL); INSERT INTO notes VALUES ('ours');
		INSERT INTO kinds VALUES (700, 'x'), (800, 'y')" >/dev/null
	run fill --rows 5
	expect 2
	says 'public.kinds, public.notes have rows already: 2 of 4 tables' 'call again with --keep-filled'
	[ -z "$(ls runs)" ]
	run fill --rows 5 --keep-filled --run r
	expect 0
	says 'left alone: 2 tables that have rows: public.kinds, public.notes' 'children attach to the 2 rows that public.kinds has'
	[ "$(counts)" = '2|5|5' ]
	[ "$(sql 'SELECT count(*) FROM notes')" = 1 ]
	[ "$(sql 'SELECT count(DISTINCT kind) FROM items WHERE kind IN (700, 800)')" -ge 1 ]
	run fill --keep-filled --run s
	expect 1
	says 'there is no empty table to fill: --append adds rows to tables that have some'
	run fill --run r --resume --keep-filled --rows 5
	expect 0
	run fill --tables orders --keep-filled --append
	refused 2 '--keep-filled and --append exclude each other'
}

@test "run --keep-filled makes no rows for the targets that have some" {
	sql "INSERT INTO kinds VALUES (700, 'x'), (800, 'y')" >/dev/null
	introspect --run i >/dev/null
	plan-check --init --bare --run i --rows 4 --on-impossible refuse >plan.json
	jq '.rules += [{"type": "column_generator", "schema": "public", "table": "kinds", "column": "name", "generator": "primitive.text"}]' plan.json >p
	run "$ROOT/scripts/datalchemy" run --plan p --run r --load
	expect 2
	says 'public.kinds has rows already: 1 of 3 tables'
	run "$ROOT/scripts/datalchemy" run --plan p --run s --load --keep-filled
	expect 0
	says '"public.kinds" has rows, which are left alone: no rows are made for it' 'left alone: 1 table that has rows: public.kinds'
	[ "$(counts)" = '2|4|4' ]
}

@test "where rows are in the way and something else is, too, no advice helps against the rows alone" {
	sql "DROP ROLE IF EXISTS half; CREATE ROLE half LOGIN; GRANT SELECT, INSERT ON kinds, items TO half; GRANT SELECT ON orders TO half;
		INSERT INTO kinds VALUES (1, 'x')" >/dev/null
	admin=$DATABASE_URL
	export DATABASE_URL=${admin/user=datalchemy/user=half}
	run fill --rows 5 --run r
	expect 2
	says 'public.orders may not be inserted into by the role' 'public.kinds has rows already: 1 of 3 tables' \
		'mend what is said above, then: datalchemy fill --run r --resume'
	[[ ${lines[-1]} != *--truncate* ]] || fail "$output"
}

@test "a run that has added rows cannot be edited and resumed, and says what to do" {
	run fill --rows 5 --run a
	expect 0
	run fill --rows 2 --append --run b
	expect 0
	run fill --run b --resume
	expect 0
	says 'nothing was done'
	[ "$(counts)" = '7|7|7' ]
	jq '.global.rows = 3' b/plan.json >p && mv p b/plan.json
	run fill --run b --resume
	expect 2
	says 'the keys that this run has read are out of date' 'begin a new run: datalchemy fill --append'
	[ "$(counts)" = '7|7|7' ]
}

@test "a role that does not own the tables sets the sequences that it may, and says once which it may not" {
	sql "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO guest;
		GRANT SELECT, UPDATE ON items_id_seq TO guest" >/dev/null
	admin=$DATABASE_URL
	export DATABASE_URL=${admin/user=datalchemy/user=guest}
	run fill --rows 5 --run r --dry-run
	expect 0
	DATABASE_URL=$admin
	[ "$(sql 'SELECT last_value, is_called FROM items_id_seq')" = '1|f' ]
	DATABASE_URL=${admin/user=datalchemy/user=guest}
	run fill --run r --resume
	expect 0
	says "the role may not set public.orders_id_seq: an application's next INSERT may repeat a key: GRANT SELECT, UPDATE"
	[[ $output != *items_id_seq* ]] || fail "$output"
	DATABASE_URL=$admin
	sql "INSERT INTO items (kind, price) SELECT id, 1 FROM kinds LIMIT 1"
	[ "$(sql 'SELECT max(id) FROM items')" = 6 ]
	# it never goes back
	sql "SELECT setval('items_id_seq', 900)" >/dev/null
	sql 'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO guest' >/dev/null
	DATABASE_URL=${admin/user=datalchemy/user=guest}
	run fill --run r --resume --truncate
	expect 0
	DATABASE_URL=$admin
	[ "$(sql "SELECT nextval('items_id_seq')")" = 901 ]
}

@test "the reports after a load speak of the database, and of the triggers" {
	sql "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
		CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
		CREATE TRIGGER touch BEFORE INSERT ON kinds FOR EACH ROW EXECUTE FUNCTION touch();
		CREATE TRIGGER never BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION never()" >/dev/null
	run fill --rows 5 --run r
	expect 0
	for report in r/report.md r/report.html; do
		output=$(cat "$report")
		says 'Triggers during the load' 'public.kinds: trigger touch fired for every row, and may have changed it' \
			'public.orders: trigger never was off: with it, rows fail' 'not evaluated in the files' \
			'Every rule holds, in the files and in the database.'
		[[ $output != *'ready to be loaded'* ]] || fail "$output"
	done
}

@test "tables that have rows and take no more are named by --append, with what leaves them as they are" {
	sql "DROP SCHEMA public CASCADE; CREATE SCHEMA public;
		CREATE TABLE settings (id int PRIMARY KEY CHECK (id = 1), v text);
		CREATE TABLE sizes (id serial PRIMARY KEY, s text NOT NULL UNIQUE CHECK (s IN ('s', 'l')));
		CREATE TABLE orders (id serial PRIMARY KEY, size_id int NOT NULL REFERENCES sizes);
		INSERT INTO settings VALUES (1, 'x'); INSERT INTO sizes (s) VALUES ('s'), ('l')" >/dev/null
	run fill --append --rows 20 --run a
	expect 1
	says 'take no more: public.settings,public.sizes' \
		'begin a new run: datalchemy fill --append --exclude public.settings,public.sizes, or datalchemy fill --keep-filled'
	run fill --append --exclude public.settings,public.sizes --rows 20 --run b
	expect 0
	[ "$(sql 'SELECT count(*), count(DISTINCT size_id) FROM orders')" = '20|2' ]
	sql 'TRUNCATE orders' >/dev/null
	run fill --keep-filled --rows 10 --run c
	expect 0
	[ "$(sql 'SELECT count(*) FROM orders')" = 10 ]
}

@test "a schema without foreign keys: columns that refer to nothing are named" {
	sql "DROP SCHEMA public CASCADE; CREATE SCHEMA public;
		CREATE TABLE customer (customer_id int PRIMARY KEY, name text);
		CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL, \"shopId\" int)" >/dev/null
	run fill --rows 3 --run a
	expect 0
	says 'no foreign keys: columns such as public.orders.customer_id, public.orders.shopId refer to nothing'
	[ "$(grep -c 'no foreign keys' <<<"$output")" = 1 ]
	sql "TRUNCATE orders; ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer" >/dev/null
	run introspect --run b
	expect 0
	[[ $output != *'no foreign keys'* ]] || fail "$output"
}
