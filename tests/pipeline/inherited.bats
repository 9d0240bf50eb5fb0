#!/usr/bin/env bats
# What stages inherit beside their arguments, and how their workers may end.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base inherited illegal.sql k
	cd "$BATS_FILE_TMPDIR" || return
	small_plan k 5 "p=10 c=100"
	new_run few plan.json --shards 2
	small_plan k 5 "p=9000000"
	new_run many plan.json --shards 2
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$BATS_FILE_TMPDIR/few" "$BATS_FILE_TMPDIR/many" .
}

# deaf COMMAND...: run it with SIGCHLD ignored, as daemons and some containers start programs
deaf() {
	# shellcheck disable=SC2016
	timeout 20 bash -c 'trap "" CHLD; exec "$@"' deaf "$@"
}

@test "workers are waited for where SIGCHLD is inherited as ignored" {
	for cmd in "gen-parents --run few --jobs 2" "gen-children --run few --jobs 2"; do
		# shellcheck disable=SC2086
		run deaf $cmd
		expect 0
		says 'in 2 of 2 shards'
	done
	run deaf gen-parents --run few --table k.nothing --jobs 2
	refused 2 'no table k.nothing'
}

@test "a throwaway server is waited for where SIGCHLD is inherited as ignored" {
	run deaf introspect --ddl "$ROOT/tests/fixtures/illegal.sql" --run ddl
	expect 0
	[ -s ddl/schema.msgpack ]
	echo 'CREATE TABLE broken (' >broken.sql
	run deaf introspect --ddl broken.sql --run ddl2
	expect 2
}

# ended_by SIGNAL: gen-parents with two workers, one of which that signal ends
ended_by() {
	rm -f many/data/* # what the call before left would say that this one has begun
	gen-parents --run many --jobs 2 >out 2>&1 &
	local pid=$! workers=()
	until [ ${#workers[@]} -eq 2 ] && compgen -G 'many/data/*.0-of-2.*' >/dev/null; do
		kill -0 $pid || fail "$(cat out)"
		read -ra workers <"/proc/$pid/task/$pid/children" || true
	done
	kill -s "$1" "${workers[0]}"
	status=0
	wait $pid || status=$?
	output=$(cat out)
}

@test "a worker that crashes ends the stage for good: signal, table and shard are named" {
	for signal in SEGV ABRT BUS FPE; do
		ended_by $signal
		refused 2 'gen-parents: table k.p, shard ' "its worker was ended by SIG$signal, which is a defect of this program"
	done
}

@test "a worker that somebody ends, or that memory runs out for, is no status that pipelines retry on" {
	ended_by KILL
	refused 2 'gen-parents: table k.p, shard ' 'its worker was ended by SIGKILL, as the kernel does when memory is out: call again, with fewer --jobs'
	ended_by TERM
	refused 2 'gen-parents: table k.p, shard ' 'its worker was ended by SIGTERM, which somebody sent: call again to go on'
	[ -z "$(ls many/receipts)" ]
}

@test "where stdout or stderr is closed no file gets what was meant for it" {
	make_rows few
	cp -r few/data expected
	run bash -c 'gen-children --run few --force >&-'
	refused 2 'gen-children: write results: Bad file descriptor'
	diff -r expected few/data
	run bash -c 'gen-parents --run few --table k.nothing <&- >&- 2>&-'
	[ "$status" -eq 2 ]
	rm few/keys/k.p.0-of-2.msgpack
	run bash -c 'gen-children --run few --force --jobs 2 <&- 2>&-'
	expect 2
	[ -z "$output" ]
	diff -r expected few/data
}

@test "a limit on the size of files is an error that names the file" {
	# shellcheck disable=SC2016
	run bash -c '(ulimit -f 8; exec gen-parents --run many) 2>&1 | cat; exit "${PIPESTATUS[0]}"'
	refused 75 'gen-parents: ' many/ 'File too large'
}
