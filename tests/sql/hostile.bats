#!/usr/bin/env bats
# Expressions that are deep, huge, malformed or costly: an error, or the answer, in bounded time
# and memory; here alone, and as checks of a schema through the stages.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db hostile
	# shellcheck disable=SC2119
	hostile_schema | psql -Xq -v ON_ERROR_STOP=1 -d "$DATABASE_URL"
}

teardown_file() {
	pg_stop
}

# sanitized: the executables map more than any limit leaves
sanitized() {
	grep -qa __asan_init "$BIN/plan-check"
}

# bounded CMD...: in 60 seconds and 2 GiB
bounded() (
	sanitized || ulimit -v $((2 << 20))
	exec timeout 60 "$@"
)

# hostile_schema: a table of checks nobody writes by hand, and one that can be filled
hostile_schema() {
	"$PYTHON" - <<'PY'
fns = ["CREATE FUNCTION f0(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 # 1';"]
fns += ["CREATE FUNCTION f%d(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT %s';"
        % (k, " # ".join(["f%d($1)" % (k - 1)] * 4)) for k in range(1, 10)]
checks = {
    "terms": " OR ".join("i = %d" % k for k in range(10000)),
    "deep": "abs(" * 500 + "i" + ")" * 500 + " >= 0",
    "cases": "CASE WHEN i >= 0 THEN " * 500 + "1" + " END" * 500 + " = 1",
    "long": "tx <> '" + "x" * (1 << 20) + "'",
    "calls": "f9(i) >= 0 OR true",
}
print("CREATE SCHEMA h; SET search_path = h, public; SET check_function_bodies = off;")
print("\n".join(fns))
print("CREATE TABLE wild (i integer NOT NULL, tx text NOT NULL, %s);"
      % ", ".join("CONSTRAINT %s CHECK (%s)" % c for c in checks.items()))
print(r"""CREATE TABLE slow (i integer NOT NULL, tx text NOT NULL,
	CONSTRAINT doubles CHECK (tx !~ '^(a|aa|aaa)+$'),
	CONSTRAINT squares CHECK (tx !~ '^(([a-z])+.)+[A-Z]([a-z])+$'),
	CONSTRAINT wildcards CHECK (tx NOT LIKE '%s'));""" % ("%a" * 40 + "%c"))
PY
}

@test "sql: hostile expressions end in time and memory, in one line" {
	! sanitized || export HOSTILE=sanitize
	run "$PYTHON" "$ROOT/tests/sql/hostile.py" "$UNIT/sqleval" "$BATS_TEST_TMPDIR"
	expect 0
	[[ "$output" == *" 0 not as they should" ]] || fail "$output"
}

@test "plan-check: hostile checks are named, each in one line, and a policy lets them pass" {
	cd "$BATS_TEST_TMPDIR"
	introspect --run r --schema h >/dev/null
	bounded plan-check --init --run r >plan.json
	run bounded plan-check plan.json --run r --rows 100 --draw-unchecked
	expect 0
	local c
	for c in terms deep cases long calls; do
		[ "$(grep -c "check_unsupported.*\bwild.*\b$c\b" <<<"$output")" = 1 ] || fail "$c:" "$output"
	done
	[ -z "$(awk 'length > 1000' <<<"$output")" ] || fail "a line of more than 1000 characters"
}

@test "gen and eval: costly patterns are held, and what is not covered is told, in time" {
	cd "$BATS_TEST_TMPDIR"
	introspect --run r --schema h >/dev/null
	plan-check --init --run r >init.json
	"$PYTHON" - >plan.json <<'PY'
import json
p = json.load(open("init.json"))
p["rules"].append({"type": "constraint_policy", "schema": "h", "table": "wild", "constraint": "check", "mode": "warn"})
json.dump(p, __import__("sys").stdout)
PY
	bounded plan-check plan.json --run r --rows 500 >/dev/null
	bounded gen-parents --run r >/dev/null
	run bounded "$BIN/eval" --run r
	expect 0
	[ -z "$(awk 'length > 1000' <<<"$output")" ] || fail "a line of more than 1000 characters"
	[ "$(grep -c check_unsupported r/report.md)" -ge 5 ] || fail "$(cat r/report.md)"
	sql "TRUNCATE h.slow"
	sql "\\copy h.slow FROM 'r/data/h.slow.csv' CSV HEADER"
	[ "$(sql "SELECT count(*) FROM h.slow")" = 500 ]
}

@test "gen: a pattern that doubles its work with each letter is held over long texts, in time" {
	cd "$BATS_TEST_TMPDIR"
	pg_db costly
	sql "CREATE TABLE c (tx text NOT NULL CHECK (tx !~ '^(a|aa|aaa)+$'))"
	introspect --run r --schema public >/dev/null
	plan-check --init --run r >init.json
	"$PYTHON" - >plan.json <<'PY'
import json
p = json.load(open("init.json"))
p["rules"] = [{"type": "column_generator", "schema": "public", "table": "c", "column": "tx",
               "generator": {"id": "primitive.text.pattern", "params": {"pattern": "a{60}b"}}}]
json.dump(p, __import__("sys").stdout)
PY
	bounded plan-check plan.json --run r --rows 500 >/dev/null
	bounded gen-parents --run r >/dev/null
	run bounded "$BIN/eval" --run r
	expect 0
	sql "\\copy c FROM 'r/data/public.c.csv' CSV HEADER"
	[ "$(sql "SELECT count(*) FROM c")" = 500 ]
}
