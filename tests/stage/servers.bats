#!/usr/bin/env bats
# Servers that misbehave: slow ones, such as end a session or say more than was asked, such as take no rows.

load ../lib/common
load ../lib/postgres
load ../lib/relay

setup_file() {
	POSTGRES_LOCAL_OPTS='-c wal_level=replica -c max_wal_senders=2' pg_start
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	pg_db shop_template
	sql_file "$ROOT/tests/fixtures/shop.sql"
	introspect --run "$RUNS/run" --schema shop >/dev/null
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/run" >/dev/null
	gen-parents --run "$RUNS/run" --format binary >/dev/null
	gen-children --run "$RUNS/run" --format binary >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" shop_template
	cp -r "$RUNS/run" run
}

there() {
	sql 'SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)'
}

# as ROLE: DATABASE_URL is that role's from here on
as() {
	DATABASE_URL=${DATABASE_URL/user=datalchemy/user=$1}
}

# in_session CMD...: run CMD in the background, its output in out; returns when its session has run
# a COPY; pid is its number, and backend that of the server's process
in_session() {
	sql "CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END';
		CREATE TRIGGER slow BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.slow()"
	"$@" >out 2>&1 3>&- &
	pid=$!
	until backend=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name = 'datalchemy load' AND datname = current_database()
			AND query LIKE 'COPY%orders%'") && [ -n "$backend" ]; do
		kill -0 $pid || fail "$(cat out)"
	done
}

# ended STATUS TEXT...: it has ended so, no row is there, and the same call loads them
ended() {
	status=0
	wait $pid || status=$?
	output=$(cat out)
	refused "$@"
	until sql 'SELECT 1' >/dev/null 2>&1; do
		sleep 0.1
	done
	[ "$(there)" = 0 ] || fail "$(there) rows"
	sql 'DROP TRIGGER slow ON shop.orders'
	run "$BIN/load" --run run
	expect 0
	[ "$(there)" = 400 ]
}

@test "a server that answers slowly is waited for" {
	relayed slow=20 -- "$BIN/load" --run run
	expect 0
	[ "$(there)" = 400 ]
	relayed slow=5 -- introspect --run new --schema shop
	expect 0
}

@test "a server that accepts and says nothing is given up after connect_timeout" {
	mkdir -p /tmp/dlmute.$$
	"$PYTHON" -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(9); time.sleep(30)' "/tmp/dlmute.$$/.s.PGSQL.5432" 3>&- &
	mute=$!
	until [ -S "/tmp/dlmute.$$/.s.PGSQL.5432" ]; do sleep 0.05; done
	for cmd in 'introspect --run new' "$BIN/load --run run" "$BIN/eval --sql --run run"; do
		DATABASE_URL="postgresql:///x?host=/tmp/dlmute.$$&connect_timeout=1" run $cmd
		refused 75 'cannot connect to the server: Connection timed out'
	done
	kill $mute
	rm -rf /tmp/dlmute.$$
}

@test "what a server has to notice is told nobody: it may be values of rows" {
	relayed notices=Xk7secret -- "$BIN/load" --run run --append
	expect 0
	[[ "$output" != *Xk7secret* ]] || fail "$output"
	[ "$(there)" = 400 ]
	relayed notices=Xk7secret -- introspect --run new --schema shop
	expect 0
	[[ "$output" != *Xk7secret* ]] || fail "$output"
	# a function that sees to it that it is heard
	sql "CREATE FUNCTION shop.say() RETURNS trigger LANGUAGE plpgsql SET client_min_messages = notice
		AS 'BEGIN RAISE NOTICE ''row %'', NEW; RAISE WARNING ''row %'', NEW; RETURN NEW; END';
		CREATE TRIGGER say BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.say()"
	run "$BIN/load" --run run --truncate --triggers on
	expect 0
	[[ "$output" != *'row ('* ]] || fail "$output"
	[ "$(grep -cE 'NOTICE|WARNING' <<<"$output")" = 0 ] || fail "$output"
	grep -rq Xk7secret run new && fail 'it is in the run directory'
	[ "$(there)" = 400 ]
}

@test "timeouts of the role or the database do not end a load" {
	sql "ALTER DATABASE t$BATS_TEST_NUMBER SET statement_timeout = 40; ALTER DATABASE t$BATS_TEST_NUMBER SET idle_in_transaction_session_timeout = 40;
		CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END';
		CREATE TRIGGER slow BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.slow()"
	for name in $(sql "SELECT name FROM pg_settings WHERE name IN ('idle_session_timeout', 'transaction_timeout')"); do
		sql "ALTER DATABASE t$BATS_TEST_NUMBER SET $name = 400"
	done
	relayed slow=10 -- "$BIN/load" --run run
	expect 0
	[ "$(PGOPTIONS='-c statement_timeout=0 -c idle_session_timeout=0' there)" = 400 ]
}

@test "no connection left, or none for this role, is 75 from every stage that needs one" {
	sql 'DROP ROLE IF EXISTS crowd; CREATE ROLE crowd LOGIN CONNECTION LIMIT 0'
	for cmd in 'introspect --run new' "$BIN/load --run run" "$BIN/eval --sql --run run"; do
		(as crowd && run $cmd && refused 75 'SQLSTATE 53300' 'no connection left')
	done
	[ "$(there)" = 0 ]
}

