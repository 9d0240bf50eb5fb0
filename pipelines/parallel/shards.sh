#!/usr/bin/env bash
# Some shards of a table on one host, a job of the parallel that run.sh calls:
#
#	shards.sh LEVEL TABLE SHARD,SHARD,... NAME/NAME/...
#
# The job runs on the machine that has the run directory.  It makes the shards on $DATALCHEMY_HOST, and receives their files as
# one compressed stream.  They are unpacked beside the run's own; each shard is compared with the receipt that came with
# it, and only then renamed, the receipt last.  A status other than 0 has parallel give the job to another host,
# unless the file "stopped" says that this would be useless.
set -euo pipefail

# shellcheck disable=SC2034 # die says it
engine=shards.sh
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/engine.sh
. "$here/../engine.sh"
work=${DATALCHEMY_WORK:?} host=${DATALCHEMY_HOST:?}
base=''
# shellcheck disable=SC1091
. "$work/settings"
level=$1 table=$2 which=$3
IFS=/ read -ra names <<<"$4"
in=$run/.parallel/${names[0]}.$$
trap 'rm -rf "$in"' EXIT

[[ ! -e $work/stopped ]] || exit 1

# problem TEXT: for the report
problem() {
	printf 'host %s: %s\n' "$host" "$1" >>"$work/errors"
}

# The files of the shards go to stdout if all were made, and rows are removed then; keys stay, since children of the shards
# may be made on this host.
make_them="cd $base/run && LD_LIBRARY_PATH=../programs/lib ../programs/$(stage_of "$level") --run . \
--table '$table' --shard $which$(quoted "${gen[@]}") >/dev/null &&
for n in$(quoted "${names[@]}"); do ls receipts/gen.\$n.json data/\$n.* keys/\$n.msgpack 2>/dev/null; done | tar -c -T - | zstd -q -1 &&
for n in$(quoted "${names[@]}"); do rm -f data/\$n.*; done"

# gone: a host that does not answer twice gets no other job
gone() {
	"$work/ssh" "$host" true </dev/null 2>/dev/null && return
	(
		flock 9
		# the last one stays: parallel takes an empty list for this machine
		if [[ $(wc -l <"$work/hosts") -gt 1 ]] && grep -q " $host\$" "$work/hosts"; then
			grep -v " $host\$" "$work/hosts" >"$work/hosts.new"
			mv "$work/hosts.new" "$work/hosts"
			problem 'does not answer: its shards go to the others'
		fi
	) 9>"$work/lock"
}

# verified NAME: whether the files of that shard are those that its receipt tells of
verified() {
	local path sum
	[[ -s $in/receipts/gen.$1.json ]] || return
	while read -r path sum; do
		[[ $path == data/$1.* || $path == keys/$1.msgpack ]] || return
		[[ $(xxhsum -H2 -q <"$in/$path" | cut -d ' ' -f 1) == "$sum" ]] || return
	done < <(awk '/^  "outputs"/ { on = 1 } /^  "kept"/ { exit }
		on && /"path"/ { split($0, p, "\"") } on && /"xxh3_128"/ { split($0, s, "\""); print p[4], s[4] }' \
		"$in/receipts/gen.$1.json")
}

# land NAME: the files get their names in the run
land() {
	local f
	rm -f "$run/receipts/gen.$1.json"
	for f in "$in/data/$1".* "$in/keys/$1.msgpack" "$in/receipts/gen.$1.json"; do
		[[ ! -e $f ]] || {
			sync "$f"
			mv "$f" "$run/${f#"$in/"}"
		}
	done
	echo "$host" >>"$work/made"
}

mkdir -p "$in" "$run/data" "$run/keys" "$run/receipts"
{ "$work/ssh" "$host" "$make_them" </dev/null 2>"$in/said" || echo $? >"$in/status"; } |
	{ zstd -dq 2>/dev/null || true; } | tar -x -m -C "$in" 2>/dev/null || true
status=0
[[ ! -s $in/status ]] || status=$(<"$in/status")
said=$(tail -n 1 "$in/said")
case $status in
0) ;;
255)
	problem "${said:-the connection broke}"
	gone || true
	exit 255
	;;
1 | 2)
	[[ $said == *' needs the keys of '* ]] ||
		printf '%s %s\n' "$status" "${said:-host $host: status $status}" >"$work/stopped"
	exit "$status"
	;;
*)
	problem "${said:-status $status}"
	exit "$status"
	;;
esac
for name in "${names[@]}"; do
	if verified "$name"; then
		land "$name"
	else
		problem "$name did not arrive as it was made"
		status=75
	fi
done
exit "$status"
