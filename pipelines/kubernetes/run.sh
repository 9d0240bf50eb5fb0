#!/usr/bin/env bash
# A run on Kubernetes: an Indexed Job for each level of tables, a Job before them for the plan and one after them for
# eval and load.  All pods share one volume (ReadWriteMany), which has the run directory.
#
#	datalchemy kubernetes --image registry/datalchemy:1 --claim runs --run a --plan app.plan.json --shards 64
#
# The script only creates Jobs and waits for them, by kubectl.  What has to look at the run directory is done in pods, by
# this script again (--pod, which is for it alone): the plan and the lists of missing shards before a
# round, and the judgement after it, which believes the receipts and not the states of pods.
#
# The manifests were checked against a schema of batch/v1, and run by the suite's stand-in for kubectl; no cluster has run them.
set -euo pipefail

engine='datalchemy kubernetes'
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/engine.sh
. "$here/../engine.sh"

usage() {
	cat <<TXT
Usage: datalchemy kubernetes --image IMAGE --claim NAME --run DIR --plan PLAN [options]

Generates the rows of a plan by Jobs of Kubernetes (1.29 or later), and waits for them.  kubectl must be set
up for the cluster.  The same call again makes only what is missing.

The manifests were checked against the schema of a Job (batch/v1), and their commands were run on one machine by a
stand-in for kubectl.  They were not run on a cluster: look at --print first.

$common_help

  --run is the folder of the run on the volume, --plan and --ddl are files of this machine.

  --image IMAGE     the image, see kubernetes/Dockerfile
  --claim NAME      the PersistentVolumeClaim of the volume, which many nodes can write to
  --mount DIR       where pods have it (default /data)
  --secret NAME     a Secret with the environment of introspect and load: DATABASE_URL, PGPASSWORD ...
  --name NAME       beginning of the names of Jobs (default: from --run)
  --namespace NAME  namespace (default: kubectl's)
  --parallelism N   pods that run at the same time at most (default 16)
  --tasks N         pods of a level at most (default 200); a pod makes several shards if there are more
  --cpus N          processors of a pod, which makes as many shards at a time (default 1)
  --memory SIZE     memory of a pod (default 2Gi)
  --time SECONDS    time that a Job may take (default 86400)
  --retries N       attempts that follow a pod's failure (default 3)
  --rounds N        how often missing shards are made at most (default 5)
  --poll SECONDS    how often a Job is looked at (default 2)
  --print           print the manifests and create nothing; the level's is as for --tasks shards

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary: the same call makes what is missing
TXT
}

# ---- options ------------------------------------------------------------------------------------

image='' claim='' mount=/data secret='' name='' namespace='' parallelism=16 tasks=200 cpus=1 memory=2Gi
time=86400 retries=3 rounds=5 poll=2 print='' pod='' round=''

own_option() {
	case $1 in
	--print) print=1 && return 0 ;;
	--image | --claim | --mount | --secret | --name | --namespace | --parallelism | --tasks | --cpus | --memory | --time | --retries | --rounds | --poll | --pod | --round)
		needs_value $# "$1"
		;;
	*) return 1 ;;
	esac
	case $1 in
	--image) image=$2 ;;
	--claim) claim=$2 ;;
	--mount) mount=${2%/} ;;
	--secret) secret=$2 ;;
	--name) name=$2 ;;
	--namespace) namespace=$2 ;;
	--parallelism) number "$1" "$2" && parallelism=$2 ;;
	--tasks) number "$1" "$2" && tasks=$2 ;;
	--cpus) number "$1" "$2" && cpus=$2 ;;
	--memory) memory=$2 ;;
	--time) number "$1" "$2" && time=$2 ;;
	--retries) number "$1" "$2" && retries=$2 ;;
	--rounds) number "$1" "$2" && rounds=$2 ;;
	--poll) poll=$2 ;;
	--pod) pod=$2 ;;
	--round) number "$1" "$2" && round=$2 ;;
	esac
	return 2
}

# In a pod the stages are there; elsewhere only kubectl is.
elsewhere=1
for word; do
	[[ $word != --pod ]] || elsewhere=''
done
engine_options "$@"

# ---- in a pod -----------------------------------------------------------------------------------

# In a pod: the plan, and the lists of a round.  Its last lines are "list LEVEL SHARDS TASKS" for each of them, and "verdict
# STATUS".
pod_plan() {
	trap 'echo "verdict $?"' EXIT
	make_plan
	mkdir -p "$run/kubernetes"
	lists "$run/kubernetes/$round" "$tasks" | sed 's/^/list /'
}

