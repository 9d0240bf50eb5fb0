# shellcheck shell=bash
# A PostgreSQL of the suite's own.  In a suite that needs one:
#
#	setup_file() { pg_start; }
#	teardown_file() { pg_stop; }
#	setup() { pg_db "t$BATS_TEST_NUMBER"; crm_load; }	# each test its own database
#
# The server ends with the suite, also when that is killed.  Each test loads this file anew
# after common.bash, which forgets the caller's DATABASE_URL; PG_NOW brings ours back.
[ -z "${PG_NOW:-}" ] || export DATABASE_URL=$PG_NOW

# pg_start: start it; exports DATABASE_URL (database postgres) and PG_DIR
pg_start() {
	PG_DIR=$(mktemp -d /tmp/dlpg.XXXXXX)
	PG_URL=$("$ROOT/scripts/postgres_local.sh" start "$PG_DIR" $$)
	PG_NOW=$PG_URL DATABASE_URL=$PG_URL
	export PG_DIR PG_URL PG_NOW DATABASE_URL
}

# pg_stop: stop it and remove all it wrote
pg_stop() {
	"$ROOT/scripts/postgres_local.sh" stop "$PG_DIR"
}

# pg_url NAME: the URL of a database there
pg_url() {
	echo "${PG_URL/\/postgres\?//$1?}"
}

# pg_db NAME [TEMPLATE]: a fresh database of that name; DATABASE_URL is its URL from here on
pg_db() {
	# before 15, copying files is the only strategy and cannot be named
	PGOPTIONS="-c client_min_messages=warning" psql -Xqd "$PG_URL" \
		-v name="$1" -v template="${2:-template1}" <<-'END'
			SELECT CASE WHEN :SERVER_VERSION_NUM >= 150000 THEN 'STRATEGY file_copy' ELSE '' END AS how \gset
			DROP DATABASE IF EXISTS :"name" WITH (FORCE);
			CREATE DATABASE :"name" TEMPLATE :"template" :how;
		END
	DATABASE_URL=$(pg_url "$1")
	PG_NOW=$DATABASE_URL
	export DATABASE_URL PG_NOW
}

# since MAJOR: skip the test where the server is older than what it is about
since() {
	local have
	have=$(psql -XAtd "$PG_URL" -c 'SHOW server_version_num')
	[ "$have" -ge "$(($1 * 10000))" ] || skip "PostgreSQL $1 brought it; this server is $((have / 10000))"
}

# sql TEXT: the rows of a query in $DATABASE_URL, unaligned, columns separated by |
sql() {
	psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c "$1"
}

# sql_file FILE...: run them in $DATABASE_URL, in one session
sql_file() {
	local f args=()
	for f; do
		args+=(-f "$f")
	done
	PGOPTIONS='-c client_min_messages=warning' \
		psql -Xq -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "${args[@]}"
}

# crm_load [data]: the CRM fixture into $DATABASE_URL, empty or with its 32 rows
crm_load() {
	sql_file "$ROOT"/tests/fixtures/crm/*.sql
	[ "${1:-}" != data ] || sql_file "$ROOT/tests/fixtures/crm/data/data_001.sql"
}
