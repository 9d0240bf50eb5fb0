#!/usr/bin/env bash
# The stages one after another: `datalchemy fill` and `datalchemy run` are this script.
#
#	pipeline.sh fill [URL] [options]	the plan is made from the schema, the rows are loaded
#	pipeline.sh run --plan PLAN [options]	the plan is given, and so is whether to load
#
# Everything that is known of the data is known by the stages.  This script chooses their options,
# their order, and what is shown of what they say.  A stage that has done its work finds it done
# when it is called again, so a run that was interrupted continues with the same calls.
set -euo pipefail

verb=${1:?fill or run}
shift

# ---- what is said -------------------------------------------------------------------------------

usage_fill() {
	cat <<'TXT'
Usage: datalchemy fill [URL] [options]

Fills the tables of a PostgreSQL database with synthetic rows.
The schema is read, a plan is made from it, the database is looked at before a row is made, and the
rows are loaded in one transaction with every constraint validated.  Tables that have rows already
are refused, not changed.

The database
  URL, --conn URL    postgresql://...; better DATABASE_URL, because others can see arguments by ps
                     (default: DATABASE_URL, else libpq's environment)
  --schema NAME      only this schema (may be repeated)
  --tables PATTERN   only these tables, as 'crm.*' or leads, and the parents that they need
                     (may be repeated)
  --exclude PATTERN  not these tables (may be repeated)

The rows
  --rows N           rows of every table (default 100); 'N;schema.table=M' for some
  --scale X          X times the default number of rows
  --seed N           other rows (default 42); the same seed gives the same rows
  --as-of DATE       the date that counts as today (default: today)
  --locale LOCALE    pt_BR (default) or en_US
  --null-rate R      share of NULLs in nullable columns (default 0.1)

The load
  --preview [N]      show the first N rows (default 5) of each table; write nothing
  --dry-run          load, have the server validate everything, and roll back
  --truncate         empty the tables first, in the same transaction
  --append           add rows to the tables that have some
  --triggers POLICY  which insert triggers fire: on, off or auto (see datalchemy load --help);
                     --no-triggers: off; --without-trigger SCHEMA.TABLE.NAME: all but this one
  --set NAME=VALUE   a setting of the session that loads (may be repeated)
  --in-place         keep keys and indexes while rows are copied

The run
  --run DIR          the run directory (default: a new one, which is named)
  --run-dir DIR      where a new one is made (default: runs)
  --resume           continue the run of --run after a failure
  -j, --jobs N       worker processes (default: the number of processors)
  --shards N         shards of every table
  --format F         binary (default), text, csv
  --compress zstd    compress the files
  --quiet            print the run directory and what goes wrong, nothing else

Examples
  DATABASE_URL=postgresql://localhost/app datalchemy fill --rows 1000
  datalchemy fill --preview --tables 'shop.*'
  datalchemy fill --dry-run
  datalchemy fill --run runs/a --resume

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary (disk full, server away): a retry may help
After any failure the database is as it was.
TXT
}

usage_run() {
	cat <<'TXT'
Usage: datalchemy run --plan PLAN [--conn URL | --ddl FILE] [options]

Makes the rows of a plan, audits them, and loads them if that is asked for.

Options
  --plan PLAN       the plan (plan.json)
  --conn URL        the database: its schema is read, and its tables are filled with --load
                    (default: DATABASE_URL, else libpq's environment)
  --ddl FILE        read the schema from SQL text instead, with a throwaway PostgreSQL
  --run DIR         the run directory (default: a new one under runs/)
  --run-dir DIR     where a new one is made (default: runs)
  --load            copy the rows into the database of --conn, and audit them there by SQL
  --dry-run         as --load, but roll back when the server has validated everything
  --preview [N]     show the first N rows (default 5) of each table; write nothing
  --in-place, --truncate, --append, --triggers POLICY, --no-triggers, --without-trigger NAME,
  --set NAME=VALUE  for --load: see datalchemy load --help
  -j, --jobs N      worker processes (default 1)
  --shards N        shards of every table (default: the plan's)
  --seed N          another seed than the plan's
  --rows SPEC       other row counts: 1000, or '1000;crm.leads=500000'
  --as-of DATE      another date that counts as today
  --null-rate R     share of NULLs in nullable columns without a rule
  --format F        csv (default), text, binary, jsonl
  --compress zstd   compress the rows
  --schema S        only this namespace (may be repeated)
  --tables PATTERN, --exclude PATTERN
                    only these tables, with the parents that they need; not these
  --keys TABLES     children attach to the rows these tables have: SCHEMA.TABLE[(COLUMN,...)][,...]
  --resume          leave out what the run directory says is done
  --quiet           print the run directory and what goes wrong, nothing else

Prints run_dir=DIR first; the reports are DIR/report.md and DIR/report.html.

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary (disk full, server away): a retry may help
TXT
}

die() {
	echo "datalchemy $verb: $*" >&2
	exit 2
}

say() {
	[[ -n $quiet ]] || printf '%s\n' "$*"
}

# ---- options ------------------------------------------------------------------------------------

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
bin=${DATALCHEMY_BIN:-$(cd "$here/../build/gcc/bin" && pwd)}

# What a new call begins with; a call that resumes begins with what the first one was given.
defaults() {
	plan='' run='' run_dir=runs load='' dry='' preview='' resume='' quiet='' append=''
	url='' jobs=1
	source=() plan_opts=() gen=() load_opts=() set_opts=() kept=()
	if [[ $verb == fill ]]; then
		load=1
		jobs=$(nproc 2>/dev/null || echo 1)
	fi
}

# keep WORD...: of this call, for one that resumes; never a connection
keep() {
	kept+=("$@")
}

# only VERB OPTION: OPTION is one of that verb
only() {
	[[ $verb == "$1" ]] || die "$2 is an option of datalchemy $1: see datalchemy $verb --help"
}

flag() {
	case $1 in
	--load) load=1 ;;
	--dry-run) dry=1 load=1 ;;
	--in-place | --truncate | --no-triggers) load_opts+=("$1") ;;
	--append)
		append=1
		[[ $verb == fill ]] || load_opts+=("$1")
		;;
	--resume)
		resume=1
		return
		;;
	--quiet | -q) quiet=1 ;;
	*) return 1 ;;
	esac
	keep "$1"
}

