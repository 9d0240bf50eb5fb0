#!/usr/bin/env bash
# relations.sh N: the relationship zoo of tests/fixtures/zoo_relations.sql with its largest tables
# of N rows (10 and more), loaded with every constraint live into a throwaway PostgreSQL, and every
# promise of its rules asked there by SQL.  Prints what was asked; fails where one is not kept.
#
#	BIN=build/gcc/bin tests/bench/relations.sh 1000000
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
export BIN=${BIN:-$root/build/gcc/bin}
export PATH=$BIN:$PATH LC_ALL=C.UTF-8 TZ=UTC
case ${1:-} in
'' | *[!0-9]*)
	sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
[ -n "${RELATIONS_INSIDE:-}" ] || RELATIONS_INSIDE=1 exec "$root/scripts/postgres_local.sh" run -- "$0" "$@"
n=$(($1 / 5 > 10 ? $1 / 5 : 10)) # parents: most children have five rows a parent
work=$(mktemp -d "${TMPDIR:-/tmp}/dlzoo.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

ask() {
	psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "$@"
}

PGOPTIONS='-c client_min_messages=warning' ask -f "$root/tests/fixtures/zoo_relations.sql"
introspect --run run --schema rel --schema 'rel other' >/dev/null
/usr/bin/python3 "$root/tests/lib/relations.py" "$n" >plan.json
plan-check plan.json --run run --shards 2 2>/dev/null
gen-parents --run run --format binary --jobs 2 >/dev/null
gen-children --run run --format binary --jobs 2 >/dev/null
"$BIN/load" --run run >/dev/null
"$BIN/eval" --run run | grep -v '_path='
echo "$(ask -c "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace IN ('rel'::regnamespace, '\"rel other\"'::regnamespace)") foreign keys in the database, $(ask -c "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated AND conname <> 'not_valid_fk'") of them not validated"
ask -v n="$n" -f "$root/tests/lib/relations.sql" >promises
[ "$(wc -l <promises)" = 1 ] || {
	echo "not kept:"
	cat promises
	exit 1
}
echo "$(cat promises) promises asked by SQL, all kept"
