# shellcheck shell=bash
# The options of `datalchemy fill` and `datalchemy run`, for pipeline.sh: which there are, what was
# given, and what a run directory remembers of it.
#
# options is the one table of them.  A line has
#
#	name	of the option
#	verb	fill, run, or both
#	value	flag: none; list: any text, and the option may be repeated; text, number, whole, share, date:
#		one value, the last of them counts; a|b|c: one of these words; preview: a number or none
#	memory	new: each call says it anew; kept: a call that resumes goes on with it, or gives another value;
#		a file: kept, and fixed as soon as the run directory has that file, which is made with it
#	stages	that are called with it: init is plan-check --init, check is plan-check, gen are both generators;
#		-: it is for pipeline.sh alone
options='
	--run              both  text            new             -
	--run-dir          both  text            new             -
	--conn             both  text            new             -
	--resume           both  flag            new             -
	--quiet            both  flag            new             -
	--jobs             both  number          kept            -
	--load             run   flag            kept            -
	--dry-run          both  flag            new             load
	--truncate         both  flag            new             load
	--preview          both  preview         new             -
	--plan             run   text            kept            -
	--ddl              run   text            schema.msgpack  introspect
	--keys             run   list            schema.msgpack  introspect
	--schema           both  list            schema.msgpack  introspect
	--tables           both  list            schema.msgpack  introspect,init
	--exclude          both  list            schema.msgpack  introspect,init
	--keep-filled      both  flag            schema.msgpack  -
	--append           fill  flag            schema.msgpack  init
	--append           run   flag            kept            load
	--rows             fill  text            plan.json       init
	--scale            fill  text            plan.json       init
	--seed             fill  whole           plan.json       init
	--as-of            fill  date            plan.json       init
	--locale           fill  text            plan.json       init
	--null-rate        fill  share           plan.json       init
	--rows             run   text            plan.msgpack    check
	--seed             run   whole           plan.msgpack    check
	--as-of            run   date            plan.msgpack    check
	--null-rate        run   share           plan.msgpack    check
	--shards           both  text            plan.msgpack    check
	--data             both  text            plan.msgpack    check
	--format           both  binary|text|csv|jsonl  data     gen
	--compress         both  none|zstd       data            gen
	--in-place         both  flag            kept            load
	--triggers         both  on|off|auto     kept            load
	--without-trigger  both  list            kept            load
	--set              both  list            kept            introspect,load,eval'

# Other names of options.
declare -A other_names=([-j]=--jobs [-q]=--quiet [-h]=--help [--no-triggers]='--triggers=off')

declare -A kind=() memory=() stages_of=() # by option of this verb
declare -A foreign=()                    # options of the other verb only
declare -A value=()                      # by option: what was given; of flags and lists: yes
names=()                                 # options of this verb, in the order of the table
lists=()                                 # each value of a list: option, value

read_table() {
	local name verbs what kept stages
	while read -r name verbs what kept stages; do
		[[ -n $name ]] || continue
		if [[ $verbs != both && $verbs != "$verb" ]]; then
			foreign[$name]=$verbs
			continue
		fi
		names+=("$name")
		kind[$name]=$what memory[$name]=$kept stages_of[$name]=,$stages,
	done <<<"$options"
}

# given OPTION...: whether one of them was given
given() {
	local name
	for name; do
		[[ -z ${value[$name]+set} ]] || return 0
	done
	return 1
}