valued() {
	case $1 in
	# the environment, not an argument: arguments show in ps
	--conn)
		url=$2
		export DATABASE_URL=$2
		return
		;;
	--run)
		run=$2
		return
		;;
	--run-dir)
		run_dir=$2
		return
		;;
	--plan) only run "$1" && plan=$2 ;;
	--ddl | --keys) only run "$1" && source+=("$1" "$2") ;;
	--schema) source+=("$1" "$2") ;;
	--tables | --exclude)
		source+=("$1" "$2")
		[[ $verb == run ]] || plan_opts+=("$1" "$2")
		;;
	--scale | --locale) only fill "$1" && plan_opts+=("$1" "$2") ;;
	--rows | --seed | --as-of | --null-rate) plan_opts+=("$1" "$2") ;;
	--shards) shards=("$1" "$2") ;;
	--format | --compress) gen+=("$1" "$2") ;;
	--triggers | --without-trigger) load_opts+=("$1" "$2") ;;
	--set) set_opts+=("$1" "$2") ;;
	--jobs | -j) jobs=$2 ;;
	*) die "unknown option $1: see datalchemy $verb --help" ;;
	esac
	keep "$1" "$2"
}

# --preview may be followed by a number, or not
take_preview() {
	preview=5
	[[ ${1:-} =~ ^[0-9]+$ ]] || return 1
	preview=$1
}

