#!/usr/bin/env bats
# A run on three hosts that share no files, by GNU parallel over SSH: the bytes of one machine, whatever
# becomes of a host.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/hosts

setup_file() {
	hosts_missing || return 0
	hosts_start 3
	crm_base
	cd "$BATS_FILE_TMPDIR" || return
	small_plan crm 3 'contatos=3000'
	new_run ref plan.json --shards 6
	make_rows ref
}

teardown_file() {
	hosts_stop
	[ -z "${PG_DIR:-}" ] || pg_stop
}

setup() {
	[ -z "${MISSING:-}" ] || skip "$MISSING"
	cd "$BATS_FILE_TMPDIR" || return
	RUN=run$BATS_TEST_NUMBER
	mkdir "$RUN"
	cp "$BASE/schema.msgpack" "$RUN"
	hosts_plain h1 h2 h3
}

# on_hosts [OPTION...]: the run, on all three
on_hosts() {
	"$ROOT/scripts/datalchemy" parallel --run "$RUN" --plan plan.json --shards 6 --hosts 1/h1,1/h2,1/h3 \
		--ssh "-F $HOSTS_DIR/ssh_config" "$@" 3>&-
}

@test "parallel: the rows, keys and receipts of hosts are those of one machine, and are loaded" {
	pg_db loaded crm
	run on_hosts --load --keep
	expect 0
	says 'level 0: 6 missing shards on 3 hosts' 'level 1: 6 missing shards on 3 hosts' 'the rows are audited and loaded'
	rm "$RUN/receipts/load.json"
	same_run ref "$RUN"
	[ "$(sql 'SELECT count(*) FROM crm.contatos')" = 3000 ]
	# another call: what is missing, and what is damaged; the programs are there
	rm "$RUN/data/crm.contatos.2-of-6.csv"
	printf x | dd of="$RUN/data/crm.contatos.5-of-6.csv" bs=1 seek=40 conv=notrunc status=none
	run on_hosts
	expect 0
	says 'level 1: 1 missing shard on' '1 shard damaged (crm.contatos.5-of-6): made again'
	[[ $output != *'level 0'* ]]
	[ "$(grep -c 'files\? shipped' <<<"$output")" -le 3 ] || fail "$output" # keys at most
	same_run ref "$RUN"
	no_leftovers "$RUN"
	# without --keep nothing of it stays on a host
	[ -z "$(find "$HOSTS_DIR"/h[123] -mindepth 1)" ] || fail "$(find "$HOSTS_DIR"/h[123])"
}

@test "parallel: it depends on no variable of a login" {
	RUN=bare
	mkdir bare
	cp "$BASE/schema.msgpack" bare
	run env -i PATH="$PATH" "$ROOT/scripts/datalchemy" parallel --run bare --plan plan.json --shards 6 \
		--hosts 1/h1,1/h2,1/h3 --ssh "-F $HOSTS_DIR/ssh_config" 3>&-
	expect 0
	same_run ref bare
}

@test "parallel: a host that dies in the middle of a shard has its shards made by the others" {
	hosts_say h2 "if [[ \$SSH_ORIGINAL_COMMAND == *gen-children*--table* ]]; then touch $PWD/begun; sleep 100; fi"
	on_hosts --retries 2 >out 2>&1 &
	pid=$!
	until [ -e begun ]; do
		kill -0 "$pid" || fail "$(cat out)"
		sleep 0.1
	done
	hosts_kill h2
	wait "$pid" || fail "$(cat out)"
	same_run ref "$RUN"
	grep -q 'host h2: does not answer: its shards go to the others' out || fail "$(cat out)"
	# a call that begins without it
	rm "$RUN/receipts/gen.crm.contatos.0-of-6.json"
	run on_hosts
	expect 0
	says 'host h2 is left out' 'level 1: 1 missing shard on 2 hosts'
	same_run ref "$RUN"
	hosts_begin h2
}