# words_for STAGE: into $words, the options that this stage is called with
words_for() {
	local name i
	words=()
	for name in "${names[@]}"; do
		{ [[ ${stages_of[$name]} == *,$1,* ]] && given "$name"; } || continue
		case ${kind[$name]} in
		flag) words+=("$name") ;;
		list)
			for ((i = 0; i < ${#lists[@]}; i += 2)); do
				[[ ${lists[i]} != "$name" ]] || words+=("$name" "${lists[i + 1]}")
			done
			;;
		*) words+=("$name" "${value[$name]}") ;;
		esac
	done
}

# ---- what is wrong with an option ---------------------------------------------------------------

# distance A B: into $steps, how many letters to add, take away or change (Levenshtein, 1965)
distance() {
	local a=$1 b=$2 i j corner above
	local row=()
	for ((j = 0; j <= ${#b}; j++)); do row[j]=$j; done
	for ((i = 1; i <= ${#a}; i++)); do
		corner=${row[0]}
		row[0]=$i
		for ((j = 1; j <= ${#b}; j++)); do
			above=${row[j]}
			steps=$corner
			[[ ${a:i-1:1} == "${b:j-1:1}" ]] || ((++steps))
			corner=$above
			((steps <= above + 1)) || steps=$((above + 1))
			((steps <= row[j - 1] + 1)) || steps=$((row[j - 1] + 1))
			row[j]=$steps
		done
	done
	steps=${row[${#b}]}
}

unknown() {
	local name near='' least=3 steps
	[[ -z ${foreign[$1]:-} ]] || die "$1 is an option of datalchemy ${foreign[$1]}: see datalchemy $verb --help"
	for name in "${names[@]}"; do
		distance "$1" "$name"
		((steps >= least)) || near=$name least=$steps
	done
	die "unknown option $1${near:+: did you mean $near?}: see datalchemy $verb --help"
}

# A message may be kept in a log: nothing of a connection string belongs there.
redacted() {
	[[ $1 == *://* || $1 == *=* ]] && echo 'a connection' || echo "$1"
}

# verify OPTION VALUE: ends with a message unless the option can have that value
verify() {
	local wrong=''
	case ${kind[$1]} in
	number) [[ $2 =~ ^[0-9]*[1-9][0-9]*$ ]] || wrong='a number above 0' ;;
	whole) [[ $2 =~ ^[0-9]+$ ]] || wrong='an integer, 0 or more' ;;
	share) [[ $2 =~ ^[0-9]*\.?[0-9]+([eE]-?[0-9]+)?$ ]] || wrong='a number from 0 to 1' ;;
	date) [[ $2 =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] || wrong='a date (YYYY-MM-DD)' ;;
	*'|'*) [[ "|${kind[$1]}|" == *"|$2|"* ]] || wrong="one of ${kind[$1]//|/, }" ;;
	*) [[ -n $2 ]] || wrong='a value' ;;
	esac
	[[ -z $wrong ]] || die "$1: \"$2\" is not $wrong"
}

# ---- reading ------------------------------------------------------------------------------------

# accept OPTION [VALUE]
accept() {
	case ${kind[$1]} in
	flag) value[$1]=yes ;;
	list)
		verify "$1" "$2"
		value[$1]=yes
		lists+=("$1" "$2")
		;;
	*)
		verify "$1" "$2"
		value[$1]=$2
		# the environment, not an argument: arguments show in ps
		[[ $1 != --conn ]] || export DATABASE_URL=$2
		;;
	esac
}

# parse WORD...: the command line, or what the run directory remembers of another
parse() {
	local name
	while (($#)); do
		name=$1
		case $name in
		-j?*) set -- -j "${1#-j}" "${@:2}" && continue ;;
		--*=*)
			name=${1%%=*}
			[[ ${kind[$name]:-} != flag ]] || die "$name takes no value"
			[[ ${kind[$name]:-} != preview || ${1#*=} =~ ^[0-9]+$ ]] ||
				die "--preview: \"${1#*=}\" is not a number"
			[[ -n ${kind[$name]:-} ]] || unknown "$name"
			accept "$name" "${1#*=}"
			shift
			continue
			;;
		esac
		[[ -n $name ]] || die "an argument is empty: see datalchemy $verb --help"
		name=${other_names[$name]:-$name}
		if [[ $name == --help ]]; then
			usage_"$verb"
			exit 0
		elif [[ $name == *=* && $name != "$1" ]]; then
			accept "${name%%=*}" "${name#*=}"
		elif [[ $name != -* ]]; then
			{ [[ $verb == fill ]] && ! given --conn; } ||
				die "\"$(redacted "$1")\" is one argument too many: see datalchemy $verb --help"
			accept --conn "$1"
		elif [[ -z ${kind[$name]:-} ]]; then
			unknown "$name"
		elif [[ ${kind[$name]} == flag ]]; then
			accept "$name"
		elif [[ ${kind[$name]} == preview ]]; then
			value[$name]=5
			[[ ! ${2:-} =~ ^-[0-9]+$ ]] || die "--preview: \"$2\" is not a number"
			if [[ ${2:-} =~ ^[0-9]+$ ]]; then
				value[$name]=$2
				shift
			fi
		else
			{ (($# >= 2)) && [[ $2 != --* ]]; } || die "$1 needs a value: see datalchemy $verb --help"
			accept "$name" "$2"
			shift
		fi
		shift
	done
}

# ---- memory -------------------------------------------------------------------------------------

# save FILE: what a call that resumes goes on with; never a connection
save() {
	local name i
	local kept=("$verb")
	for name in "${names[@]}"; do
		{ [[ ${memory[$name]} != new ]] && given "$name"; } || continue
		case ${kind[$name]} in
		flag) kept+=("$name") ;;
		list) ;;
		*) kept+=("$name=${value[$name]}") ;;
		esac
	done
	for ((i = 0; i < ${#lists[@]}; i += 2)); do
		kept+=("${lists[i]}=${lists[i + 1]}")
	done
	printf '%s\0' "${kept[@]}" >"$1.tmp.$$"
	mv "$1.tmp.$$" "$1"
}

# values_of OPTION: what was given, to compare
values_of() {
	local i
	printf '%s\n' "${value[$1]-}"
	for ((i = 0; i < ${#lists[@]}; i += 2)); do
		[[ ${lists[i]} != "$1" ]] || printf '%s\n' "${lists[i + 1]}"
	done
}

# forget OPTION
forget() {
	local i rest=()
	unset "value[$1]"
	for ((i = 0; i < ${#lists[@]}; i += 2)); do
		[[ ${lists[i]} == "$1" ]] || rest+=("${lists[i]}" "${lists[i + 1]}")
	done
	lists=("${rest[@]}")
}

# remember FILE RUN WORD...: what FILE has, but for the options that the words give another value.  What
# was made with an option is there still: for that, another value comes too late.
remember() {
	local file=$1 run=$2 name
	local -A now=()
	local first
	shift 2
	for name in "${names[@]}"; do
		! given "$name" || now[$name]=$(values_of "$name")
	done
	mapfile -d '' -t first <"$file"
	[[ ${first[0]:-} == "$verb" ]] || die "$run is a run of datalchemy ${first[0]:-}"
	value=() lists=()
	parse "${first[@]:1}"
	for name in "${!now[@]}"; do
		[[ ${memory[$name]} == new || ${memory[$name]} == kept || ! -e $run/${memory[$name]} ||
			$(values_of "$name") == "${now[$name]}" ]] ||
			die "a run that is resumed has the rows it was begun with: leave out $name, or begin a new run without --resume"
		forget "$name"
	done
	parse "$@"
}
