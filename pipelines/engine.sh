# shellcheck shell=bash
# What the engines of many machines have in common (slurm/, parallel/, kubernetes/): their options, the plan,
# which of its shards are missing, and how some of them are made by one call.
#
# The plan's shards are those of RUN/tables.mk, and what is done is what has a receipt: no scheduler's
# word is taken for it.  After engine_options these are set:
#
#	run	the run directory
#	bin	the folder of the executables
#	gen	options of the generators, an array
#	audit	options of eval, an array
#	load	not empty if the rows are to be loaded; loading: options of load, an array
#	making	what run.mk is given to make the plan, an array
#
# The engine has its name in $engine, and a function own_option OPTION [VALUE], which returns 1 for
# an option that it does not have, 2 if it took the value, and 0 if it needs none.  If stages run elsewhere, $elsewhere
# is not empty.
engine_here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck disable=SC2034 # the engines read them
run='' bin='' load='' audit=() loading=()
gen=() making=()

die() {
	echo "${engine:?}: $1" >&2
	exit "${2:-2}"
}

# ---- options ------------------------------------------------------------------------------------

# The part of every engine's --help that is the same.
# shellcheck disable=SC2034
common_help='  --run DIR         the run directory; made where it is missing
  --plan PLAN       the plan; may be left out when the run has one
  --ddl FILE        SQL text with the schema (default: the database that DATABASE_URL names)
  --keys TABLES     children attach to rows that these tables have: see introspect --help
  --shards N        shards of every table: see plan-check --help
  --check OPTIONS   other options of plan-check, as one word: --check "--seed 7"
  --gen OPTIONS     options of the generators, as one word: --gen "--format binary"
  --eval OPTIONS    options of eval, as one word
  --load            load the rows when they are audited
  --load-options OPTIONS
                    options of load, as one word; implies --load
  --bin DIR         the folder of the executables'

# split OPTION TEXT: into $words, the words of a text as a shell sees them, but without expanding anything
split() {
	local lines
	lines=$(xargs -r printf '%s\n' <<<"$2" 2>/dev/null) || die "$1: a quote in \"$2\" does not end"
	words=()
	[[ -z $lines ]] || mapfile -t words <<<"$lines"
}

# engine_options WORD...: reads the command line
# shellcheck disable=SC2034
engine_options() {
	local opt status words
	while (($#)); do
		opt=$1
		if [[ $opt == --*=* ]]; then
			set -- "${opt%%=*}" "${opt#*=}" "${@:2}"
			opt=$1
		fi
		case $opt in
		-h | --help)
			usage
			exit 0
			;;
		--load) load=1 && shift && continue ;;
		esac
		status=0
		own_option "$@" || status=$?
		if ((status != 1)); then
			shift
			((status == 0)) || shift
			continue
		fi
		case $opt in
		--run | --plan | --ddl | --keys | --shards | --check | --gen | --eval | --load-options | --bin)
			(($# >= 2)) || die "$opt needs a value: see --help"
			;;
		*) die "unknown option $opt: see --help" ;;
		esac
		case $opt in
		--run) run=$2 ;;
		--plan) making+=("PLAN=$2") ;;
		--ddl) making+=("DDL=$2") ;;
		--keys) making+=("KEYS=$2") ;;
		--shards) making+=("SHARDS=$2") ;;
		--check) making+=("CHECKFLAGS=$2") ;;
		--gen) split "$1" "$2" && gen=("${words[@]}") ;;
		--eval) split "$1" "$2" && audit=("${words[@]}") ;;
		--load-options) split "$1" "$2" && loading=("${words[@]}") && load=1 ;;
		--bin) bin=$2 ;;
		esac
		shift 2
	done
	[[ -n $run ]] || die "--run DIR is required: see --help"
	[[ -n ${elsewhere:-} ]] || stages_found || die "no executables found: run make, or name their folder by --bin"
	gen_verified
}

# needs_value NUMBER OPTION: ends with a message unless the command line goes on after OPTION
needs_value() {
	(($1 >= 2)) || die "$2 needs a value: see --help"
}

# number OPTION VALUE: ends with a message unless that is a number above 0
number() {
	[[ $2 =~ ^[1-9][0-9]*$ ]] || die "$1: \"$2\" is not a number above 0"
}

# stages_found: into $bin, where the executables are, if nobody said it: installed, beside this folder; in
# a checkout, below build
stages_found() {
	local dir
	for dir in "$bin" "${DATALCHEMY_BIN:-}" "$engine_here/.." "$engine_here/../build/gcc/bin" \
		"$engine_here/../build/clang/bin"; do
		[[ -n $dir && -x $dir/plan-check ]] || continue
		bin=$(cd "$dir" && pwd)
		return 0
	done
	return 1
}

# gen_verified: ends with a message for what an engine says itself: which shards are made, and where
gen_verified() {
	local option
	for option in "${gen[@]}"; do
		case $option in
		--run* | --table* | -t* | --shard* | --level* | --slice* | --out* | -o* | --jobs* | -j* | --force | --discard)
			die "--gen: $option is for this script to say: leave it out"
			;;
		esac
	done
}

# quoted WORD...: as words of a shell, whichever it is
quoted() {
	local word
	for word; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
}

