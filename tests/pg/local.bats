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

# shared_memory DIR: the id of the System V segment that the server there holds
shared_memory() {
	awk 'NR == 7 { print $2 }' "$1/data/postmaster.pid"
}

# held ID: a segment of that id exists
held() {
	awk -v id="$1" 'NR > 1 && $2 == id { found = 1 } END { exit !found }' /proc/sysvipc/shm
}

@test "postgres_local: run gives the command a server, its status back, and takes all away" {
	# What is asked about shared memory is asked of this server: others on the machine have some too.
	export -f shared_memory
	run postgres_local.sh run -- bash -c 'dir=${DATABASE_URL#*host=} dir=${dir%%&*}; echo "$dir"
		psql -XAtd "$DATABASE_URL" -c "SELECT 6 * 7"
		shared_memory "$dir"
		grep -c /dev/shm "/proc/$(head -n 1 "$dir/data/postmaster.pid")/maps"
		exit 3'
	expect 3
	[ "${lines[1]}" = 42 ]
	[ ! -e "${lines[0]}" ]
	[ "${lines[2]}" -ge 0 ]
	[ "${lines[3]}" = 0 ]
	run ! held "${lines[2]}"
}

@test "postgres_local: another server beside it, shared memory and all, is in nobody's way" {
	POSTGRES_LOCAL_OPTS='-c dynamic_shared_memory_type=posix' postgres_local.sh start "$DIR" $$
	local segment
	segment=$(shared_memory "$DIR")
	held "$segment"
	run postgres_local.sh run -- bash -c 'psql -XAtd "$DATABASE_URL" -c "SELECT 6 * 7"'
	expect 0
	[ "$output" = 42 ]
	held "$segment" # ours is as it was
	postgres_local.sh stop "$DIR"
	run ! held "$segment"
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
	[ ! -e "/proc/$server" ]
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
