#!/usr/bin/env bats
# A run on a Slurm cluster of three nodes: the bytes of one machine, whatever is lost on the way.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/slurm

SUBMIT=$ROOT/pipelines/slurm/submit.sh

setup_file() {
	slurm_missing || return 0
	slurm_start 3 4
	crm_base
	cd "$BATS_FILE_TMPDIR" || return
	small_plan crm 3 'contatos=3000'
	new_run ref plan.json --shards 12
	make_rows ref
	# the runs of several tests are queued at once, since Slurm takes seconds for each
	cluster_run whole
	pg_db loaded crm
	submit whole --load
	cluster_run useless
	stage useless gen-children 'echo "gen-children: nothing helps" >&2; exit 2'
	submit useless
	cluster_run tired
	stage tired gen-children 'echo >>"$run.calls"; exit 75'
	submit tired --retries 1 --rounds 2
	cluster_run killed
	# the first call ends with a signal, the second goes on until its node is gone
	stage killed gen-children "
		mkdir \"\$run.first\" 2>/dev/null && kill -9 \$\$
		mkdir \"\$run.second\" 2>/dev/null && echo \$SLURMD_NODENAME >\"\$run.node\" && exec sleep 100
		exec $BIN/gen-children \"\$@\""
	submit killed
}

teardown_file() {
	slurm_stop
	[ -z "${PG_DIR:-}" ] || pg_stop
}

setup() {
	[ -z "${MISSING:-}" ] || skip "$MISSING"
	cd "$BATS_FILE_TMPDIR" || return
}

