#!/usr/bin/env bash
# A run on a cluster with Slurm and a shared file system: one job array for each level of tables, then a job that
# looks at what is there, queues again what is missing, and ends with eval and load.
#
#	datalchemy slurm --run /shared/runs/a --plan app.plan.json --shards 64 --load
#
# A call is a submission; a submission has rounds.  In each round the missing shards of a level are written into a
# list, RUN/slurm/ROUND/todo.LEVEL, and the tasks of the level's array share its lines: task t of T makes
# lines t, t+T, t+2T ...  So a task is any number of shards, whatever the limits on arrays are,
# and the first round, a later one and another submission are the same code.  The last job of a round
# (--end, which only this script calls) depends on all arrays, however they ended.  It believes the receipts
# alone, because a task that was lost with its node may have the status 0.
set -euo pipefail

engine='datalchemy slurm'
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/engine.sh
. "$here/../engine.sh"

usage() {
	cat <<TXT
Usage: datalchemy slurm --run DIR --plan PLAN [options]
       datalchemy slurm --run DIR --status

Generates the rows of a plan on a cluster with Slurm.  The run directory and the executables are on a file
system that every node sees.  introspect and plan-check run here; everything else is queued.  The same
call again queues only what is missing.

$common_help

  --time TIME       time that a task may take, as sbatch has it (default: several times what plan-check
                    estimates; 60 minutes where it cannot)
  --memory SIZE     memory of a task (default: half as much again as it estimates, and 256M; else 2G)
  --cpus N          processors of a task, which makes as many shards at a time (default 1)
  --tasks N         tasks of a level at most (default 200); a task makes several shards if there are more
  --throttle N      tasks that run at the same time at most
  --partition NAME, --account NAME
                    as sbatch has them
  --sbatch OPTION   another option of sbatch, for every job; may be repeated
  --retries N       how often a task tries again what ended with status 75 (default 3)
  --delay SECONDS   how long it waits before, times 1, 4, 9 ... (default 5)
  --rounds N        how often the missing shards are queued at most (default 5)
  --wait            wait until all is done, and end with its status
  --status          print what is done of the run, queue nothing

Jobs get no password: with --load it comes from ~/.pgpass, PGPASSFILE or PGSERVICE.

Exit status
  0   queued; with --wait or --status: done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary: the same call makes what is missing
TXT
}

# ---- options ------------------------------------------------------------------------------------

time='' memory='' cpus=1 tasks=200 throttle='' retries=3 delay=5 rounds=5
mode='submit' round=''
sbatch_options=()

own_option() {
	case $1 in
	--wait) mode='wait' && return 0 ;;
	--status) mode='status' && return 0 ;;
	--time | --memory | --cpus | --tasks | --throttle | --partition | --account | --sbatch | --retries | --delay | --rounds | --end)
		needs_value $# "$1"
		;;
	*) return 1 ;;
	esac
	case $1 in
	--time) time=$2 ;;
	--memory) memory=$2 ;;
	--cpus) number "$1" "$2" && cpus=$2 ;;
	--tasks) number "$1" "$2" && tasks=$2 ;;
	--throttle) number "$1" "$2" && throttle=$2 ;;
	--partition | --account) sbatch_options+=("$1=$2") ;;
	--sbatch) sbatch_options+=("$2") ;;
	--retries) number "$1" "$2" && retries=$2 ;;
	--delay) delay=$2 ;;
	--rounds) number "$1" "$2" && rounds=$2 ;;
	--end) mode=end round=$2 ;;
	esac
	return 2
}

given=("$@")
engine_options "$@"
type -P sbatch squeue scancel >/dev/null ||
	die "sbatch and squeue are not installed: call this where jobs are submitted to Slurm"