# ---- the plan -----------------------------------------------------------------------------------

# make_plan: introspect and plan-check, as run.mk has it: what is up to date is left alone.  Ends with
# the status of the stage that failed.
make_plan() {
	local said status=0
	said=$(mktemp)
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C make -s -f "$engine_here/run.mk" plan RUN="$run" \
		BIN="$bin" "${making[@]}" >"$said" 2>&1 || status=$?
	if ((status != 0)); then
		sed '/^make: \*\*\* \[.*\] Error [0-9]*$/d; /tables.mk: No such file or directory$/d' "$said" >&2
		status=$(sed -n 's/^make: \*\*\* \[.*\] Error \([0-9]*\)$/\1/p' "$said" | tail -n 1)
		rm -f "$said"
		exit "${status:-2}"
	fi
	grep '^plan accepted' "$said" || true
	rm -f "$said"
	run=$(cd "$run" && pwd)
}

# ---- shards -------------------------------------------------------------------------------------

# shards [all | damaged]: "LEVEL TABLE SHARD SHARDS NAME ROWS" of every shard that is missing, of all, or of those that have
# files with other bytes than their receipts say; by level.  The status is 2 if the generators do not take the options, and 75 if
# the run cannot be seen.
# shellcheck disable=SC2120
shards() {
	local stage status=0
	for stage in gen-parents gen-children; do
		"$bin/$stage" --run "$run" --list "${1:-missing}" "${gen[@]}" || status=$?
		((status != 2)) || [[ -r $run/plan.msgpack ]] || status=75
		((status == 0)) || return $((status == 2 ? 2 : 75))
	done
}

# damaged: takes away the receipts of shards whose files are not what was generated, so that they are missing; says
# which on stdout.  Every file is read once.
damaged() {
	local list name
	list=$(shards damaged) || return
	while read -r _ _ _ _ name _; do
		[[ -n $name ]] || continue
		rm -f -- "$run/receipts/gen.$name.json"
		printf '%s\n' "$name"
	done <<<"$list"
}

# stage_of LEVEL: the generator of its tables
stage_of() {
	if [[ $1 == 0 ]]; then echo gen-parents; else echo gen-children; fi
}

# calls: of lines "LEVEL TABLE SHARD ...", "LEVEL TABLE SHARD,SHARD,..." for each table, in the order of first lines.
# One call for several shards reads the keys of their parents once.
calls() {
	awk '{
		if (!($2 in at)) {
			at[$2] = ++n
			level[n] = $1
			table[n] = $2
			list[n] = $3
		} else
			list[at[$2]] = list[at[$2]] "," $3
	}
	END {
		for (i = 1; i <= n; i++)
			print level[i], table[i], list[i]
	}'
}

# lists FOLDER TASKS: into FOLDER/todo.LEVEL, the missing shards of each level, which tasks share: see task.sh.  Prints "LEVEL SHARDS
# TASKS" for each level that has any, of at most TASKS tasks.
lists() {
	local missing level n
	rm -rf "$1"
	mkdir -p "$1/log"
	missing=$(shards) || return
	while read -r level; do
		awk -v level="$level" '$1 == level' <<<"$missing" >"$1/todo.$level"
		n=$(wc -l <"$1/todo.$level")
		echo "$level $n $((n < $2 ? n : $2))"
	done < <(awk 'NF { print $1 }' <<<"$missing" | sort -nu)
}

# judge FOLDER: what the tasks of the lists have left, in $why.  The status is 0 if all is there as it was generated, 75 if another
# round may help, and 1 or 2 if a generator said that it would not.
judge() {
	local missing text f
	missing=$(shards) || {
		why='which shards are missing cannot be told'
		return 75
	}
	if [[ -n $missing ]]; then
		why="$(count "$(wc -l <<<"$missing")" shard) missing"
		for f in "$1"/stopped.*; do
			[[ -s $f ]] || continue
			text=$(<"$f")
			why+=", and another attempt is useless: ${text#* }"
			return "${text%% *}"
		done
		return 75
	fi
	text=$(damaged) || {
		why='which files are damaged cannot be told'
		return 75
	}
	[[ -n $text ]] || return 0
	why="$(count "$(wc -l <<<"$text")" shard) damaged ($(head -n 3 <<<"$text" | paste -sd ' '))"
	return 75
}

# count N NOUN: "1 shard", "2 shards"
count() {
	echo "$1 $2$([[ $1 == 1 ]] || echo s)"
}

# make_shards LEVEL TABLE SHARDS [OPTION...]: one call of a generator, its messages in $said.  The status is 75 if
# another call may help: what the generator says so of; a signal; and keys of parents that are not
# there, because this machine may not see yet what another one made, or they were lost.
make_shards() {
	local level=$1 table=$2 which=$3 status=0
	shift 3
	said=$({ "$bin/$(stage_of "$level")" --run "$run" --table "$table" --shard "$which" \
		"${gen[@]}" "$@" >/dev/null; } 2>&1 </dev/null) || status=$?
	[[ $status != 2 || $said != *' needs the keys of '* ]] || status=75
	((status <= 128)) || status=75
	return "$status"
}