@test "a session that is ended, cancelled, or dies with the server: 75, one line, no row, and the same call loads them" {
	in_session "$BIN/load" --run run --triggers on
	sql "SELECT pg_terminate_backend($backend)" >/dev/null
	ended 75 'terminating connection' 'SQLSTATE 57P01' 'try again'
	sql 'TRUNCATE shop.customers, shop.orders; DROP FUNCTION shop.slow()'
	rm run/receipts/load*
	in_session "$BIN/load" --run run --triggers on
	sql "SELECT pg_cancel_backend($backend)" >/dev/null
	ended 75 'SQLSTATE 57014' 'try again'
	sql 'TRUNCATE shop.customers, shop.orders; DROP FUNCTION shop.slow()'
	rm run/receipts/load*
	in_session "$BIN/load" --run run --triggers on
	kill -9 "$backend" # the postmaster ends all others, and starts again
	ended 75 'the server closed the connection' 'try again'
}

@test "a passing failure while triggers are tried is no reason to switch them off" {
	for way in pg_cancel_backend pg_terminate_backend; do
		in_session "$BIN/load" --run run # which finds out whether the trigger can be on
		sql "SELECT $way($backend)" >/dev/null
		ended 75 'try again'
		sql 'TRUNCATE shop.customers, shop.orders; DROP FUNCTION shop.slow()'
		rm run/receipts/load*
	done
	# what a trigger itself cannot reach is one
	sql "CREATE FUNCTION shop.far() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no route'' USING ERRCODE = ''08001''; END';
		CREATE TRIGGER far BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.far()"
	run "$BIN/load" --run run
	expect 0
	says 'trigger far was off during the load: with it, rows fail: no route'
}

@test "a role without rights on one table is told which, and no row is loaded" {
	sql 'DROP ROLE IF EXISTS half; CREATE ROLE half LOGIN; GRANT USAGE ON SCHEMA shop TO half; GRANT ALL ON shop.customers TO half'
	(as half && run "$BIN/load" --run run && refused 2 'shop.orders: the role may not insert into it')
	sql 'GRANT INSERT ON shop.orders TO half'
	(as half && run "$BIN/load" --run run && refused 2 'permission denied for table orders' 'SQLSTATE 42501' GRANT)
	(as half && run "$BIN/load" --run run --truncate && refused 2 'permission denied for table orders' 'SQLSTATE 42501' GRANT)
	(as half && run "$BIN/eval" --sql --run run && refused 2 'permission denied for table orders' 'SQLSTATE 42501' GRANT)
	[ "$(there)" = 0 ]
	sql 'DROP OWNED BY half; DROP ROLE half'
}

@test "where transactions are read-only, load says what makes them so, and reading works" {
	sql "ALTER DATABASE t$BATS_TEST_NUMBER SET default_transaction_read_only = on"
	for how in '' --in-place --append --truncate --check --dry-run; do
		run bash -c "$BIN/load --run run $how >out"
		refused 2 'transactions are read-only here (default_transaction_read_only)'
	done
	run introspect --run new --schema shop
	expect 0
	run introspect --run new --schema shop --keys shop.customers
	expect 0
	run "$BIN/eval" --run run --sql
	[ "$status" -le 1 ] || fail "$output"
	[ "$(there)" = 0 ]
}

# standby: a standby of the suite's server, by whose socket DATABASE_URL goes on
standby() {
	local user=() bin
	bin=$(psql -XAtd "$PG_URL" -c "SELECT setting FROM pg_config WHERE name = 'BINDIR'")
	STANDBY=$(mktemp -d /tmp/dlpg.XXXXXX)
	pg_basebackup -d "$PG_URL" -D "$STANDBY/data" -c fast -R >/dev/null 2>&1
	if [ "$(id -u)" = 0 ]; then
		user=(setpriv "--reuid=postgres" "--regid=$(id -g postgres)" --clear-groups)
		chown -R postgres: "$STANDBY"
	fi
	chmod 700 "$STANDBY" "$STANDBY/data"
	(cd "$STANDBY" && exec "${user[@]}" "$bin/postgres" -D "$STANDBY/data" -c listen_addresses= -c unix_socket_directories="$STANDBY" \
		-c max_wal_senders=2 -c max_connections=20 -c wal_level=replica -c shared_buffers=16MB >"$BATS_TEST_TMPDIR/log" 2>&1 3>&-) &
	DATABASE_URL=${DATABASE_URL/"host=$PG_DIR"/"host=$STANDBY"}
	until sql 'SELECT 1' >/dev/null 2>&1; do
		kill -0 $! || fail "$(cat log)"
		sleep 0.1
	done
}

@test "a standby takes no rows, and says so; reading from it works" {
	standby
	keeper=$!
	for how in '' --in-place --append --truncate --check --dry-run '--append --record shop.loads'; do
		run bash -c "$BIN/load --run run $how >out"
		refused 2 'the server is a standby, which takes no rows: connect to its primary'
	done
	run introspect --run new --schema shop
	expect 0
	run introspect --run new --schema shop --keys shop.customers
	expect 0
	run "$BIN/eval" --run run --sql
	[ "$status" -le 1 ] || fail "$output"
	kill -QUIT "$(head -n 1 "$STANDBY/data/postmaster.pid")"
	wait $keeper || true
	rm -rf "$STANDBY"
}