# In a pod: task i of a level
pod_level() {
	exec bash "$here/../task.sh" "$run" "$bin" "$run/kubernetes/$round" "$1" "$tasks" "$cpus" 0 0 "${gen[@]}"
}

# In a pod: what came of a round, and, if all is there, eval and load.  The last line is "verdict STATUS TEXT".
pod_end() {
	local why='' code=0
	run=$(cd "$run" && pwd)
	judge "$run/kubernetes/$round" || code=$?
	if ((code == 0)); then
		"$bin/eval" --run "$run" "${audit[@]}" || code=$?
		why='the rows are audited'
		if ((code != 0)); then
			why="eval ended with status $code"
		elif [[ -n $load ]]; then
			"$bin/load" --run "$run" "${loading[@]}" || code=$?
			why+=' and loaded'
			((code == 0)) || why="load ended with status $code"
		fi
	fi
	echo "verdict $code $why"
}

case $pod in
'') ;;
plan)
	pod_plan
	exit
	;;
level*) pod_level "${pod#level}" ;;
end)
	pod_end
	exit
	;;
*) die "--pod is for the Jobs of this script alone" ;;
esac

# ---- manifests ----------------------------------------------------------------------------------

# plain OPTION VALUE PATTERN: ends with a message unless the value can stand in a manifest as it is
plain() {
	[[ $2 =~ ^$3$ ]] || die "$1: \"$2\" cannot be used here"
}

# What the API takes for names: of a claim or a Secret, of a namespace, and what can begin the name of a Job, which with the
# number of a pod is the name of a host, of 63 letters at most.
object='[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?'
space='[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'
beginning='[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?'
[[ -n $image ]] || die "--image IMAGE is required: see --help"
[[ -n $claim ]] || die "--claim NAME is required: see --help"
[[ -n $name ]] || name=datalchemy-$(cksum <<<"${run#"$mount"/}" | cut -d ' ' -f 1)
plain --image "$image" '[A-Za-z0-9][A-Za-z0-9._:/@-]*'
plain --claim "$claim" "$object"
plain --name "$name" "$beginning"
plain --mount "$mount" '/[A-Za-z0-9._/+-]+'
plain --memory "$memory" '[0-9]+(k|Ki|[MGTPE]i?)?'
[[ -z $secret ]] || plain --secret "$secret" "$object"
[[ -z $namespace ]] || plain --namespace "$namespace" "$space"

