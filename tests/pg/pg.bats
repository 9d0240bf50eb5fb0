#!/usr/bin/env bats
# The module that speaks to the server: what it reads, and how it complains.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db pg
	# the encryption that pg_hba.conf asks for is the default from 14 on
	sql "SET password_encryption = 'scram-sha-256';
		CREATE ROLE locked LOGIN PASSWORD 'S3CRET'; CREATE ROLE nobody LOGIN;
		CREATE TABLE hidden (i int)"
	sed -i '1i local all locked scram-sha-256' "$PG_DIR/data/pg_hba.conf"
	sql 'SELECT pg_reload_conf()' >/dev/null
}

teardown_file() {
	pg_stop
}

# probe CONN [SQL]: connect, run; the kind of the error is the status
probe() {
	run "$UNIT/pg" "$@"
	[[ "$output" != *S3CRET* ]] || fail "a secret: $output"
}

# as ROLE[:PASSWORD]: the server's URL for another role
as() {
	local role=${1%%:*} word=''
	[[ $1 != *:* ]] || word="&password=${1#*:}"
	echo "${DATABASE_URL/user=datalchemy/user=$role}$word"
}

@test "pg: a pinned session, typed columns, streams, COPY both ways, quoting" {
	run_unit pg
}

@test "pg: a server that is away is temporary, and the message asks what to look at" {
	probe "postgresql://u:S3CRET@127.0.0.1:9/x"
	expect 75
	says 'cannot connect to the server' 'Connection refused' 'is it running'
	probe "host=/tmp/no-such-place password=S3CRET"
	expect 75
	probe "postgresql://u:S3CRET@no-such-host.invalid/x"
	expect 75
	says "is the host's name right"
}

@test "pg: a server that does not answer is given up after connect_timeout" {
	# a listener that never speaks
	"$PYTHON" -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True)
time.sleep(60)' >"$BATS_TEST_TMPDIR/port" 3>&- &
	local pid=$! tries
	for ((tries = 0; tries < 500; tries++)); do
		[ ! -s "$BATS_TEST_TMPDIR/port" ] || break
		sleep 0.01
	done
	probe "postgresql://u:S3CRET@127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")/x?connect_timeout=1"
	kill $pid
	expect 75
	says 'timed out'
}

@test "pg: a wrong password, role or database, a missing privilege: input, with what to do" {
	probe "$(as locked:S3CRETx)"
	expect 2
	says 'password authentication failed' 'SQLSTATE 28P01' 'check the user and the password'
	probe "$(as locked)"
	expect 2
	says 'wants a password' 'PGPASSWORD'
	probe "$(as locked:S3CRET)" "SELECT 1"
	expect 0
	probe "$(as nosuch)"
	expect 2
	says 'role "nosuch" does not exist'
	probe "${DATABASE_URL/pg?/nosuch?}"
	expect 2
	says 'database "nosuch" does not exist' 'create that database'
	probe "$(as nobody)" "SELECT * FROM public.hidden"
	expect 2
	says 'permission denied for table hidden' 'GRANT'
}

@test "pg: strings that are no connection are refused without a word of them" {
	local conn
	for conn in 'mysql://u:S3CRET@h/d' 'postgresql://u:a%zzS3CRET@h/d' 'host=h S3CRET' \
		"host=h password='S3CRET" 'postgresql://u:p@S3CRET@h/d' 'postgresql://u:S3CRET/x@h/d' \
		'nosuchkey=S3CRET'; do
		probe "$conn"
		expect 2
		[ ${#lines[@]} -eq 1 ]
	done
}

@test "pg: what the server rejects names table and constraint, not the row" {
	sql "CREATE TABLE parents (id int PRIMARY KEY, s text NOT NULL);
		INSERT INTO parents VALUES (1, 'x')"
	probe "" "INSERT INTO public.parents VALUES (1, 'S3CRET')"
	expect 2
	says 'parents_pkey' 'public.parents' '23505'
	probe "" "INSERT INTO public.parents VALUES (2, NULL)"
	expect 2
	says 'column s of public.parents'
	probe "" "INSERT INTO public.parents VALUES ('S3CRET', 'x')"
	expect 2
	says 'invalid input syntax for type integer: "..."' '22P02'
	probe "" "SELECT nothing("
	expect 2
	says 'syntax error'
}

@test "pg: a session that is ended, a server that stops: temporary" {
	probe "" "SELECT pg_terminate_backend(pg_backend_pid())"
	expect 75
	says 'try again'
	probe "" "SET lock_timeout = 1; LOCK TABLE public.hidden; SELECT 1"
	expect 0
	probe "" "SET statement_timeout = 5; SELECT pg_sleep(10)"
	expect 75
	says '57014'
}

@test "pg: DATABASE_URL serves when nothing is given, libpq's environment when that is not there" {
	probe "" "SELECT 1"
	expect 0
	unset DATABASE_URL
	PGHOST=$PG_DIR PGUSER=datalchemy PGDATABASE=pg probe "" "TABLE public.hidden"
	expect 0
}