# cluster_run RUN: a run directory with the catalogue, and RUN.bin, a folder of the executables of its own
cluster_run() {
	mkdir "$1" "$1.bin"
	cp "$BASE/schema.msgpack" "$1"
	ln -s "$BIN"/* "$1.bin"
}

# stage RUN STAGE TEXT: in this run that executable is a script; $run is the run directory, "$@" are its arguments.  What is missing
# the real one tells.
stage() {
	rm "$1.bin/$2"
	printf '#!/bin/bash\n[[ " $* " != *" --list "* ]] || exec %q "$@"\nrun=%q\n%s\n' "$BIN/$2" "$PWD/$1" "$3" >"$1.bin/$2"
	chmod +x "$1.bin/$2"
}

# submit RUN [OPTION...]
submit() {
	"$SUBMIT" --run "$1" --plan plan.json --shards 12 --bin "$1.bin" --delay 0 "${@:2}" >"$1.out" 2>&1 ||
		fail "$(cat "$1.out")"
}

# ended RUN STATUS TEXT...: the run comes to an end, with that status and a verdict that has each TEXT
ended() {
	slurm_until 60 test -e "$1/slurm/verdict" || fail "$(tail -n 20 "$1/slurm/report" "$1"/slurm/*/log/*; squeue)"
	run "$SUBMIT" --run "$1" --bin "$1.bin" --status
	expect "$2"
	says "${@:3}"
}

@test "slurm: the rows, keys and receipts of a cluster are those of one machine, and are loaded" {
	grep -q 'level 0: 12 missing shards in 5 tasks' whole.out # the longest array that this cluster takes
	ended whole 0 'level 1: 12 of 12 shards are there' 'the rows are audited and loaded'
	rm whole/receipts/load.json # which one machine has not
	same_run ref whole
	grep -q 'every rule was evaluated and holds' whole/report.md
	export DATABASE_URL
	DATABASE_URL=$(pg_url loaded)
	[ "$(sql 'SELECT count(*) FROM crm.contatos')" = 3000 ]
}

@test "slurm: status 2 stops the run, and says what the generator said; nothing is queued again" {
	ended useless 2 'level 0: 12 of 12' 'level 1: 0 of 12' 'another attempt is useless: gen-children: nothing helps'
	[ ! -e useless/slurm/2 ]
	[ ! -e useless/metrics.json ]
}

@test "slurm: status 75 is tried again by the task, and in another round, up to the limits" {
	ended tired 75 '12 shards missing, after 2 rounds: the same call makes what is missing'
	# five tasks, two attempts, two rounds
	[ "$(wc -l <tired.calls)" = 20 ] || fail "$(wc -l <tired.calls)"
	[ "$(grep -c 'queued again' tired/slurm/report)" = 1 ]
}

@test "slurm: another submission makes what is missing, and what is damaged, and nothing else" {
	rm whole/receipts/gen.crm.contatos.03-of-12.json whole/data/crm.contatos.07-of-12.csv
	printf x | dd of=whole/data/crm.empresas.04-of-12.csv bs=1 seek=40 conv=notrunc status=none
	stage whole gen-children "echo \"\$*\" >>\"\$run.calls\"; exec $BIN/gen-children \"\$@\""
	stage whole gen-parents "echo \"\$*\" >>\"\$run.calls\"; exec $BIN/gen-parents \"\$@\""
	submit whole
	grep -q 'level 1: 2 missing shards in 2 tasks' whole.out || fail "$(cat whole.out)"
	[ "$(grep -c '^level' whole.out)" = 1 ]
	ended whole 0 'the rows are audited'
	grep -q '1 shard damaged (crm.empresas.04-of-12): queued again' whole/slurm/report
	[ "$(grep -o 'table .*shard [0-9,]*' whole.calls | sort)" = "table crm.contatos --shard 3
table crm.contatos --shard 7
table crm.empresas --shard 4" ] || fail "$(cat whole.calls)"
	same_run ref whole
}

@test "slurm: a generator killed with -9 and a node that dies lose nothing" {
	slurm_until 30 test -s killed.node
	slurm_node_kill "$(cat killed.node)"
	run "$SUBMIT" --run killed --plan plan.json --bin killed.bin
	refused 75 'jobs of this run are in the queue'
	ended killed 0 'the rows are audited'
	[ -d killed/slurm/2 ]
	same_run ref killed
	no_leftovers killed
}

@test "slurm: jobs ask for the time and the memory that the plan is estimated to take, or for what is said" {
	cluster_run asks
	mkdir programs
	printf '#!/bin/bash\nprintf "%%s " "$@" >>%q\necho 1\n' "$PWD/asked" >programs/sbatch
	chmod +x programs/sbatch
	PATH=$PWD/programs:$PATH submit asks
	[ "$(grep -o -- '--time=[0-9]* --mem=[0-9]*M' asked | sort -u | wc -l)" -ge 1 ] || fail "$(cat asked)"
	# seconds of work: five minutes and the next whole one
	[ "$(grep -o -- '--time=[0-9]*' asked | sort -u)" = --time=6 ] || fail "$(cat asked)"
	[ "$(wc -l <asks/slurm/estimate)" = 3 ]
	rm asked
	PATH=$PWD/programs:$PATH submit asks --time 17 --memory 3G
	[ "$(grep -o -- '--time=[0-9]* --mem=[0-9A-Z]*' asked | sort -u)" = '--time=17 --mem=3G' ] || fail "$(cat asked)"
}

@test "slurm: what would be written down or cannot be done is refused before anything is queued" {
	cluster_run no
	DATABASE_URL=postgresql://me:secret@host/db run "$SUBMIT" --run no --plan plan.json --load
	refused 2 'Slurm would write the password down'
	[[ $output != *secret* ]]
	PGPASSWORD=secret run "$SUBMIT" --run no --plan plan.json --load
	refused 2 'password'
	run "$SUBMIT" --run no --plan plan.json --gen '--shard 3'
	refused 2 '--gen: --shard'
	run "$SUBMIT" --run no --plan plan.json --rounds many
	refused 2 '--rounds: "many" is not a number'
	run "$SUBMIT" --run no --plan plan.json --what
	refused 2 'unknown option --what'
	run "$SUBMIT" --run no --plan plan.json --time forever
	expect 2
	says 'sbatch refused a job: nothing is queued'
	[ -z "$(squeue -h)" ]
	echo '{}' >wrong.json
	run "$SUBMIT" --run no --plan wrong.json
	[[ $status == [12] ]] || fail "$status $output"
}