# json WORD...: these words as a list of JSON, which YAML has too
json() {
	local word list=''
	for word; do
		word=${word//\\/\\\\}
		word=${word//\"/\\\"}
		word=${word//$'\t'/\\t}
		word=${word//\$/\$\$} # Kubernetes has variables of its own
		[[ $word != *[[:cntrl:]]* ]] || die "an option has a line break"
		list+="${list:+, }\"$word\""
	done
	echo "[$list]"
}

# manifest JOB TASKS WORD...: a Job whose pods call this script with these words
manifest() {
	local job=$1 n=$2 text files='' command drop=()
	shift 2
	[[ ${#config[@]} == 0 || $1 != plan ]] || files=1
	command=$(json datalchemy kubernetes "${pod_words[@]}" --round "${round:-1}" --pod "$@") || return
	[[ -n $secret ]] || drop+=(-e '/ #secret$/d')
	[[ -n $files ]] || drop+=(-e '/ #plan$/d')
	[[ -n $namespace ]] || drop+=(-e '/ #namespace$/d')
	text=$(sed "${drop[@]}" -e '/^ *#/d' -e 's/ #[a-z]*$//' "$here/job.yaml")
	text=${text//@JOB@/"$job"}
	text=${text//@NAMESPACE@/"$namespace"}
	text=${text//@NAME@/"$name"}
	text=${text//@TASKS@/"$n"}
	text=${text//@PARALLELISM@/"$((n < parallelism ? n : parallelism))"}
	text=${text//@RETRIES@/"$retries"}
	text=${text//@SECONDS@/"$time"}
	text=${text//@IMAGE@/"$image"}
	text=${text//@SECRET@/"$secret"}
	text=${text//@CPUS@/"$cpus"}
	text=${text//@MEMORY@/"$memory"}
	text=${text//@MOUNT@/"$mount"}
	text=${text//@CLAIM@/"$claim"}
	printf '%s\n' "${text//@COMMAND@/"$command"}"
}

# What pods are told: the options of the call, but for files of this machine, which they have in /plan.
run=${run#"$mount"/}
pod_words=(--run "$mount/${run#/}" --cpus "$cpus")
config=()
for word in "${making[@]}"; do
	case $word in
	PLAN=*)
		config+=("--from-file=plan.json=${word#*=}")
		pod_words+=(--plan /plan/plan.json)
		;;
	DDL=*)
		config+=("--from-file=schema.sql=${word#*=}")
		pod_words+=(--ddl /plan/schema.sql)
		;;
	KEYS=*) pod_words+=(--keys "${word#*=}") ;;
	SHARDS=*) pod_words+=(--shards "${word#*=}") ;;
	CHECKFLAGS=*) pod_words+=(--check "${word#*=}") ;;
	esac
	[[ $word != PLAN=* && $word != DDL=* || -r ${word#*=} ]] || die "cannot read ${word#*=}"
done
[[ ${#gen[@]} == 0 ]] || pod_words+=(--gen "$(quoted "${gen[@]}")")
[[ ${#audit[@]} == 0 ]] || pod_words+=(--eval "$(quoted "${audit[@]}")")
[[ -z $load ]] || pod_words+=(--load)
[[ ${#loading[@]} == 0 ]] || pod_words+=(--load-options "$(quoted "${loading[@]}")")
json "${pod_words[@]}" >/dev/null # here a word that cannot be written ends the call

if [[ -n $print ]]; then
	manifest "$name-1-plan" 1 plan --tasks "$tasks"
	echo ---
	manifest "$name-1-level0" "$tasks" level0 --tasks "$tasks"
	echo ---
	manifest "$name-1-end" 1 end
	exit
fi

# ---- here ---------------------------------------------------------------------------------------

type -P kubectl >/dev/null || die "kubectl is not installed"

kube() {
	kubectl ${namespace:+--namespace="$namespace"} "$@"
}

# run_job JOB TASKS WORD...: until it is complete or has failed; returns 1 if it failed
run_job() {
	local job=$1 state=''
	kube delete job "$job" --ignore-not-found --cascade=foreground --wait >/dev/null || die "kubectl cannot delete a job" 75
	manifest "$@" | kube apply -f - >/dev/null || die "kubectl cannot create the job $job" 75
	until [[ $state == *Complete* || $state == *Failed* ]]; do
		[[ -z $state ]] || sleep "$poll"
		state=" $(kube get job "$job" -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type} {end}')" ||
			die "kubectl cannot say what became of the job $job" 75
	done
	[[ $state == *Complete* ]]
}

# one_round: returns 0 if all is done, and 75 if another round may help; ends with the status otherwise
one_round() {
	local said level n t code=0 text
	run_job "$name-$round-plan" 1 plan --tasks "$tasks" || code=$?
	said=$(kube logs "job/$name-$round-plan" --tail=-1) || said=''
	if ((code != 0)); then
		grep -v '^verdict ' <<<"$said" >&2 || true
		code=$(sed -n 's/^verdict //p' <<<"$said" | tail -n 1)
		die "the plan was not made: see the log of the job $name-$round-plan" "${code:-75}"
	fi
	grep '^plan accepted' <<<"$said" || true
	while read -r _ level n t; do
		[[ -n $level ]] || continue
		echo "level $level: $(count "$n" 'missing shard') in $(count "$t" pod), job $name-$round-level$level"
		run_job "$name-$round-level$level" "$t" "level$level" --tasks "$t" </dev/null || break
	done < <(grep '^list ' <<<"$said")
	run_job "$name-$round-end" 1 end || true
	said=$(kube logs "job/$name-$round-end" --tail=-1)
	read -r _ code text < <(grep '^verdict ' <<<"$said" | tail -n 1) || {
		printf '%s\n' "$said" >&2
		die "the end of round $round failed: see the log of the job $name-$round-end" 75
	}
	if ((code == 75)); then
		echo "$text: made again"
		return 75
	fi
	grep -v '^verdict ' <<<"$said" || true
	((code == 0)) || die "$text" "$code"
	echo "done: $text"
}

if ((${#config[@]} > 0)); then
	kube create configmap "$name" "${config[@]}" --dry-run=client -o yaml | kube apply -f - >/dev/null ||
		die "kubectl cannot create the ConfigMap $name, which may have a mebibyte of plan and schema" 75
fi
for ((round = 1; round <= rounds; round++)); do
	code=0
	one_round || code=$?
	((code != 0)) || exit 0
	((code == 75)) || exit "$code"
done
die "shards are missing after $(count "$rounds" round): the same call makes them" 75
