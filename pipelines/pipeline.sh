#!/usr/bin/env bash
# The stages one after another: `datalchemy fill` and `datalchemy run` are this script.
#
#	pipeline.sh fill [URL] [options]	the plan is made from the schema, the rows are loaded
#	pipeline.sh run --plan PLAN [options]	the plan is given, and so is whether to load
#
# Everything that is known of the data is known by the stages.  This script chooses their options,
# their order, and what is shown of what they say.  A stage that has done its work finds it done
# when it is called again, so a run that was interrupted continues with the same calls.
#
# options.sh has the options, usage.sh what --help prints.
set -euo pipefail

verb=${1:?fill or run}
shift
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=pipelines/options.sh
. "$here/options.sh"
# shellcheck source=pipelines/usage.sh
. "$here/usage.sh"

die() {
	echo "datalchemy $verb: $*" >&2
	exit 2
}

# ---- options ------------------------------------------------------------------------------------

check_options() {
	! { given --truncate && given --append; } || die "--truncate and --append exclude each other: choose one"
	! { given --keep-filled && given --append; } || die "--keep-filled and --append exclude each other: choose one"
	! { given --keep-filled && given --keys --ddl; } ||
		die "--keep-filled chooses the tables whose rows are referred to: leave out --keys and --ddl"
	local words
	words_for load
	[[ ${words[0]:-} != --dry-run ]] || words=("${words[@]:1}")
	if given --preview; then
		local loads=("${words[@]}")
		words_for gen
		local writes=("${words[@]}" "${loads[@]}")
		((${#writes[@]} == 0)) || [[ ${writes[0]} == --set ]] || die "--preview writes nothing: leave out ${writes[0]}"
	fi
	if [[ $verb == run ]]; then
		[[ -n $load ]] || ((${#words[@]} == 0)) || [[ ${words[0]} == --set ]] || die "${words[0]} is for --load"
		given --plan || die "--plan is required: see datalchemy run --help"
		[[ -r ${value[--plan]} ]] || die "cannot read ${value[--plan]}"
	elif [[ -z ${DATABASE_URL:-}${PGHOST:-}${PGSERVICE:-}${PGDATABASE:-} ]]; then
		die "which database? export DATABASE_URL=postgresql://HOST/DATABASE, or name it: see datalchemy fill --help"
	fi
}

read_table
parse "$@"
run=${value[--run]:-}
if given --resume; then
	[[ -n $run ]] || die "--resume needs --run DIR, the directory that the first call named"
	[[ -r $run/pipeline.args ]] || die "$run holds no run of datalchemy $verb that could be resumed"
	remember "$run/pipeline.args" "$run" "$@"
fi
load=
[[ $verb != fill ]] && ! given --load --dry-run || load=1
check_options
bin=${DATALCHEMY_BIN:-$(cd "$here/../build/gcc/bin" && pwd)}
jobs=${value[--jobs]:-}
[[ -n $jobs || $verb == run ]] || jobs=$(nproc 2>/dev/null) || true
words_for gen
gen=(--jobs "${jobs:-1}" "${words[@]}")
given --format || given --preview || [[ $verb == run ]] || gen+=(--format binary)
words_for load
loading=("${words[@]}")
given --triggers || [[ $verb == run ]] || loading+=(--triggers auto)
words_for eval
asking=("${words[@]}")

# ---- what is said -------------------------------------------------------------------------------

say() {
	given --quiet || printf '%s\n' "$*"
}

# count N NOUN: "1 table", "2 tables"
count() {
	echo "$1 $2$([[ $1 == 1 ]] || echo s)"
}

# show_some [MOST]: the first lines of many
show_some() {
	local line n=0 most=${1:-40}
	while IFS= read -r line; do
		((++n > most)) || printf '%s\n' "$line"
	done
	((n <= most)) || echo "... and $(count $((n - most)) 'more line') in pipeline.log"
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

# how_to_resume: the command
how_to_resume() {
	local how="datalchemy $verb" name
	! given --conn || how+=$([[ $verb == fill ]] && echo ' URL' || echo ' --conn URL')
	how+=" --run $(printf %q "$run") --resume"
	for name in --truncate --dry-run; do
		! given "$name" || how+=" $name"
	done
	echo "$how"
}

# discard: a run that this call has begun, and in which nothing is that could be continued
discard() {
	[[ -n $fresh ]] || return 0
	if [[ -n $made_folder ]]; then
		rm -rf "$run"
	else
		rm -f "$run"/schema.msgpack "$run"/pipeline.*
		[[ -z $made_plan ]] || rm -f "$run/plan.json"
	fi
}

# filled_tables: what to do where the plan's tables have rows
filled_tables() {
	local leave='--keep-filled to leave these tables as they are (children refer to their rows), '
	[[ $has_rows != all ]] || leave=
	if [[ -n $fresh ]]; then
		discard
		echo "call again with $leave--append to add rows to them, or --truncate to empty every table of the plan first"
	else
		echo "to empty every table of the plan first: $(how_to_resume) --truncate; or begin a new run with ${leave:+--keep-filled or }--append"
	fi
}

# take_no_more: of the skipped tables those that have rows, with commas between: introspect has read their keys
take_no_more() {
	local name list=
	while IFS= read -r name; do
		[[ ! -e $run/keys/$name.existing.msgpack ]] || list+=${list:+,}$name
	done < <(sed -nE 's/^warning table_skipped [^ ]+ \([0-9:]+\): "([^"]+)" is skipped: .*/\1/p' "$run/pipeline.log")
	echo "$list"
}

# next_step STATUS [WHY]: the one thing to do after a failure: the last line
next_step() {
	local status=$1 how step_to_take state='the database is as it was;'
	how=$(how_to_resume)
	[[ -z ${2:-} ]] || echo "datalchemy $verb: $2" >&2
	if [[ $verb == fill && (! -e $run/schema.msgpack || ($status != 75 && ! -e $run/plan.json)) ]]; then
		# nothing was made that could be continued, or with options that are wrong
		discard
		step_to_take='mend what is said above, then call again'
		[[ $status != 75 ]] || step_to_take='call again with the same options'
	elif [[ -z $loaded && -e $run/receipts/load.pending.json ]]; then
		state='the server was asked to commit and did not answer;'
		step_to_take="to find out, and to finish: $how"
	elif [[ -n $loaded ]]; then
		state='the rows are loaded;'
		step_to_take="to finish: $how"
		[[ $step != eval || $status != 1 ]] || step_to_take="what is wrong with them: $run/report.md"
	elif [[ -n $has_rows && $verb == fill ]]; then
		step_to_take=$(filled_tables)
	elif [[ -n $no_table && $verb == fill ]]; then
		discard
		state='there is no table to fill:'
		step_to_take='create the schema first, or choose other --tables'
		! given --keep-filled || state='there is no empty table to fill:' step_to_take='--append adds rows to tables that have some'
	elif [[ -n $stale && $verb == fill ]]; then
		step_to_take='begin a new run: datalchemy fill --append'
	elif [[ -n $full && $verb == fill ]]; then
		step_to_take="begin a new run: datalchemy fill --append --exclude $full, or datalchemy fill --keep-filled"
	elif [[ $step == plan-check && $status == 1 && $verb == fill ]]; then
		step_to_take="edit $run/plan.json, then: $how"
	elif ((status == 75 || status > 128)); then
		step_to_take="to continue: $how"
	else
		step_to_take="mend what is said above, then: $how"
	fi
	echo "datalchemy $verb: $state $step_to_take" >&2
}

# A stage that a signal has ended has its status kept, 128 and more: it may have crashed, and who
# retries on 75 would have it crash for ever.
failed() {
	local status=$1 why=
	((status <= 128)) || why="$step was ended by SIG$(kill -l "$status")"
	given --preview || next_step "$status" "$why"
	exit "$status"
}

# ---- stages -------------------------------------------------------------------------------------

# Stages run in the background, so that this script hears a signal at once and passes it on; they
# end with this script, should it be killed (DATALCHEMY_PARENT).
child=
step=start
fresh="" made_folder="" made_plan="" # what this call has begun
loaded=                        # the rows are in the database
tries=0                        # loads that the database has refused
# what the last stage has said:
refused=  # schema.table=reason, of a table whose rows the database does not take
has_rows= # tables of the plan have rows, and nothing else is wrong: some, all
no_table= # the plan has no targets
stale=    # rows have changed since their keys were read
full=     # tables that have rows and take no more, with commas between

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
	[[ -z $run ]] || given --preview || next_step 75 "stopped by SIG$1"
	trap - "$1"
	kill -s "$1" $$ # whoever called is to see which signal it was
}

# understand OUT MESSAGES: the facts that the next step depends on
understand() {
	local line others=0
	refused='' has_rows='' stale=''
	while IFS= read -r line; do
		if [[ $line =~ ^load:\ (.*)\ ha(s|ve)\ rows\ already:\ ([0-9]+)\ of\ ([0-9]+)\  ]]; then
			has_rows=some
			[[ ${BASH_REMATCH[3]} != "${BASH_REMATCH[4]}" ]] || has_rows=all
		elif [[ $line =~ ^load:\ loading\ ([^:]*):\ (.*,\ SQLSTATE\ (23|22|P0|42)...)$ ]]; then
			# the message names constraints, never values
			refused="${BASH_REMATCH[1]}=the database refuses its rows: ${BASH_REMATCH[2]}"
		elif [[ $line == *'introspect --keys read them'* || $line == *'keys that this run has read are out of date'* ]]; then
			stale=1
		elif [[ $line == 'error targets_empty '* ]]; then
			no_table=1
		elif [[ $line == 'load: '* && $line != 'load: warning: '* && $line != *': see above' ]]; then
			others=1
		fi
	done <"$2"
	((others == 0)) || has_rows=
	! grep -q '^these rows are loaded already' "$1" || loaded=1
}

# stage NAME ARGUMENT...: run it.  For run it prints as if it had been called by itself.  For fill,
# whose schema may have hundreds of warnings, what it prints goes into the run's log; results are
# shown too where $out is "show", and messages if it fails.
out=log
stage() {
	local name=$1 status=0 said=$run/pipeline.out messages=$run/pipeline.err direct=
	step=$name
	[[ $verb == fill ]] || given --quiet || direct=1
	if [[ -n $direct && ${2:-} != --check ]]; then
		DATALCHEMY_PARENT=$$ "$bin/$name" "${@:2}" &
	else
		DATALCHEMY_PARENT=$$ "$bin/$name" "${@:2}" >"$said" 2>"$messages" &
	fi
	child=$!
	wait "$child" || status=$?
	child=
	if [[ -e $messages ]]; then
		understand "$said" "$messages"
		show "$name" "$status" "$direct" "$said" "$messages"
		[[ -n $direct ]] || cat "$said" "$messages" >>"$run/pipeline.log"
		rm -f "$said" "$messages"
	fi
	((status != 0)) || return 0
	# fill can go on without a table whose rows the database refuses
	[[ -z $refused || $status != 2 || $verb != fill || $tries -ge 60 ]] || given --append || return 1
	failed "$status"
}

# show NAME STATUS DIRECT OUT MESSAGES: what a user is to see of it at once
show() {
	if [[ -n $3 ]]; then
		cat "$4"
		cat "$5" >&2
		return
	fi
	[[ $out != show ]] || given --quiet || cat "$4"
	if (($2 != 0)); then
		grep -v ': warning: ' "$5" | show_some >&2 || true
	elif [[ $1 == plan-check && $out == show ]] && ! given --quiet; then
		exceptions "$5" | show_some 20
	elif [[ $1 == load ]]; then # triggers that were off, or may have changed rows
		show_some 10 <"$5" >&2
	fi
}

# ---- the run directory --------------------------------------------------------------------------

# made NAME: whether the run directory has that file
made() {
	[[ -e $run/$1 ]]
}

# What the script itself writes in a run directory is written in place.  A link there would have it
# write into somebody else's file, a FIFO would have it wait.
own_files() {
	local f
	for f in "$run"/pipeline.{lock,log,args,skip,out,err}; do
		[[ -e $f || -L $f ]] || continue
		[[ ! -L $f && -f $f && $(stat -c %h "$f") == 1 ]] ||
			die "$f is a link or no regular file, which nothing here has made: remove it, or name another directory with --run"
	done
}

# Two processes in one run would read each other's halves.  The lock is on an open file: it ends with
# this process and the stages that it has called, however they end.
lock() {
	local holder=''
	while true; do
		exec 9<>"$run/pipeline.lock"
		if ! flock -w 1 9; then
			read -r holder <"$run/pipeline.lock" || true
			die "$run is in use${holder:+ by process $holder}: wait for it to end, or name another directory with --run"
		fi
		# whoever had it may have removed the directory
		[[ ! /dev/fd/9 -ef $run/pipeline.lock ]] || break
		mkdir -p "$run"
	done
	: >"$run/pipeline.lock"
	echo $$ >&9
}

open_run() {
	local folder
	[[ -n $run ]] || run=${value[--run-dir]:-runs}/$(date -u +%Y-%m-%dT%H-%M-%SZ)__run_$(cut -d- -f1 /proc/sys/kernel/random/uuid)
	[[ -e $run ]] || made_folder=1
	folder=$(mkdir -p "$run" 2>&1) || {
		echo "datalchemy $verb: the run directory $run cannot be made (${folder##*: }): choose another with --run or --run-dir" >&2
		[[ $folder != *'No space left'* ]] || exit 75
		exit 2
	}
	[[ -w $run ]] || die "the run directory $run may not be written to: choose another with --run or --run-dir"
	own_files
	lock
	if ! given --resume; then
		[[ $verb == run ]] || ! made schema.msgpack ||
			die "$run holds a run already: add --resume to continue it, or name another directory"
		fresh=1
	fi
	save "$run/pipeline.args"
}

# tell_run: names it, as soon as it is certain to stay
tell_run() {
	[[ -n $told ]] || echo "run_dir=$run"
	told=1
}
told=

# ---- the pipeline -------------------------------------------------------------------------------

# Where a line of progress is drawn, while messages go into a file.
if [[ -t 2 ]]; then
	exec 8>&2
	export DATALCHEMY_PROGRESS_FD=8
fi

if given --preview; then
	run=$(mktemp -d "${TMPDIR:-/tmp}/datalchemy.XXXXXX") || exit 75
	trap 'rm -rf "$run"' EXIT
else
	open_run
	[[ $verb == fill ]] || tell_run
fi

# Children refer to rows of tables that are not to be filled; rows are added to those that are.
words_for introspect
if given --keep-filled; then
	words+=(--keys filled)
elif [[ $verb == fill ]]; then
	words+=(--keys "$(given --append && echo all || echo auto)")
fi
if ! made schema.msgpack; then
	stage introspect "${words[@]}" --run "$run"
	[[ $verb == run ]] || given --quiet || sed -nE 's/^(introspect: )?warning: (no foreign keys: )/\2/; /^(added|left alone|no foreign keys): /p' "$run/pipeline.log" | show_some || true
fi

plan=${value[--plan]:-$run/plan.json}
if [[ $verb == fill ]] && ! made plan.json; then
	words_for init
	made_plan=1
	stage plan-check --init "$plan" --run "$run" "${words[@]}"
fi

# check_plan: plan-check, without the tables whose rows the database has refused
check_plan() {
	local skip=() name
	words_for check
	# rows that the database refuses cost their table alone
	[[ $verb == run ]] || words+=(--draw-unchecked)
	if made pipeline.skip; then
		while IFS= read -rd '' name; do
			skip+=(--skip "$name")
		done <"$run/pipeline.skip"
	fi
	stage plan-check "$plan" --run "$run" "${words[@]}" "${skip[@]}"
	[[ $verb == fill ]] || return 0
	read_log
	! given --append || full=$(take_no_more)
	if [[ -n $full ]]; then
		echo "datalchemy fill: tables that have rows and take no more: $full: --exclude leaves them as they are, and children" \
			"refer to their rows; so does --keep-filled, in place of --append, with every table that has rows" >&2
	fi
	[[ $tables != 0 ]] || {
		echo "datalchemy fill: no table can be filled" >&2
		failed 1
	}
}

# read_log: tables, rows, except and verdict, from what plan-check and eval have said
read_log() {
	local line
	tables=0 rows=0 except='' verdict=''
	while IFS= read -r line; do
		if [[ $line =~ ^plan\ accepted:\ ([0-9]+)\ tables?.*,\ ([0-9]+)\ rows? ]]; then
			tables=${BASH_REMATCH[1]} rows=${BASH_REMATCH[2]}
		elif [[ $line =~ ^[0-9]+\ tables?\ filled,\ ([0-9]+\ skipped,\ [0-9]+\ clipped)$ ]]; then
			except=", ${BASH_REMATCH[1]}"
		elif [[ $line == verdict:* ]]; then
			verdict=${line#verdict: }
		fi
	done <"$run/pipeline.log"
}

generate() {
	stage gen-parents --run "$run" "${gen[@]}"
	stage gen-children --run "$run" "${gen[@]}"
}

# an edited plan may have mended what the database refused
! made pipeline.skip || [[ $run/pipeline.skip -nt $plan ]] || rm -f "$run/pipeline.skip"
given --preview || out=show
check_plan
if given --preview; then
	out=log
	generate
	out=show
	stage snapshot --preview "${value[--preview]}" "$run"
	exit 0
fi
resumed=()
! given --resume || resumed=(--resume)
if [[ -n $load ]]; then
	stage load --check --run "$run" "${loading[@]}" "${resumed[@]}"
fi
given --quiet || tell_run

out=log
if [[ -z $load ]]; then
	generate
	stage eval --run "$run"
	exit 0
fi
was_loaded=$loaded
# A CHECK that only the server can evaluate may refuse the rows of a table.  That table costs itself:
# it is skipped with what needs it, and the rest is loaded.
while [[ -z $loaded ]]; do
	generate
	stage eval --run "$run"
	if stage load --run "$run" "${loading[@]}"; then
		given --dry-run || loaded=1
		break
	fi
	tries=$((tries + 1))
	say "again without ${refused%%=*}: ${refused#*=}"
	printf '%s\0' "$refused" >>"$run/pipeline.skip"
	check_plan
done
given --dry-run || stage eval --run "$run" --sql "${asking[@]}"

# ---- the end ------------------------------------------------------------------------------------

[[ $verb == fill ]] || exit 0
tell_run
read_log
what="$(count "$tables" table) with $(count "$rows" row)"
if given --dry-run; then
	unset 'value[--dry-run]'
	say "tried $what in $(count $SECONDS second)$except: the server took all of them, and they were rolled back"
	say "next: $(how_to_resume)"
	exit 0
fi
if [[ -n $was_loaded ]]; then
	say "nothing was done: an earlier call has loaded $what, which are there still"
else
	say "filled $what in $(count $SECONDS second)$except"
fi
say "checked: $verdict (see report.md)"
if given --append; then
	say 'next: the same command without --run and --resume adds as many rows again'
else
	value[--truncate]=yes
	say "next: edit its plan.json, then: $(how_to_resume)"
fi
