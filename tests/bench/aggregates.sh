#!/usr/bin/env bash
# aggregates.sh [INVOICES]: that many CRM invoices (a million unless it is said), each the sum of
# its one to nine items, whose prices are their products', and two payments of half of it each.
# The rows are loaded with every constraint checked, and PostgreSQL is asked about each invoice.
# What is printed first is the time and the peak of anonymous memory of making the invoices.
#
# A million: about 10 million rows, two minutes, and 3 GB in TMPDIR.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
n=${1:-1000000}
[[ $n =~ ^[1-9][0-9]*$ ]] || {
	sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
if [[ -z ${DATABASE_URL:-} ]]; then
	exec "$root/scripts/postgres_local.sh" run -- "$0" "$n"
fi
export PATH="${BIN:-$root/build/gcc/bin}:$PATH" LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/tmp}/dlaggr.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

export PGOPTIONS='-c client_min_messages=warning'
for f in "$root"/tests/fixtures/crm/*.sql; do
	psql -Xq -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f "$f"
done
introspect --run run --schema crm >/dev/null
plan-check "$root/plans/examples/aggregates.plan.json" --run run \
	--rows "crm.faturas=$n" --shards '4' 2>/dev/null
gen-parents --run run --format binary >/dev/null
for table in $(python3 -c '
import json
for t in json.load(open("run/resolved_plan.json"))["resolved"]["tables"]:
    if t["level"] > 0:
        print(t["schema"] + "." + t["table"])'); do
	[ "$table" != crm.faturas ] || start=$EPOCHREALTIME
	python3 "$root/tests/lib/memory.py" gen-children --run run --format binary --table "$table" >memory
	[ "$table" != crm.faturas ] || {
		end=$EPOCHREALTIME
		echo "invoices: $(((${end/./} - ${start/./}) / 1000)) ms, $(($(tail -n 1 memory) / 1024)) MiB"
	}
done
load --run run | tail -n 1
psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" <<'SQL'
ANALYZE crm.faturas, crm.itens_fatura, crm.pagamentos;
SELECT 'invoices ' || count(*) || ', items ' || sum(n) || ', ' || min(n) || ' to ' || max(n)
    || ' each; sum(items) = total in ' || count(*) FILTER (WHERE f.valor_total = i.total)
    || ', differs in ' || count(*) FILTER (WHERE f.valor_total IS DISTINCT FROM i.total)
FROM crm.faturas f LEFT JOIN (
    SELECT fatura_id, count(*) AS n, sum(quantidade * preco_unitario) AS total
    FROM crm.itens_fatura GROUP BY 1) i ON i.fatura_id = f.id;
SELECT 'invoices whose two payments are not half of the total: ' || count(*)
FROM crm.faturas f JOIN (SELECT fatura_id, count(*) AS n, min(valor) AS lo, max(valor) AS hi
    FROM crm.pagamentos GROUP BY 1) p ON p.fatura_id = f.id
WHERE n <> 2 OR lo <> round(valor_total / 2, 2) OR hi <> lo;
SQL
env eval --run run >out && grep -E '^(kind|CHECK|FOREIGN KEY|NOT NULL|UNIQUE|PRIMARY KEY)' out
