# shellcheck shell=bash
# For suites each of whose tests has an empty database, t1, t2 ..., on one server.  After common.bash
# and postgres.bash; a suite that needs more in its setup() calls own_database there.

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

# own_database: the test's folder and database
own_database() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER"
}

setup() {
	own_database
}