parse() {
	while (($#)); do
		case $1 in
		-h | --help) usage_"$verb" && exit 0 ;;
		--preview=*) take_preview "${1#*=}" || die "--preview: \"${1#*=}\" is not a number" ;;
		--preview) ! take_preview "${2:-}" || shift ;;
		-j?*) valued -j "${1#-j}" ;;
		--*=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			continue
			;;
		-*)
			if ! flag "$1"; then
				(($# >= 2)) || die "$1 needs a value, or is unknown: see datalchemy $verb --help"
				valued "$1" "$2"
				shift
			fi
			;;
		*)
			[[ $verb == fill && -z $url ]] || die "\"$(redacted "$1")\" is one argument too many: see datalchemy $verb --help"
			valued --conn "$1"
			;;
		esac
		shift
	done
}

# A message may be kept in a log: nothing of a connection string belongs there.
redacted() {
	[[ $1 == *://* || $1 == *=* ]] && echo 'a connection' || echo "$1"
}

has() {
	local want=$1 word
	shift
	for word; do
		[[ $word != "$want" ]] || return 0
	done
	return 1
}

check_options() {
	[[ $jobs =~ ^[1-9][0-9]*$ ]] || die "--jobs: \"$jobs\" is not a number above 0"
	if [[ -n $append ]] && has --truncate "${load_opts[@]}"; then
		die "--truncate and --append exclude each other"
	fi
	if [[ -n $preview ]] && ((${#load_opts[@]} + ${#gen[@]} > 0)); then
		local word=${load_opts[0]:-${gen[0]:-}}
		die "--preview writes nothing: leave out $word"
	fi
	if [[ -z $load ]] && ((${#load_opts[@]} > 0)); then
		die "${load_opts[0]} is for --load"
	fi
	if [[ $verb == run ]]; then
		[[ -n $plan ]] || die "--plan is required: see datalchemy run --help"
		[[ -r $plan ]] || die "cannot read $plan"
	elif [[ -z ${DATABASE_URL:-}${PGHOST:-}${PGSERVICE:-}${PGDATABASE:-} ]]; then
		die "which database? export DATABASE_URL=postgresql://HOST/DATABASE, or name it: see datalchemy fill --help"
	fi
}

shards=()
defaults
given=("$@")
parse "$@"
# What the first call was given comes first, so that what this one is given counts.
if [[ -n $resume ]]; then
	[[ -n $run ]] || die "--resume needs --run DIR, the directory that the first call named"
	[[ -r $run/pipeline.args ]] || die "$run holds no run of datalchemy $verb that could be resumed"
	if ((${#source[@]} + ${#plan_opts[@]} + ${#gen[@]} + ${#shards[@]} > 0)) || [[ -n $append ]]; then
		die "a run that is resumed has the rows it was begun with: leave out ${kept[0]}, or begin a new one without --resume"
	fi
	mapfile -d '' -t first <"$run/pipeline.args"
	[[ ${first[0]:-} == "$verb" ]] || die "$run is a run of datalchemy ${first[0]:-}"
	defaults
	parse "${first[@]:1}" "${given[@]}"
fi
check_options

# ---- stages -------------------------------------------------------------------------------------

# Stages run in the background, so that this script hears a signal at once and passes it on; they
# end with this script, should it be killed (DATALCHEMY_PARENT).
child=
loaded=
refused=
tries=0
has_rows=
no_table=
fresh=
step=start

trap 'stop INT' INT
trap 'stop TERM' TERM
trap 'stop HUP' HUP

# stop SIGNAL: ends the stage at work, and this script
stop() {
	trap '' INT TERM HUP
	if [[ -n $child ]]; then
		kill -TERM "$child" 2>/dev/null || true
		wait "$child" 2>/dev/null || true
	fi
	[[ -z $run || -n $preview ]] || next_step 75 "stopped by SIG$1"
	exit 75
}

# excluding: the tables that have rows, as options
excluding() {
	local names name
	IFS=, read -ra names <<<"$has_rows"
	for name in "${names[@]}"; do
		printf ' --exclude %q' "${name# }"
	done
}

# The one thing to do after a failure: the last line.
next_step() {
	local status=$1 how="datalchemy $verb"
	[[ -z $url ]] || [[ $verb != fill ]] || how+=" URL"
	how+=" --run $(printf %q "$run") --resume"
	[[ -z ${2:-} ]] || echo "datalchemy $verb: $2" >&2
	if [[ $verb == fill && (! -e $run/schema.msgpack || ($status != 75 && ! -e $run/plan.json)) ]]; then
		# nothing was made that could be continued, or with options that are wrong
		[[ -z $fresh ]] || rm -rf "$run"
		if [[ $status == 75 ]]; then
			echo "datalchemy fill: the database is as it was; call again with the same options" >&2
		else
			echo "datalchemy fill: the database is as it was; mend what is said above, then call again" >&2
		fi
	elif [[ -z $loaded && -e $run/receipts/load.pending.json ]]; then
		echo "datalchemy $verb: the server was asked to commit and did not answer; to find out, and to finish: $how" >&2
	elif [[ -n $loaded ]]; then
		echo "datalchemy $verb: the rows are loaded; to finish: $how" >&2
	elif [[ -n $has_rows && $has_rows != *' and '*' more' && $verb == fill && -n $fresh ]]; then
		# a few tables: what an application's schema came with
		rm -rf "$run"
		echo "datalchemy fill: the database is as it was; to leave these tables as they are, call again with:$(excluding)" >&2
	elif [[ -n $has_rows ]]; then
		echo "datalchemy $verb: the database is as it was; to empty the tables first: $how --truncate" >&2
	elif [[ -n $no_table && $verb == fill ]]; then
		[[ -z $fresh ]] || rm -rf "$run"
		echo "datalchemy fill: there is no table to fill: create the schema first, or choose other --tables" >&2
	elif [[ $step == plan-check && $status == 1 && $verb == fill ]]; then
		echo "datalchemy $verb: the database is as it was; edit $run/plan.json, then: $how" >&2
	elif [[ $status == 75 ]]; then
		echo "datalchemy $verb: the database is as it was; to continue: $how" >&2
	else
		echo "datalchemy $verb: the database is as it was; mend what is said above, then: $how" >&2
	fi
}

# stage NAME ARGUMENT...: run it.  For run it prints as if it had been called by itself.  For fill,
# whose schema may have hundreds of warnings, what it prints goes into the run's log; results are
# shown too where $out is "show", and messages if it fails.
stage() {
	local name=$1 status=0 say=$run/pipeline.out messages=$run/pipeline.err
	step=$name refused=
	if [[ $verb == run && -z $quiet ]]; then
		DATALCHEMY_PARENT=$$ "$bin/$name" "${@:2}" &
	else
		DATALCHEMY_PARENT=$$ "$bin/$name" "${@:2}" >"$say" 2>"$messages" &
	fi
	child=$!
	wait "$child" || status=$?
	child=
	if [[ -e $messages ]]; then
		[[ $out != show || -n $quiet ]] || cat "$say"
		if ((status != 0)); then
			grep -v ': warning: ' "$messages" | show_some >&2 || true
		elif [[ $name == plan-check && $out == show && -z $quiet ]]; then
			exceptions "$messages" | show_some 20
		elif [[ $name == load ]]; then # triggers that were off, or may have changed rows
			show_some 10 <"$messages" >&2
		fi
		has_rows=$(sed -nE 's/^load: (.*) (has|have) rows already: .*/\1/p' "$messages")
		# "schema.table=reason"; the message names constraints, never values
		refused=$(sed -nE 's/^load: loading ([^:]*): (.*, SQLSTATE (23|22|P0|42)...)$/\1=the database refuses its rows: \2/p' "$messages")
		! grep -q '^error targets_empty ' "$messages" || no_table=1
		cat "$say" "$messages" >>"$run/pipeline.log"
		rm -f "$say" "$messages"
	fi
	((status != 0)) || return 0
	# fill can go on without a table whose rows the database refuses
	[[ -z $refused || $status != 2 || $verb != fill || -n $append || $tries -ge 60 ]] || return 1
	failed "$status"
}

# exceptions FILE: of plan-check's messages those that say which tables have no rows, or fewer than
# were asked for, and which foreign keys are NULL, with what to do
exceptions() {
	sed -nE '/^warning (table_skipped|rows_clipped|fk_parent_outside) /{
		s/^warning [a-z_]+ .* \([0-9]+:[0-9]+\): //
		p
		n
		/^    hint: /p
	}' "$1"
}

# show_some [MOST]: the first lines of many
show_some() {
	local line n=0 most=${1:-40}
	while IFS= read -r line; do
		((++n > most)) || printf '%s\n' "$line"
	done
	((n <= most)) || echo "... and $((n - most)) lines more in $run/pipeline.log"
}

failed() {
	local status=$1
	# a stage that a signal ended may work another time
	((status <= 128)) || status=75
	[[ -n $preview ]] || next_step "$status"
	exit "$status"
}

# ---- the pipeline -------------------------------------------------------------------------------

# Where a line of progress is drawn, while messages go into a file.
if [[ -t 2 ]]; then
	exec 8>&2
	export DATALCHEMY_PROGRESS_FD=8
fi

if [[ -n $preview ]]; then
	run=$(mktemp -d "${TMPDIR:-/tmp}/datalchemy.XXXXXX") || exit 75
	trap 'rm -rf "$run"' EXIT
else
	[[ -n $run ]] || run=$run_dir/$(date -u +%Y-%m-%dT%H-%M-%SZ)__run_$(cut -d- -f1 /proc/sys/kernel/random/uuid)
	if [[ $verb == fill && -z $resume && -e $run/schema.msgpack ]]; then
		die "$run holds a run already: add --resume to continue it, or name another directory"
	fi
	[[ -e $run ]] || fresh=1
	mkdir -p "$run" || exit 75
	printf '%s\0' "$verb" "${kept[@]}" >"$run/pipeline.args.tmp.$$"
	mv "$run/pipeline.args.tmp.$$" "$run/pipeline.args"
	echo "run_dir=$run"
fi

# made NAME: whether a run that is resumed has that file
made() {
	[[ -e $run/$1 ]]
}

introspect_args=("${source[@]}" "${set_opts[@]}")
# Children refer to rows of tables that are not to be filled; rows are added to those that are.
[[ $verb == run ]] || introspect_args+=(--keys "$([[ -n $append ]] && echo all || echo auto)")
out=log
if ! made schema.msgpack; then
	stage introspect "${introspect_args[@]}" --run "$run"
	[[ $verb == run || -n $quiet ]] || grep '^added: ' "$run/pipeline.log" | show_some || true
fi

check_args=("${shards[@]}")
if [[ $verb == fill ]]; then
	plan=$run/plan.json
	# rows that the database refuses cost their table alone
	check_args+=(--draw-unchecked)
	[[ -z $append ]] || plan_opts+=(--append)
	made plan.json || stage plan-check --init "$plan" --run "$run" "${plan_opts[@]}"
	# tables whose rows the database has refused before, unless the plan was edited since
	if made pipeline.skip && [[ $run/pipeline.skip -nt $plan ]]; then
		while IFS= read -rd '' refused; do
			check_args+=(--skip "$refused")
		done <"$run/pipeline.skip"
	else
		rm -f "$run/pipeline.skip"
	fi
else
	check_args+=("${plan_opts[@]}")
fi
[[ -n $preview ]] || out=show
stage plan-check "$plan" --run "$run" "${check_args[@]}"

if [[ $verb == fill ]] && ! has --triggers "${load_opts[@]}" && ! has --no-triggers "${load_opts[@]}"; then
	load_opts+=(--triggers auto)
fi
load_opts+=("${set_opts[@]}")

# read_log: tables, rows, except and verdict, from what plan-check and eval have said
read_log() {
	local line
	tables=0 rows=0 except='' verdict=''
	while IFS= read -r line; do
		if [[ $line =~ ^plan\ accepted:\ ([0-9]+)\ tables.*,\ ([0-9]+)\ rows ]]; then
			tables=${BASH_REMATCH[1]} rows=${BASH_REMATCH[2]}
		elif [[ $line =~ ^[0-9]+\ tables?\ filled,\ ([0-9]+\ skipped,\ [0-9]+\ clipped)$ ]]; then
			except=", ${BASH_REMATCH[1]}"
		elif [[ $line == verdict:* ]]; then
			verdict=${line#verdict: }
		fi
	done <"$run/pipeline.log"
}

if [[ $verb == fill ]]; then
	read_log
	if [[ $tables == 0 ]]; then
		echo "datalchemy fill: no table can be filled" >&2
		failed 1
	fi
fi

# Whether this run has loaded its rows before, and its plan was not edited since.
[[ -z $resume ]] || ! made receipts/load.json || [[ $plan -nt $run/receipts/load.json ]] || loaded=1

if [[ -n $load && -z $loaded && -z $preview ]]; then
	stage load --check --run "$run" "${load_opts[@]}" ${dry:+--dry-run}
fi

out=log
if [[ $verb == fill ]] && ! has --format "${gen[@]}" && [[ -z $preview ]]; then
	gen+=(--format binary)
fi
if [[ -z $loaded ]]; then
	stage gen-parents --run "$run" --jobs "$jobs" "${gen[@]}"
	stage gen-children --run "$run" --jobs "$jobs" "${gen[@]}"
fi
if [[ -n $preview ]]; then
	out=show
	stage snapshot --preview "$preview" "$run"
	exit 0
fi
if [[ -z $load ]]; then
	stage eval --run "$run"
	exit 0
fi
# A CHECK that only the server can evaluate may refuse the rows of a table.  That table costs itself:
# it is skipped with what needs it, and the rest is loaded.
while [[ -z $loaded ]]; do
	stage eval --run "$run"
	if stage load --run "$run" "${load_opts[@]}" ${dry:+--dry-run}; then
		[[ -n $dry ]] || loaded=1
		break
	fi
	tries=$((tries + 1))
	say "again without ${refused%%=*}: ${refused#*=}"
	check_args+=(--skip "$refused")
	printf '%s\0' "$refused" >>"$run/pipeline.skip"
	stage plan-check "$plan" --run "$run" "${check_args[@]}"
	read_log
	[[ $tables != 0 ]] || failed 1
	stage gen-parents --run "$run" --jobs "$jobs" "${gen[@]}"
	stage gen-children --run "$run" --jobs "$jobs" "${gen[@]}"
done
[[ -n $dry ]] || stage eval --run "$run" --sql "${set_opts[@]}"

# ---- the end ------------------------------------------------------------------------------------

[[ $verb == fill ]] || exit 0
# count N NOUN: "1 table", "2 tables"
count() {
	echo "$1 $2$([[ $1 == 1 ]] || echo s)"
}

read_log
what="$(count "$tables" table) with $(count "$rows" row) in $(count $SECONDS second)$except"
again="datalchemy fill${url:+ URL} --run $(printf %q "$run") --resume"
if [[ -n $dry ]]; then
	say "tried $what: the server took all of them, and they were rolled back"
	say "next: the same command without --dry-run"
	exit 0
fi
say "filled $what"
say "checked: $verdict"
say "run directory: $run (report.md says what was checked, plan.json is the plan)"
if [[ -n $append ]]; then
	say "next: the same command adds as many rows again"
else
	say "next: edit $run/plan.json, then: $again --truncate"
fi
