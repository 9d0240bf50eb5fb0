#!/usr/bin/env bats
# Small schemas of tests/cases, each of one kind, go the whole road from an empty database to loaded and
# audited rows.  tests/cases/README.md says what the files hold.  Bats reads the names of tests
# from this file before it runs anything, hence a line for each; the last test compares them with the files.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

CASES=$ROOT/tests/cases

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
}

# said TAG: what the case's file says under that tag
said() {
	sed -n "s/^-- $1: *//p" "$CASES/$BATS_TEST_DESCRIPTION.sql" | head -n 1
}

# done_well COMMAND...: it ends with status 0; what it prints is kept in the file `last`
done_well() {
	"$@" >last 2>&1 || fail "$1 failed:" "$(cat last)"
}

# merge_plan FILE: its members into plan.json: objects by member, arrays by appending; rules take the place of those
# that init guessed for the same columns
merge_plan() {
	"$PYTHON" - plan.json "$1" <<'END'
import json, sys
def merge(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return {**a, **{k: merge(a[k], v) if k in a else v for k, v in b.items()}}
    return a + b if isinstance(a, list) and isinstance(b, list) else b
def subjects(r):
    return {(r["table"], c) for c in [r.get("column"), r.get("type_column"), r.get("id_column"), *r.get("columns", [])] if c}
plan, more = (json.load(open(f)) for f in sys.argv[1:])
taken = set().union(*map(subjects, more.get("rules", [])))
plan["rules"] = [r for r in plan["rules"] if not subjects(r) & taken]
json.dump(merge(plan, more), open(sys.argv[1], "w"))
END
}

# empty_tables: the user's tables that hold no row, one a line
empty_tables() {
	local names t
	names=$(sql "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n
		ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
		AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d
		WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')")
	while IFS= read -r t; do
		[ -z "$t" ] || sql "SELECT '$t' WHERE NOT EXISTS (SELECT FROM $t)"
	done <<<"$names"
}

# loaded: generate, load and audit what plan-check accepted
loaded() {
	done_well gen-parents --run "$RUN"
	done_well gen-children --run "$RUN"
	done_well "$BIN/load" --run "$RUN" --conn "$DATABASE_URL"
	done_well "$BIN/eval" --run "$RUN" --conn "$DATABASE_URL"
}

# counted_zero: every row of the case's check.sql, if there is one, is label|0
counted_zero() {
	local file=$CASES/$BATS_TEST_DESCRIPTION.check.sql
	[ -e "$file" ] || return 0
	psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f "$file" >counts 2>&1 || fail "$(cat counts)"
	[ -s counts ] || fail "$file counts nothing"
	! grep -v '|0$' counts || fail "counted by $file"
}

# a_case: the case whose name the test has
a_case() {
	local name=$BATS_TEST_DESCRIPTION right rows t options=() impossible=skip
	right=$(said RIGHT)
	rows=$(said ROWS)
	[[ $right == 'refuses: '* ]] && impossible=refuse
	pg_db "t$BATS_TEST_NUMBER"
	for t in $(said NEEDS); do
		[ -n "$(sql "SELECT 1 FROM pg_available_extensions WHERE name = '$t'")" ] ||
			skip "the server has no extension $t"
	done
	sql_file "$CASES/$name.sql"
	[ ! -e "$CASES/$name.introspect" ] || read -ra options <"$CASES/$name.introspect"
	done_well introspect --conn "$DATABASE_URL" --run "$RUN" "${options[@]}"
	done_well plan-check --init --locale pt_BR --run "$RUN" plan.json --rows "${rows:-100}" --on-impossible $impossible
	[ ! -e "$CASES/$name.plan.json" ] || merge_plan "$CASES/$name.plan.json"

	case $right in
	'refuses: '*)
		run plan-check plan.json --run "$RUN" ${rows:+--rows "$rows"}
		expect 1
		grep -qE -- "${right#refuses: }" <<<"$output" || fail "another refusal:" "$output"
		return
		;;
	fills | 'skips: '*) done_well plan-check plan.json --run "$RUN" ${rows:+--rows "$rows"} ;;
	*) fail "$name.sql: RIGHT says neither fills nor refuses: nor skips:" ;;
	esac
	[[ $right == fills ]] || for t in ${right#skips: }; do
		grep -qF -- "$t" last || fail "plan-check does not name $t" "$(cat last)"
	done
	diff <(said CLIPS | tr -s ' ' '\n' | sed '/^$/d' | sort) \
		<(sed -n 's/^warning rows_clipped [^:]*:[0-9]*): "\([^"]*\)".*/\1/p' last | sort) ||
		fail "tables that get fewer rows (>) against those that the case names (<)"
	loaded
	[[ $right == fills ]] && right='skips: '
	diff <(tr -s " " "\n" <<<"${right#skips: } $(said EMPTY)" | sed "/^$/d" | sort) <(empty_tables | sort) ||
		fail "tables without rows (>) against those that the case names (<)"
	counted_zero
}