# credentials: Slurm writes down the environment of a job, so no password may be in it
credentials() {
	[[ -n $load ]] || return 0
	[[ -z ${PGPASSWORD:-} && ! ${DATABASE_URL:-} =~ ://[^/@]*:[^/@]+@ && ! ${DATABASE_URL:-} =~ password= ]] ||
		die "Slurm would write the password down: put it into ~/.pgpass, and take it out of DATABASE_URL and PGPASSWORD"
}

# What jobs get of the environment.
environment=PATH,HOME,USER,LANG,LC_ALL,TZ,TMPDIR,LD_LIBRARY_PATH,SLURM_CONF
[[ -z $load ]] || environment+=,DATABASE_URL,PGHOST,PGHOSTADDR,PGPORT,PGUSER,PGDATABASE,PGSERVICE,PGSERVICEFILE,PGPASSFILE,PGSSLMODE,PGSSLROOTCERT,PGOPTIONS

# ---- what there is ------------------------------------------------------------------------------

# job_name: the beginning of the names of this run's jobs, which no other run has
job_name() {
	local sum
	sum=$(cksum <<<"$run")
	echo "datalchemy-${sum%% *}"
}

# queued: the ids of this run's jobs that the scheduler has, each once
queued() {
	local job name
	squeue -h -o '%A %j' | while read -r job name; do
		[[ $name != "$(job_name)"-* ]] || echo "$job"
	done | sort -un
}

# verdict STATUS TEXT: how the submission ended; everyone can read it in RUN/slurm/verdict
verdict() {
	printf '%s %s\n' "$1" "$2" >"$run/slurm/verdict.tmp"
	mv "$run/slurm/verdict.tmp" "$run/slurm/verdict"
	note "$2"
	exit "$1"
}

# note TEXT: a line of RUN/slurm/report, which tells what happened
note() {
	printf '%s round %s: %s\n' "$(date -u +%FT%TZ)" "$round" "$1" >>"$run/slurm/report"
	printf '%s\n' "$1"
}

# progress: "level L: N of M shards are there" for each level
progress() {
	{
		shards all | sed 's/^/all /'
		shards | sed 's/^/missing /'
	} | awk '{ n[$1, $2]++; if ($2 + 0 >= levels) levels = $2 + 1 }
		END {
			for (l = 0; l < levels; l++)
				printf "level %d: %d of %d shards are there\n", l, n["all", l] - n["missing", l], n["all", l]
		}'
}

# status: what is known, without the scheduler where it need not be asked
status() {
	local jobs code text
	[[ -r $run/tables.mk ]] || die "$run has no plan yet"
	run=$(cd "$run" && pwd)
	progress
	jobs=$(queued | xargs)
	if [[ -r $run/slurm/verdict ]]; then
		read -r code text <"$run/slurm/verdict"
		echo "$text"
		exit "$code"
	elif [[ -n $jobs ]]; then
		echo "jobs in the queue: $jobs"
		squeue -j "${jobs// /,}" -o '%.14i %.24j %.10T %.10M %R' || true
	else
		echo "no job of this run is in the queue: the same call as before makes what is missing"
	fi
	exit 75
}

# ---- what jobs ask for --------------------------------------------------------------------------

# estimated: into RUN/slurm/estimate, "STAGE CPU_SECONDS MIB MEGABYTES" a line, as plan-check --estimate has it; it is
# empty where there is no estimate
estimated() {
	local file=$run/slurm/estimate shards keep
	[[ -z $time || -z $memory ]] || return 0
	[[ ! $file -nt $run/plan.msgpack ]] || return 0
	shards=$(<"$run/.make-SHARDS") keep=$(<"$run/.make-CHECKFLAGS")
	# CHECKFLAGS is text for a shell, as in run.mk
	sh -c "\"\$1\" \"\$2\" --run \"\$3\" ${shards:+--shards $(quoted "$shards")} $keep --estimate" sh \
		"$bin/plan-check" "$(<"$run/.make-PLAN")" "$run" 2>/dev/null |
		awk '$1 ~ /^(gen-parents|gen-children|eval)$/ { print $1, $(NF - 1), $NF, $(NF - 2) }' >"$file.tmp" || true
	[[ $(wc -l <"$file.tmp") == 3 ]] || : >"$file.tmp"
	mv "$file.tmp" "$file"
	[[ -s $file ]] || note 'no estimate can be made of this plan: jobs ask for 60 minutes and 2G'
}

# asking STAGE SHARE: into $asks, the time and memory of a job that does that share of what the stage has to do.  A node may be
# slower, and its file system too: four times the processor time, and five minutes.
asking() {
	asks=()
	local minutes=60 size=2G
	if [[ -s $run/slurm/estimate ]]; then
		read -r minutes size < <(awk -v stage="$1" -v share="$2" -v cpus="$cpus" -v load="$load" '
			$1 == stage {
				m = 5 + 4 * $2 * share / 60
				if (load != "") # the time of the server: 2 MB a second
					m += $4 / 2 / 60
				printf "%d %dM\n", m + 1, $3 * 1.5 + 256 * cpus
			}' "$run/slurm/estimate")
	fi
	asks=(--time="${time:-$minutes}" --mem="${memory:-$size}")
}

# largest LEVEL TASKS: what part of the rows of its stage the task has that has the most
largest() {
	local level=$1
	{
		sed 's/^/todo /' "$run/slurm/$round/todo.$level"
		shards all | sed 's/^/all /'
	} | awk -v level="$level" -v tasks="$2" '
		$1 == "todo" { rows[n++ % tasks] += $7 }
		$1 == "all" && ($2 == 0) == (level == 0) { all += $7 }
		END {
			for (t in rows)
				most = rows[t] > most ? rows[t] : most
			print all > 0 ? most / all : 1
		}'
}

# ---- a round ------------------------------------------------------------------------------------

# queue NAME DEPENDENCY OPTION... -- WORD...: a job that runs the words; prints its id, and writes it down
queue() {
	local name=$1 dependency=$2 options=() id
	shift 2
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	[[ -z $dependency ]] || options+=("--dependency=$dependency" --kill-on-invalid-dep=yes)
	id=$(sbatch --parsable --job-name="$(job_name)-$name" --chdir="$run" --export="$environment" \
		--open-mode=append "${asks[@]}" --nodes=1 --ntasks=1 --cpus-per-task="$cpus" \
		"${options[@]}" "${sbatch_options[@]}" --wrap "exec$(quoted "$@")") || return
	id=${id%%;*}
	echo "$id" >>"$run/slurm/$round/jobs"
	echo "$id"
}

# array_limit: the most tasks that an array of this cluster may have
array_limit() {
	local most
	most=$(scontrol show config 2>/dev/null | awk '$1 == "MaxArraySize" { print $3 }')
	echo "${most:-1001}"
}

# cancelled STATUS: nothing stays in the queue of a round that could not be queued as a whole
cancelled() {
	[[ ! -s $run/slurm/$round/jobs ]] || xargs scancel <"$run/slurm/$round/jobs" || true
	die "sbatch refused a job: nothing is queued" "$1"
}

# begin_round: the lists, the arrays and the job after them
begin_round() {
	local folder=$run/slurm/$round level n t last='' all=() most id todo asks
	most=$(array_limit)
	# the round of an end that was lost with its node while it queued jobs
	[[ ! -s $folder/jobs ]] || xargs scancel <"$folder/jobs" || true
	todo=$(lists "$folder" $((tasks < most ? tasks : most))) || die "no list of missing shards: see above" $?
	while read -r level n t; do
		[[ -n $level ]] || continue
		load='' asking "$(stage_of "$level")" "$(largest "$level" "$t")"
		id=$(queue "level$level" "${last:+afterok:$last}" --no-requeue --array="0-$((t - 1))${throttle:+%$throttle}" \
			--output="$folder/log/level$level.%a" -- \
			bash "$here/../task.sh" "$run" "$bin" "$folder" "$level" "$t" "$cpus" "$retries" "$delay" "${gen[@]}") || cancelled 2
		note "level $level: $(count "$n" 'missing shard') in $(count "$t" task), job $id"
		last=$id
		all+=("$id")
	done <<<"$todo"
	asking eval 1
	# tasks may be killed, cancelled or lost: the last job runs whatever became of them
	id=$(IFS=: && queue end "${all[*]:+afterany:${all[*]}}" --requeue --output="$folder/log/end" -- \
		bash "$here/submit.sh" "${given[@]}" --run "$run" --bin "$bin" --end "$round") || cancelled 2
	all+=("$id")
	note "the end: eval${load:+ and load}, job $id"
	jobs="${all[*]}"
}

# submit: the plan, and the first round of it
submit() {
	local left jobs
	credentials
	if [[ -d $run ]]; then
		left=$(cd "$run" && run=$PWD && queued | xargs)
		[[ -z $left ]] || die "jobs of this run are in the queue: wait for them, or scancel $left" 75
	fi
	make_plan
	mkdir -p "$run/slurm"
	rm -f "$run/slurm/verdict" "$run/slurm/report"
	rm -rf "$run"/slurm/[0-9]*
	round=1
	estimated
	begin_round
	cat <<TXT
run_dir=$run
follow: datalchemy slurm --run $run --status
logs:   $run/slurm/report, $run/slurm/$round/log/
cancel: scancel $jobs
TXT
}

# ---- the end of a round -------------------------------------------------------------------------

# again CMD...: once more while the status is 75
again() {
	local try=0 code
	while :; do
		code=0
		"$@" || code=$?
		((code == 75 && ++try <= retries)) || return "$code"
		sleep "$(awk "BEGIN { print $delay * $try * $try }")"
	done
}

# failed STATUS: a round that ends without a verdict has one all the same
failed() {
	[[ $1 == 0 || -e $run/slurm/verdict ]] ||
		verdict 75 "the end of round $round failed: see $run/slurm/$round/log/end; the same call goes on"
}

# next_round WHY
next_round() {
	local jobs
	((round < rounds)) || verdict 75 "$1, after $(count "$rounds" round): the same call makes what is missing; logs: $run/slurm"
	note "$1: queued again"
	round=$((round + 1))
	begin_round
	exit 0
}

# end_round: look at what is there, and go on from that
end_round() {
	local why='' code=0
	trap 'failed $?' EXIT
	judge "$run/slurm/$round" || code=$?
	case $code in
	0) ;;
	75) next_round "$why" ;;
	*) verdict "$code" "$why" ;;
	esac
	"$bin/eval" --run "$run" "${audit[@]}" || code=$?
	((code == 0)) || verdict "$code" "every shard is there; eval ended with status $code: see $run/report.md"
	if [[ -n $load ]]; then
		again "$bin/load" --run "$run" "${loading[@]}" || code=$?
		((code == 0)) || verdict "$code" "the rows are audited; load ended with status $code: see $run/slurm/$round/log/end"
		verdict 0 'done: the rows are audited and loaded'
	fi
	verdict 0 'done: the rows are audited'
}

# await: until there is a verdict, or no job that could bring one
await() {
	local code text idle=0
	until [[ -r $run/slurm/verdict ]]; do
		sleep 1
		if [[ -n $(queued) ]]; then idle=0; else ((++idle)); fi
		((idle < 5)) || die "no job of this run is in the queue, and none said how it ended: the same call makes what is missing" 75
	done
	read -r code text <"$run/slurm/verdict"
	echo "$text"
	exit "$code"
}

case $mode in
submit) submit ;;
wait)
	submit
	await
	;;
status) status ;;
end) end_round ;;
esac
