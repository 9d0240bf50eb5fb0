#!/usr/bin/env bash
# One task of a job array of Slurm, or of an Indexed Job of Kubernetes:
#
#	task.sh RUN BIN FOLDER LEVEL TASKS CPUS RETRIES DELAY [OPTION of the generators...]
#
# It makes the lines t, t+TASKS, t+2*TASKS ... of FOLDER/todo.LEVEL, t being its number in the array.  TASKS is an
# argument, because Slurm counts only the tasks of a submission.  What ends with status 75 is tried again; status 1
# and 2 are written to FOLDER/stopped.LEVEL.t, and no task begins another call then.
set -euo pipefail

engine=task.sh
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/engine.sh
. "$here/engine.sh"
run=$1 bin=$2 folder=$3 level=$4 tasks=$5 cpus=$6 retries=$7 delay=$8
gen=("${@:9}")
t=${SLURM_ARRAY_TASK_ID:-${JOB_COMPLETION_INDEX:?}}

# attempt TABLE SHARDS: that call, again while its status is 75
attempt() {
	local try=0 status
	while :; do
		status=0
		make_shards "$level" "$1" "$2" --jobs "$cpus" || status=$?
		[[ -z $said ]] || printf '%s\n' "$said" >&2
		((status == 75 && ++try <= retries)) || return "$status"
		sleep "$(awk "BEGIN { print $delay * $try * $try }")"
	done
}

worst=0
while read -r _ table which; do
	! compgen -G "$folder/stopped.*" >/dev/null || exit 1
	status=0
	attempt "$table" "$which" || status=$?
	case $status in
	0) ;;
	75) worst=75 ;;
	*)
		printf '%s %s\n' "$status" "${said##*$'\n'}" >"$folder/stopped.$level.$t"
		exit "$status"
		;;
	esac
done < <(awk -v t="$t" -v tasks="$tasks" '(NR - 1) % tasks == t' "$folder/todo.$level" | calls)
exit "$worst"