@test "check-citext" { a_case; }
@test "check-clock-pinned" { a_case; }
@test "check-domain-branches" { a_case; }
@test "check-functions" { a_case; }
@test "check-limits-parents" { a_case; }
@test "check-reads-table" { a_case; }
@test "check-regex-escapes" { a_case; }
@test "check-regex-references" { a_case; }
@test "check-row-order" { a_case; }
@test "check-server-only" { a_case; }
@test "check-server-refuses" { a_case; }
@test "check-sums-bounded" { a_case; }
@test "check-time-zone" { a_case; }
@test "check-range-within" { a_case; }
@test "check-wide-range" { a_case; }
@test "cycle-two-computed" { a_case; }
@test "guess-deleted-at" { a_case; }
@test "json-branches" { a_case; }
@test "json-casts" { a_case; }
@test "json-members" { a_case; }
@test "json-printed" { a_case; }
@test "key-constant" { a_case; }
@test "key-expression" { a_case; }
@test "key-expression-columns" { a_case; }
@test "key-expression-full" { a_case; }
@test "key-generated" { a_case; }
@test "key-implied-fk" { a_case; }
@test "key-nullable-three-ways" { a_case; }
@test "key-own-child" { a_case; }
@test "key-pairs-uneven" { a_case; }
@test "key-pairs-uneven-own" { a_case; }
@test "key-partition-own" { a_case; }
@test "key-sequence-text" { a_case; }
@test "key-shared-columns" { a_case; }
@test "key-sibling-order" { a_case; }
@test "key-sparse" { a_case; }
@test "key-subtype-cycle" { a_case; }
@test "key-three-pairs" { a_case; }
@test "key-two-columns" { a_case; }
@test "load-extension-members" { a_case; }
@test "load-index-comments" { a_case; }
@test "load-migration-books" { a_case; }
@test "load-sequences" { a_case; }
@test "nulls-check-not-null" { a_case; }
@test "nulls-composite-arc" { a_case; }
@test "nulls-one-of-three-coalesce" { a_case; }
@test "nulls-self-key" { a_case; }
@test "path-check" { a_case; }
@test "path-index" { a_case; }
@test "path-trigger" { a_case; }
@test "share-typed" { a_case; }
@test "ref-type-and-id" { a_case; }
@test "tree-aggregate-checked" { a_case; }
@test "tree-climbs" { a_case; }
@test "tree-depth-guessed" { a_case; }
@test "tree-drawn-again" { a_case; }
@test "tree-not-itself" { a_case; }
@test "tree-path" { a_case; }
@test "tree-tenants" { a_case; }
@test "tree-within-tenants" { a_case; }
@test "trigger-raises" { a_case; }
@test "trigger-reads-setting" { a_case; }
@test "trigger-routes-rows" { a_case; }
@test "trigger-writes-plan" { a_case; }
@test "type-numeric-wide" { a_case; }
@test "type-domain-over-enum" { a_case; }
@test "type-domains-unknown" { a_case; }
@test "type-domains-within" { a_case; }
@test "type-extensions" { a_case; }
@test "type-postgis" { a_case; }
@test "type-ranges" { a_case; }
@test "type-rare" { a_case; }
@test "type-unknown" { a_case; }
@test "type-unknown-alone" { a_case; }


@test "nulls-alike-in-keys" { a_case; }
@test "every file of tests/cases is run" {
	diff <(find "$CASES" -name '*.sql' ! -name '*.check.sql' -printf '%f\n' | sed 's/\.sql$//' | sort) \
		<(sed -n 's/^@test "\([^"]*\)" { a_case; }$/\1/p' "$BATS_TEST_FILENAME" | sort)
}
