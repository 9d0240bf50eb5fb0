#!/usr/bin/env bats
# The throwaway server, and Docker's when there is no Docker.

load ../lib/common
load ../lib/postgres

setup_file() {
	"$ROOT/scripts/postgres_local.sh" run -- true # makes the template
}

setup() {
	bats_require_minimum_version 1.5.0
	PATH="$ROOT/scripts:$PATH"
	DIR=$(mktemp -du /tmp/dlpg.XXXXXX)
}

# gone DIR: wait until the directory is no more
gone() {
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		[ -e "$1" ] || return 0
		sleep 0.02
	done
	fail "$1 is still there"
}

@test "postgres_local: run gives the command a server, its status back, and takes all away" {
	run postgres_local.sh run -- bash -c 'echo "$DATABASE_URL"
		psql -XAtd "$DATABASE_URL" -c "SHOW listen_addresses" -c "SELECT 6 * 7"; exit 3'
	expect 3
	[ "${lines[1]}" = 42 ]
	dir=${lines[0]#*host=}
	[ ! -e "${dir%%&*}" ]
	run ! compgen -G '/dev/shm/PostgreSQL.*'
}

@test "postgres_local: a warm start unpacks the template, and waits for nobody who makes one" {
	local lock
	lock=${XDG_CACHE_HOME:-/tmp}/datalchemy-$(id -u)/lock
	run timeout 60 flock "$lock" postgres_local.sh run -- true
	expect 0
	XDG_CACHE_HOME=$BATS_TEST_TMPDIR postgres_local.sh run -- true # a cold one takes the lock
	[ -e "$BATS_TEST_TMPDIR/datalchemy-$(id -u)/lock" ]
	run -124 timeout 1 flock "$lock" timeout 60 flock "$lock" true # which is not had twice
}

@test "postgres_local: the server ends with its owner, even by kill -9" {
	sleep 1000 3>&- &
	local owner=$!
	postgres_local.sh start "$DIR" $owner
	local server
	server=$(head -n 1 "$DIR/data/postmaster.pid")
	kill -9 $owner
	gone "$DIR"
	[ ! -e "/proc/$server" ]
}

@test "postgres_local: the server ends with its keeper, even by kill -9" {
	postgres_local.sh start "$DIR" $$
	local server keeper
	server=$(head -n 1 "$DIR/data/postmaster.pid")
	keeper=$(cut -d ' ' -f 4 "/proc/$server/stat")
	kill -9 "$keeper"
	gone "/proc/$server"
	rm -rf "$DIR"
}

@test "postgres_local: the template survives builders that come at once" {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR
	local i pids=()
	for i in 1 2 3; do
		postgres_local.sh run -- true 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	run find "$BATS_TEST_TMPDIR" -name 'cluster-*'
	[ ${#lines[@]} -eq 1 ]
	[[ "$output" == *.tar ]]
}

@test "postgres_local: refuses what cannot work, leaving nothing" {
	run postgres_local.sh start "/tmp/$(printf 'x%.0s' {1..100})"
	expect 2
	says 'too long'
	mkdir "$DIR"
	touch "$DIR/mine"
	run postgres_local.sh start "$DIR"
	expect 2
	says 'not an empty directory'
	[ -e "$DIR/mine" ]
	run postgres_local.sh stop "$DIR"
	expect 2
	rm -r "$DIR"
	PGBIN=/nowhere run postgres_local.sh run -- true
	expect 2
	says 'scripts/setup'
	POSTGRES_LOCAL_OPTS='-c no_such_setting=1' run postgres_local.sh run -- true
	expect 75
	says 'no_such_setting'
	run postgres_local.sh
	expect 2
}

@test "postgres_docker: without an engine it says so, and names the other way" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/docker"
	chmod +x "$BATS_TEST_TMPDIR/bin/docker"
	PATH="$BATS_TEST_TMPDIR/bin:$PATH" run postgres_docker.sh
	expect 75
	says 'docker engine' 'postgres_local.sh'
}
