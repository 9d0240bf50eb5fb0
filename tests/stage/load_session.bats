#!/usr/bin/env bats
# What sessions agree on with the server, whatever role, database and environment say.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	pg_db shop_template
	sql_file "$ROOT/tests/fixtures/shop.sql"
	introspect --run "$RUNS/run" --schema shop >/dev/null
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/run" >/dev/null
	gen-parents --run "$RUNS/run" >/dev/null
	gen-children --run "$RUNS/run" >/dev/null
	# a child without its parent
	cp -r "$RUNS/run" "$RUNS/orphan"
	sed -i '5s/^\([0-9]*\),[0-9]*,/\1,99999,/' "$RUNS/orphan/data/shop.orders.csv"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" shop_template
}

there() {
	sql 'SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)'
}

@test "what looks like credentials, and is no URL, is not taken for a database and is told nowhere" {
	for conn in 'app:Xk7secret@host/db' 'postgresql:/app:Xk7secret@host/db' 'postgresql:app:Xk7secret@host' \
		'Xk7secret@host' 'host:5432/Xk7secret' '//app:Xk7secret@host/db' 'app:Xk7secret@host/db?sslmode=disable'; do
		for stage in introspect load eval; do
			dir=$RUNS/run
			[ $stage != introspect ] || dir=new
			run "$BIN/$stage" --run "$dir" --conn "$conn"
			expect 2
			says 'connection'
			[[ "$output" != *Xk7secret* ]] || fail "$output"
			DATABASE_URL=$conn run "$BIN/$stage" --run "$dir"
			[[ "$output" != *Xk7secret* ]] || fail "$output"
		done
	done
	! grep -rl Xk7secret . "$RUNS/run" || fail 'the password is there'
}

@test "config.json is its owner's to read" {
	umask 022
	introspect --run run --schema shop >/dev/null
	[ "$(stat -c %a run/config.json)" = 600 ]
	# also one that an earlier version has left
	chmod 644 run/config.json
	introspect --run run --schema shop >/dev/null
	[ "$(stat -c %a run/config.json)" = 600 ]
}

@test "a database that switches foreign keys off has them checked all the same" {
	sql "ALTER DATABASE t$BATS_TEST_NUMBER SET session_replication_role = replica"
	for road in '' --in-place; do
		run "$BIN/load" --run "$RUNS/orphan" --no-verify $road
		expect 2
		says orders_customer_id_fkey
		[ "$(there)" = 0 ]
	done
	run "$BIN/load" --run "$RUNS/run" --in-place
	expect 0
	says 'with every constraint checked'
}

@test "where the role may not have them checked, load does not say that they were" {
	sql "DROP ROLE IF EXISTS replica; CREATE ROLE replica LOGIN; ALTER ROLE replica SET session_replication_role = replica;
		GRANT ALL ON SCHEMA shop TO replica; ALTER TABLE shop.customers OWNER TO replica; ALTER TABLE shop.orders OWNER TO replica"
	for t in $(sql "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'"); do
		sql "ALTER TABLE $t OWNER TO replica"
	done
	export DATABASE_URL=${DATABASE_URL/user=datalchemy/user=replica}
	run "$BIN/load" --run "$RUNS/orphan" --no-verify --in-place
	expect 0
	says 'session_replication_role is replica' 'foreign keys of tables in place NOT checked'
	[[ "$output" != *'every constraint checked'* ]] || fail "$output"
	# keys that are dropped and created again are validated, whatever the session
	run "$BIN/load" --run "$RUNS/orphan" --no-verify --truncate
	expect 2
	says orders_customer_id_fkey
}

# held SECONDS: another session has locked shop.orders for that long
held() {
	psql -qX "$DATABASE_URL" -c "SET application_name = 'somebody'" -c "BEGIN; LOCK TABLE shop.orders; SELECT pg_sleep($1)" >/dev/null &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'shop.orders'::regclass AND mode = 'AccessExclusiveLock' AND granted")" = 1 ]; do
		sleep 0.05
	done
}

@test "who waits for a lock is told whose it is, and for how long to wait is the user's to say" {
	held 20
	run "$BIN/load" --run "$RUNS/run" --lock-timeout 7
	expect 75
	says 'waiting for a lock on shop.orders, which process ' '(somebody, ' 'holds' 'lock timeout' 'SQLSTATE 55P03'
	[ "$(grep -c waiting <<<"$output")" = 1 ]
	PGOPTIONS='-c lock_timeout=300ms' run timeout 5 "$BIN/load" --run "$RUNS/run"
	expect 75
	says 'SQLSTATE 55P03'
	run "$BIN/load" --run "$RUNS/run" --lock-timeout soon
	refused 2 --lock-timeout seconds
	kill $holder
	wait $holder || true
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'somebody'" >/dev/null
	[ "$(there)" = 0 ]
	# nobody is in the way: not a word of it
	run "$BIN/load" --run "$RUNS/run" --lock-timeout 7
	expect 0
	[[ "$output" != *waiting* ]] || fail "$output"
}

@test "a stage that is stopped says so in one line, and ends by the signal" {
	held 20
	for signal in INT TERM; do
		# a shell's background jobs ignore SIGINT; one that does not is wanted here
		"$PYTHON" - "$BIN/load" --run "$RUNS/run" >out 2>&1 <<-END
			import signal, subprocess, sys, time
			p = subprocess.Popen(sys.argv[1:], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
			time.sleep(1)
			p.send_signal(signal.SIG$signal)
			print(p.wait() == -signal.SIG$signal)
		END
		grep -qx True out || fail "$(cat out)"
		[ "$(grep -c stopped out)" = 1 ]
		grep -qx "load: stopped by SIG$signal: call again to go on" out || fail "$(cat out)"
	done
	kill $holder
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'somebody'" >/dev/null
}

@test "--record: a run that is there is not loaded twice, whatever became of its directory; emptied tables are filled again" {
	sql 'CREATE SCHEMA ops'
	cp -r "$RUNS/run" run
	run "$BIN/load" --run run --record 'ops.Data loads'
	expect 0
	n=$(there)
	[ "$(sql 'SELECT plan, rows FROM ops."Data loads"')" = "$(jq -r .plan run/receipts/load.json)|$n" ]
	# as after a lost reply and a lost run directory: nothing but the database knows
	rm run/receipts/load*.json
	run "$BIN/load" --run run --record 'ops.Data loads' --append
	expect 0
	says 'the rows of this run are loaded: an earlier call committed them'
	[ "$(there)" = "$n" ]
	# it is written with the rows, or not at all
	sql 'TRUNCATE shop.customers CASCADE'
	cp -r "$RUNS/orphan" orphan
	run "$BIN/load" --run orphan --no-verify --record 'ops.other'
	refused 2 orders_customer_id_fkey
	[ "$(sql "SELECT to_regclass('ops.other') IS NULL")" = t ]
	rm -f run/receipts/load*.json
	run "$BIN/load" --run run --record 'ops.Data loads'
	expect 0
	[ "$(there) $(sql 'SELECT count(*) FROM ops."Data loads"')" = "$n 1" ]
	run "$BIN/load" --run run --truncate --record loads
	refused 2 '--record: write SCHEMA.TABLE, not "loads"'
}
