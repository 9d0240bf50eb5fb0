#!/usr/bin/env bats
# Two attempts at one thing at once, and files in a run directory that nobody of ours has put there.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db attempts
	sql "CREATE SCHEMA k; CREATE TABLE k.p (id int PRIMARY KEY, name varchar(60) NOT NULL, note text)"
	catalogue base k
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_plan k 5 "p=500000"
	new_run run plan.json
}

# alone COMMAND...: as process 1 of a container of its own would be; unshare's answer is its answer
alone() {
	unshare --pid --fork --kill-child -- "$@"
}

@test "attempts at one shard that have the same process number do not meet: one killed, one that ends" {
	alone true 2>/dev/null || skip 'no process namespaces here'
	gen-parents --run run >/dev/null
	cp run/data/k.p.csv want.csv
	for ((trial = 0; trial < 6; trial++)); do
		rm -f run/data/* run/receipts/* run/keys/*
		alone "$BIN/gen-parents" --run run >/dev/null 2>&1 &
		first=$!
		until compgen -G 'run/data/k.p.csv*' >/dev/null; do :; done
		alone "$BIN/gen-parents" --run run >second 2>&1 &
		second=$!
		sleep "0.0$trial"
		kill -KILL $first || true # it was quick
		wait $first || true
		wait $second || fail "$(cat second)"
		cmp run/data/k.p.csv want.csv
	done
	# what the killed ones left is gone with the next call, and nothing else is
	gen-parents --run run >/dev/null
	[ "$(ls run/data)" = k.p.csv ] || fail "$(ls run/data)"
	cmp run/data/k.p.csv want.csv
}

@test "what somebody writes is not swept by others, from wherever they come" {
	alone true 2>/dev/null || skip 'no process namespaces here'
	alone "$BIN/gen-parents" --run run >first 2>&1 &
	first=$!
	until compgen -G 'run/data/k.p.csv*' >/dev/null; do :; done
	for ((i = 0; i < 20; i++)); do
		snapshot run/plan.msgpack >/dev/null
		plan-check plan.json --run run >/dev/null 2>&1
	done
	wait $first || fail "$(cat first)"
	[ -s run/data/k.p.csv ]
	# a name like a temporary one that nobody has locked goes; one that is none stays
	touch run/data/k.p.csv.tmp.{12345,0badcafe,backup}
	gen-parents --run run >/dev/null
	[ "$(cd run/data && echo k.p.csv.tmp.*)" = k.p.csv.tmp.backup ]
}

# planted NAME MAKE WORDS...: a stage refuses RUN/NAME that MAKE has put there, at once, and says so
planted() {
	local name=$1 make=$2
	shift 2
	rm -rf planted && cp -r run planted && mv "planted/$name" real
	eval "$make"
	run timeout 10 gen-parents --run planted
	refused 2 "planted/$name" "$@"
	[ -z "$(ls planted/data)" ]
}

@test "a snapshot that is a link, a FIFO or a device is refused, and nobody waits for it" {
	planted plan.msgpack 'ln -s ../real planted/plan.msgpack' 'symbolic link'
	planted plan.msgpack 'mkfifo planted/plan.msgpack' 'not a regular file'
	planted schema.msgpack 'ln -s /dev/zero planted/schema.msgpack' 'symbolic link'
	planted plan.msgpack 'mkdir planted/plan.msgpack' 'not a regular file'
}

@test "nothing is written through a link, a hard link or a FIFO in place of the log" {
	echo theirs >theirs
	for make in 'ln -s ../theirs run/logs.ndjson' 'ln theirs run/logs.ndjson' 'mkfifo run/logs.ndjson'; do
		rm -rf run/logs.ndjson run/data/* run/receipts/* run/keys/*
		eval "$make"
		run timeout 20 gen-parents --run run
		expect 0
		run timeout 20 eval --run run
		expect 0
		[ "$(cat theirs)" = theirs ]
	done
}

@test "a link in place of a file that will be made is replaced, and what it led to stays" {
	echo theirs >theirs
	mkdir -p run/data
	ln -s ../../theirs run/data/k.p.csv
	gen-parents --run run >/dev/null
	[ ! -L run/data/k.p.csv ]
	[ "$(cat theirs)" = theirs ]
	# data is read by load and eval: not through a link either
	mv run/data/k.p.csv real.csv
	ln -s ../../real.csv run/data/k.p.csv
	run "$BIN/eval" --run run
	refused 2 'run/data/k.p.csv' 'symbolic link'
}

@test "fill and run refuse links and FIFOs in place of the files that they write themselves" {
	echo theirs >theirs
	for name in lock log args skip; do
		for make in 'ln -s ../theirs' 'ln theirs' mkfifo; do
			rm -rf planted && mkdir planted
			eval "$make planted/pipeline.$name"
			run timeout 20 "$ROOT/scripts/datalchemy" run --plan plan.json --run planted --conn "$DATABASE_URL"
			refused 2 "planted/pipeline.$name" 'a link or no regular file'
			[ "$(cat theirs)" = theirs ]
		done
	done
}
