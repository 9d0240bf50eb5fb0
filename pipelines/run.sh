#!/usr/bin/env bash
# The whole pipeline, one stage after another.  Stages already done are skipped or redone by
# what they find in the run directory; the same command continues a run that was interrupted.
set -euo pipefail

usage() {
	cat <<'TXT'
Usage: datalchemy run --plan PLAN [--conn URL | --ddl FILE] [options]

  --plan PLAN       the plan (plan.json)
  --conn URL        the database: its schema is read, and its tables are filled with --load
                    (default: DATABASE_URL, else libpq's environment)
  --ddl FILE        read the schema from SQL text instead, with a throwaway PostgreSQL
  --run DIR         the run directory (default: a new one under runs/)
  --load            copy the rows into the database of --conn, and audit them there by SQL
  --in-place        load with every constraint in place
  --jobs N          worker processes (default 1)
  --shards N        shards of every table (default: the plan's)
  --seed N          another seed than the plan's
  --rows SPEC       other row counts: 1000, or '1000;crm.leads=500000'
  --format F        csv (default), text, binary, jsonl
  --compress zstd   compress the rows
  --schema S        only this namespace (may be repeated)
  --keys TABLES     children attach to the rows these tables have: SCHEMA.TABLE[(COLUMN,...)][,...]

Prints run_dir=DIR first; the reports are DIR/report.md and DIR/report.html.
TXT
}

die() {
	echo "datalchemy run: $*" >&2
	exit 2
}

bin=${DATALCHEMY_BIN:-$(cd "$(dirname "$(readlink -f "$0")")/../build/gcc/bin" && pwd)}
plan='' run='' load='' jobs=1
source=() check=() gen=() inplace=() eval_args=()
while (($#)); do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--load)
		load=1
		shift
		continue
		;;
	--in-place)
		inplace=(--in-place)
		shift
		continue
		;;
	--*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
	esac
	(($# >= 2)) || die "$1 needs a value: see datalchemy run --help"
	case $1 in
	--plan) plan=$2 ;;
	# the environment, not an argument: arguments show in ps
	--conn) export DATABASE_URL=$2 ;;
	--ddl) source+=(--ddl "$2") ;;
	--run) run=$2 ;;
	--jobs) jobs=$2 ;;
	--schema | --keys) source+=("$1" "$2") ;;
	--shards | --seed | --rows) check+=("$1" "$2") ;;
	--format | --compress) gen+=("$1" "$2") ;;
	*) die "unknown option $1: see datalchemy run --help" ;;
	esac
	shift 2
done
[[ -n $plan ]] || die "--plan is required: see datalchemy run --help"
[[ -r $plan ]] || die "cannot read $plan"

if [[ -z $run ]]; then
	mkdir -p runs
	run=runs/$(date -u +%Y-%m-%dT%H-%M-%SZ)__run_$(cat /proc/sys/kernel/random/uuid)
fi
echo "run_dir=$run"
if [[ ! -e $run/schema.msgpack ]]; then
	"$bin/introspect" "${source[@]}" --run "$run"
fi
"$bin/plan-check" "$plan" --run "$run" "${check[@]}"
"$bin/gen-parents" --run "$run" --jobs "$jobs" "${gen[@]}"
"$bin/gen-children" --run "$run" --jobs "$jobs" "${gen[@]}"
if [[ -n $load ]]; then
	"$bin/eval" --run "$run"
	"$bin/load" --run "$run" "${inplace[@]}"
	eval_args=(--sql)
fi
"$bin/eval" --run "$run" "${eval_args[@]}"
