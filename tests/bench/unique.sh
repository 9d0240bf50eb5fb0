#!/bin/bash
# Many unique e-mails and CPFs: all valid, all distinct, and no memory that grows with the rows.
#
#   tests/bench/unique.sh [N]     N rows (default 10,000,000), and a tenth of them for comparison
#
# Distinct values are counted by sort -u, check digits by the code below, which shares nothing with
# the generator.  Memory is RssAnon, the most seen in /proc while the generator runs.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$ROOT/build/gcc/bin}
N=${1:-10000000}
export PATH="$BIN:$PATH" LC_ALL=C
WORK=$(mktemp -d "${TMPDIR:-/tmp}/unique.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"

cat >ddl.sql <<'END'
CREATE SCHEMA u;
CREATE TABLE u.people (email text NOT NULL UNIQUE, cpf char(11) NOT NULL UNIQUE);
CREATE UNIQUE INDEX ON u.people (lower(email));
END
cat >plan.json <<'END'
{"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-11-26"},
 "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
 "targets": [{"schema": "u", "table": "people", "rows": 1}],
 "rules": [
  {"type": "column_generator", "schema": "u", "table": "people", "column": "email",
   "generator": {"id": "semantic.br.email.safe"}},
  {"type": "column_generator", "schema": "u", "table": "people", "column": "cpf",
   "generator": {"id": "semantic.br.cpf"}}]}
END
introspect --ddl ddl.sql --run base --schema u >/dev/null

# generate ROWS: run.ROWS has them; prints the most RssAnon in kB and the seconds
generate() {
	local run=run.$1 pid kb most=0 t0
	mkdir "$run"
	cp base/schema.msgpack "$run"
	plan-check plan.json --run "$run" --rows "$1" >/dev/null 2>&1
	t0=$(date +%s.%N)
	gen-parents --run "$run" >/dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		kb=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
		[ "${kb:-0}" -le "$most" ] || most=$kb
		sleep 0.02
	done
	wait "$pid"
	echo "$most $(date +%s.%N) $t0"
}

report() {
	local rows=$1 most=$2 t1=$3 t0=$4
	awk -v r="$rows" -v m="$most" -v a="$t0" -v b="$t1" 'BEGIN {
		printf "%d rows: %.1f s, RssAnon at most %d kB\n", r, b - a, m }'
}

for rows in $((N / 10)) "$N"; do
	read -r most t1 t0 < <(generate "$rows")
	report "$rows" "$most" "$t1" "$t0"
done

data=run.$N/data/u.people.csv
count() {
	tail -n +2 "$data" | cut -d, -f"$1" | tr '[:upper:]' '[:lower:]' | sort -S 256M -u -T . | wc -l
}
emails=$(count 1)
cpfs=$(count 2)
bad=$(tail -n +2 "$data" | cut -d, -f2 | awk '
	{
		if (length($0) != 11 || $0 !~ /^[0-9]+$/) { bad++; next }
		for (k = 9; k <= 10; k++) {
			s = 0
			for (i = 1; i <= k; i++)
				s += substr($0, i, 1) * (k + 2 - i)
			d = s * 10 % 11 % 10
			if (d != substr($0, k + 1, 1)) { bad++; next }
		}
	}
	END { print bad + 0 }')
malformed=$(tail -n +2 "$data" | cut -d, -f1 | grep -Evc '^[a-z0-9.]+@example\.com$' || true)
echo "distinct e-mails, whatever the case: $emails of $N; malformed: $malformed"
echo "distinct CPFs: $cpfs of $N; with wrong check digits: $bad"
[ "$emails" = "$N" ] && [ "$cpfs" = "$N" ] && [ "$bad" = 0 ] && [ "$malformed" = 0 ]