@test "parallel: what a host could not make, or did not send as it was made, another one makes" {
	hosts_say h1 "if [[ \$SSH_ORIGINAL_COMMAND == *--table* ]]; then echo 'gen: write: No space left on device' >&2; exit 75; fi"
	hosts_say h3 "if [[ \$SSH_ORIGINAL_COMMAND == *gen-children*--table* ]]; then
		eval \"\$SSH_ORIGINAL_COMMAND\" | zstd -dq | sed 's/@/#/' | zstd -q; exit; fi"
	run on_hosts
	expect 0
	says 'host h1: gen: write: No space left on device' 'host h3: crm.contatos.' 'did not arrive as it was made' 'host h2: '
	same_run ref "$RUN"
}

@test "parallel: a disk that fills, a network that is cut, and a shard that is damaged afterwards, in one run" {
	[ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64m none "$HOSTS_DIR/h1" || skip 'no file systems of its own can be mounted here'
	# h1: when it is to make rows, its disk has room for a part of a shard; h2: its cable is pulled then
	hosts_say h1 "if [[ \$SSH_ORIGINAL_COMMAND == *gen-children*--table* ]]; then fallocate -l 100m full 2>/dev/null || cat /dev/zero >full 2>/dev/null; fi"
	hosts_say h2 "if [[ \$SSH_ORIGINAL_COMMAND == *gen-children*--table* ]]; then touch $PWD/cut; sleep 100; fi"
	on_hosts --retries 3 >out 2>&1 &
	pid=$!
	until [ -e cut ]; do
		kill -0 "$pid" || break
		sleep 0.1
	done
	hosts_cut h2
	ended=0
	wait "$pid" || ended=$?
	hosts_plug h2
	umount "$HOSTS_DIR/h1"
	[ "$ended" = 0 ] || fail "$(cat out)"
	same_run ref "$RUN"
	grep -q 'host h1: .*No space left on device' "$RUN/parallel.report" || fail "$(cat "$RUN/parallel.report")"
	grep -q 'host h2: does not answer: its shards go to the others' "$RUN/parallel.report" || fail "$(cat "$RUN/parallel.report")"
	# each of the twelve shards has come from one host, once
	[ "$(sed -n 's/.*host h[0-9]: \([0-9]*\) shards*$/\1/p' "$RUN/parallel.report" | paste -sd + | bc)" = 12 ] || fail "$(cat "$RUN/parallel.report")"
	hosts_plain h1 h2
	printf '\001' | dd of="$RUN/data/crm.contatos.3-of-6.csv" bs=1 seek=99 conv=notrunc status=none
	run on_hosts
	expect 0
	says '1 shard damaged (crm.contatos.3-of-6): made again' 'level 1: 1 missing shard on 3 hosts' ': 1 shard'
	same_run ref "$RUN"
}

@test "parallel: status 2 of a generator stops the run, and says what the generator said" {
	for h in h1 h2 h3; do
		hosts_say $h "if [[ \$SSH_ORIGINAL_COMMAND == *--table* ]]; then echo 'gen: nothing helps' >&2; exit 2; fi"
	done
	run on_hosts
	expect 2
	says 'stopped: gen: nothing helps'
	[ ! -e "$RUN/metrics.json" ]
}

@test "parallel: no host, or hosts of which none answers, is said at once" {
	run "$ROOT/scripts/datalchemy" parallel --run "$RUN" --plan plan.json
	refused 2 '--hosts names no host'
	run "$ROOT/scripts/datalchemy" parallel --run "$RUN" --plan plan.json --hosts 'h1;rm'
	refused 2 '"h1;rm" is not [N/]HOST'
	run "$ROOT/scripts/datalchemy" parallel --run "$RUN" --plan plan.json --hosts 1/h9 --ssh "-F $HOSTS_DIR/ssh_config" 3>&-
	expect 75
	says 'host h9 is left out' 'no host can be used'
}
