#!/usr/bin/env bash
# A run on hosts that share no file system, by GNU parallel over SSH.
#
#	datalchemy parallel --run runs/a --plan app.plan.json --shards 64 --hosts 8/n1,8/n2,me@n3
#
# The run directory is here, on the machine that calls; hosts have copies of what generators read.  Programs, schema and
# plan are shipped once a host, and before each level of tables the keys of the levels below it.  A host is sent
# a list of digests, says what it lacks, is sent that, and verifies the list again; so a second call ships
# only what changed.  Then the missing shards of the level are jobs of GNU parallel (shards.sh), which make them on
# a host and fetch them.  A shard is there when its files are as its receipt says; else
# parallel gives the job to another host.
set -euo pipefail

engine='datalchemy parallel'
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/engine.sh
. "$here/../engine.sh"

usage() {
	cat <<TXT
Usage: datalchemy parallel --run DIR --plan PLAN --hosts [N/]HOST,... [options]

Generates the rows of a plan on hosts that share no file system, by GNU parallel over SSH.  The run directory
is on this machine, which also runs introspect, plan-check, eval and load.  Hosts need bash, tar, zstd, sha256sum
and this machine's kind of processor and libc; the programs are brought along.  The same call again makes
only what is missing.

$common_help

  --hosts LIST      hosts as ssh knows them; N/ before one: shards at a time there (default: its processors)
  --hosts-file FILE the same, one host a line
  --ssh OPTIONS     options of ssh, as one word: --ssh "-p 2222 -i key"
  --folder DIR      folder on the hosts, from the home directory (default .datalchemy)
  --keep            leave programs and keys there for the next call
  --retries N       attempts at a shard before it waits for the next round (default 3)
  --rounds N        how often what is missing is tried on all hosts (default 3)

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary (no host answers, disk full): the same call makes what is missing
TXT
}

# ---- options ------------------------------------------------------------------------------------

listed='' ssh_options=() folder=.datalchemy keep='' retries=3 rounds=3

own_option() {
	case $1 in
	--keep) keep=1 && return 0 ;;
	--hosts | --hosts-file | --ssh | --folder | --retries | --rounds) needs_value $# "$1" ;;
	*) return 1 ;;
	esac
	case $1 in
	--hosts) listed+=${2//,/$'\n'}$'\n' ;;
	--hosts-file)
		[[ -r $2 ]] || die "cannot read $2"
		listed+=$(grep -v '^ *#' "$2")$'\n'
		;;
	--ssh) split "$1" "$2" && ssh_options=("${words[@]}") ;;
	--folder) folder=$2 ;;
	--retries) number "$1" "$2" && retries=$2 ;;
	--rounds) number "$1" "$2" && rounds=$2 ;;
	esac
	return 2
}

engine_options "$@"
listed=$(sed 's/^ *//; s/ *$//; /^$/d' <<<"$listed" | sort -u)
[[ -n $listed ]] || die "--hosts names no host: see --help"
! grep -qvE '^([1-9][0-9]*/)?[A-Za-z0-9_.@:%+][A-Za-z0-9_.@:%+-]*$' <<<"$listed" ||
	die "--hosts: \"$(grep -vE '^([1-9][0-9]*/)?[A-Za-z0-9_.@:%+][A-Za-z0-9_.@:%+-]*$' <<<"$listed" | head -n 1)\" is not [N/]HOST"
[[ $folder =~ ^[A-Za-z0-9_./+-]+$ && $folder != -* ]] || die "--folder: write letters, digits and _ . / + - only"
for tool in parallel ssh zstd xxhsum tar; do
	type -P "$tool" >/dev/null || die "$tool is not installed here: on Debian, scripts/setup --engines, or apt-get install parallel openssh-client zstd xxhash"
done
parallel --version 2>/dev/null | grep -q '^GNU parallel' || die "parallel is not GNU parallel"

# ---- hosts --------------------------------------------------------------------------------------

# What jobs and hosts have to know: files in a folder of this call.  Its name is short, because it has the sockets
# of connections.
work=$(mktemp -d /tmp/dlp.XXXXXX)
export DATALCHEMY_WORK=$work

# note TEXT: told, and kept in RUN/parallel.report
note() {
	printf '%s\n' "$1"
	printf '%s %s\n' "$(date -u +%FT%TZ)" "$1" >>"$run/parallel.report"
}

finish() {
	local host
	while read -r host; do
		"$work/ssh" -O exit "${host#*/}" 2>/dev/null || true
	done <<<"$listed"
	rm -rf "$work"
	rm -rf "${run:?}/.parallel"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# One connection a host, which all jobs share; a host that does not answer is given up after a quarter of a minute.
{
	echo '#!/bin/bash'
	echo "exec ssh -o BatchMode=yes -o ConnectTimeout=8 -o ServerAliveInterval=4 -o ServerAliveCountMax=3 \\"
	echo "	-o ControlMaster=auto -o ControlPath=$work/%C -o ControlPersist=60 -o LogLevel=ERROR$(quoted "${ssh_options[@]}")" '"$@" 8>&-'
} >"$work/ssh"
# what parallel takes for its ssh: the job runs here, and knows its host
printf '#!/bin/bash\nexport DATALCHEMY_HOST=$1\nshift\n[[ $1 != -- ]] || shift\nexec bash -c "$*"\n' >"$work/on"
chmod +x "$work/ssh" "$work/on"

# on HOST TEXT: a command of a shell there, in the folder of this run
on() {
	"$work/ssh" "$1" "mkdir -p $base/run $base/programs && cd $base && $2"
}

# ship HOST FOLDER SUMS: the files that a list of digests ($work/SUMS) names are the same in the folder there as they
# are in the current directory here
ship() {
	local host=$1 to=$2 sums=$3 lacks
	lacks=$(on "$host" "cd $to && LC_ALL=C sha256sum -c --quiet - 2>/dev/null || true" <"$work/$sums") || return
	[[ -n $lacks ]] || return 0
	sed -n 's/: FAILED\( open or read\)\?$//p' <<<"$lacks" | tar -c --no-recursion -T - -C "$work" "$sums" | zstd -q -3 |
		on "$host" "cd $to && zstd -dq | tar -x && LC_ALL=C sha256sum -c --quiet $sums >/dev/null" || return
	echo "host $host: $(count "$(wc -l <<<"$lacks")" file) shipped" >>"$work/shipped"
}

# libraries PROGRAM: the shared libraries that it needs, without those that belong to the system's libc
libraries() {
	ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// && $1 !~ /^(libc|libm|libpthread|libdl|librt|libresolv|ld-linux.*)\.so/ { print $3 }'
}

# gather: into $work/programs, what is shipped to every host, and the lists of digests
gather() {
	local stage
	mkdir -p "$work/programs/lib"
	for stage in gen-parents gen-children; do
		cp -L "$bin/$stage" "$work/programs"
		# the lines of the source are no use there
		strip -g "$work/programs/$stage" 2>/dev/null || true
		libraries "$bin/$stage"
	done | sort -u | xargs -r cp -L -t "$work/programs/lib"
	(cd "$work/programs" && find . -type f -printf '%P\n' | sort | xargs sha256sum) >"$work/programs.sums"
	(cd "$run" && for f in schema.msgpack plan.msgpack keys/*.existing.msgpack; do
		[[ ! -e $f ]] || printf '%s\0' "$f"
	done | xargs -0 sha256sum) >"$work/inputs.sums"
}

# begin HOST: a host is ready if it has programs and inputs, and the programs work there
begin() {
	local slots=${1%%/*} host=${1#*/} said
	[[ $1 == */* ]] || slots=$(on "$host" nproc) || return
	(cd "$work/programs" && ship "$host" programs programs.sums) || return
	(cd "$run" && ship "$host" run inputs.sums) || return
	said=$(on "$host" "LD_LIBRARY_PATH=programs/lib programs/gen-children --version" 2>&1) || {
		echo "$said" >&2
		return 1
	}
	# GNU parallel's form: how many jobs at a time, and what to call before the command
	echo "$slots/$work/on $host" >"$work/ready.$host"
}

# each FUNCTION HOSTS: call it for each of these hosts, at the same time; those that succeed are the hosts of what follows
each() {
	local what=$1 hosts=$2 host pids=()
	rm -f "$work"/ready.*
	while read -r host; do
		"$what" "$host" </dev/null 2>"$work/said.${host#*/}" || note "host ${host#*/} is left out: $(tail -n 1 "$work/said.${host#*/}")" &
		pids+=($!)
	done <<<"$hosts"
	wait "${pids[@]}"
	cat "$work"/ready.* >"$work/hosts" 2>/dev/null || die "no host can be used" 75
}

# keys: the snapshots that the tables of the level may read are on every host
keys() {
	local host=$1
	(cd "$run" && ship "$host" run keys.sums) || return
	cp "$work/slots.$host" "$work/ready.$host"
}

# ---- levels -------------------------------------------------------------------------------------

# batches: of the lines of shards, "LEVEL TABLE SHARD,SHARD,... NAME/NAME/..." for each job.  A job has a few tenths of a
# second for its connection, so it makes several shards of a table where there are many: as many as leave eight
# jobs for each that runs at a time.
batches() {
	awk -v slots="$(awk -F / '{ n += $1 } END { print n }' "$work/hosts")" '
		{ line[NR] = $0 }
		END {
			most = int((NR + 8 * slots - 1) / (8 * slots))
			for (i = 1; i <= NR; i++) {
				split(line[i], f, " ")
				if (f[2] == table && n < most) {
					which = which "," f[3]
					names = names "/" f[5]
					n++
					continue
				}
				if (i > 1)
					print level, table, which, names
				level = f[1]
				table = f[2]
				which = f[3]
				names = f[5]
				n = 1
			}
			print level, table, which, names
		}'
}

# look [LEVEL]: the missing shards, of a level or of all, into RUN/.parallel/todo; how many into $n
look() {
	local list
	list=$(shards) || die 'which shards are missing cannot be told: see above' $?
	awk -v level="${1:-}" 'NF && (level == "" || $1 == level)' <<<"$list" >"$work/todo"
	n=$(wc -l <"$work/todo")
}

# make_level LEVEL: one attempt at its missing shards, on the hosts that answer
make_level() {
	local level=$1 n
	look "$level"
	((n > 0)) || return 0
	shards all | awk -v level="$level" '$1 < level { print "keys/" $5 ".msgpack" }' |
		(cd "$run" && while read -r key; do [[ ! -e $key ]] || printf '%s\0' "$key"; done | xargs -0r sha256sum) >"$work/keys.sums"
	each keys "$(cd "$work" && printf '%s\n' slots.* | sed 's/^slots\.//')"
	note "level $level: $(count "$n" 'missing shard') on $(count "$(wc -l <"$work/hosts")" host)"
	batches <"$work/todo" >"$work/batches"
	# without SHELL, parallel takes the program that called it for a shell, and no job begins
	SHELL=/bin/bash PARALLEL_SHELL=/bin/bash parallel --will-cite --plain --sshloginfile "$work/hosts" --retries "$retries" --colsep ' ' -j 100% \
		bash "$here/shards.sh" :::: "$work/batches" 2>>"$work/errors" >&2 || true
	[[ ! -s $work/stopped ]] || stop_here
}

# stop_here: a generator said that another attempt is useless
stop_here() {
	local status text
	read -r status text <"$work/stopped"
	note "stopped: $text"
	exit "$status"
}

# tell: who made what, and what went wrong
tell() {
	local n host text
	[[ ! -s $work/shipped ]] || sort "$work/shipped" | uniq -c | while read -r n text; do
		note "$text"
	done
	[[ ! -s $work/made ]] || sort "$work/made" | uniq -c | while read -r n host; do
		note "host $host: $(count "$n" shard)"
	done
	[[ ! -s $work/errors ]] || sort "$work/errors" | uniq -c | sort -rn | head -n 10 | while read -r n text; do
		note "$text${n:+ ($n times)}"
	done
	rm -f "$work/made" "$work/errors" "$work/shipped"
}

# round: every level; returns 1 while shards are missing
round() {
	local level levels f n
	rm -f "$work"/slots.*
	each begin "$listed"
	for f in "$work"/ready.*; do
		cp "$f" "$work/slots.${f##*/ready.}"
	done
	look
	mapfile -t levels < <(awk '!seen[$1]++ { print $1 }' "$work/todo")
	for level in "${levels[@]}"; do
		make_level "$level"
		# the levels above read these
		look "$level"
		((n == 0)) || return 1
	done
}

# all_rounds: until no shard is missing and no file is damaged
all_rounds() {
	local i n text
	for ((i = 1; i <= rounds; i++)); do
		look
		if ((n > 0)); then
			round || true
			tell
			look
		fi
		((n == 0)) || continue
		text=$(damaged) || die 'which files are damaged cannot be told: see above' 75
		[[ -n $text ]] || return 0
		note "$(count "$(wc -l <<<"$text")" shard) damaged ($(head -n 3 <<<"$text" | paste -sd ' ')): made again"
	done
	look
	((n == 0)) || die "$(count "$n" shard) missing, after $(count "$rounds" round): the same call makes what is missing" 75
}

# leave: what was shipped is taken away
leave() {
	local host f
	[[ -z $keep ]] || return 0
	for f in "$work"/slots.*; do
		[[ ! -e $f ]] || {
			host=${f##*/slots.}
			"$work/ssh" "$host" "rm -rf $base && { rmdir $folder || true; }" </dev/null 2>/dev/null || note "host $host: its folder $base could not be removed"
		}
	done
}

make_plan
# one call at a time works on a run directory
exec 8>"$run/pipeline.lock"
flock -n 8 || die "another call works in $run" 75
name=$(cksum <<<"$(hostname) $run")
base=$folder/${name%% *} # on the hosts, this run's: programs/ and run/, a copy of what is read
: >"$run/parallel.report"
rm -rf "$run/.parallel"
mkdir "$run/.parallel"
{
	printf 'run=%q bin=%q base=%q\n' "$run" "$bin" "$base"
	printf 'gen=(%s)\n' "$(quoted "${gen[@]}")"
} >"$work/settings"
gather
all_rounds
leave
"$bin/eval" --run "$run" "${audit[@]}"
[[ -z $load ]] || "$bin/load" --run "$run" "${loading[@]}"
note "done: the rows are audited${load:+ and loaded}"
