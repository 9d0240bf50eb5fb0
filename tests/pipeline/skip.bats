#!/usr/bin/env bats
# A plan that says "on_impossible": "skip" leaves out what cannot be filled, and clips rows that are only a default.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db skip
	sql_file "$ROOT/tests/fixtures/skip.sql"
	export BASE=$BATS_FILE_TMPDIR/base
	introspect --run "$BASE" >/dev/null
	plan-check --init --run "$BASE" "$BASE/plan.json"
	plan-check "$BASE/plan.json" --run "$BASE" >"$BASE/said" 2>&1
	make_rows "$BASE"
	"$BIN/load" --run "$BASE" >/dev/null
	"$BIN/eval" --run "$BASE" --sql >"$BASE/audited"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
	new_catalogue
}

new_catalogue() {
	mkdir -p "$RUN"
	cp "$BASE/schema.msgpack" "$RUN"
}

# exceptions LIST: of the resolved plan of BASE, the tables of "skipped" or "clipped"
exceptions() {
	jq -r ".resolved.$1[] | .table + (if .rows then \"=\(.rows)\" else \"\" end)" "$BASE/resolved_plan.json" | xargs
}

# edited FILTER: init's plan, changed by jq, checked in a run of its own; status and output as of run
edited() {
	jq "$1" "$BASE/plan.json" >plan.json
	run plan-check plan.json --run "$RUN"
}

# messages: what plan-check said, without the places in the file
messages() {
	printf '%s\n' "$output" | sed 's/ ([0-9]*:[0-9]*):/:/'
}

@test "what cannot be filled is skipped with those that need its rows, however far away" {
	[ "$(exceptions skipped)" = "gone may_not needs needs_needs never parted ring_a ring_b self_never shares_full" ] ||
		fail "$(exceptions skipped)"
}

@test "each skip names table, constraint, reason and what would fill it" {
	output=$(<"$BASE/said")
	says '"public.never" is skipped: ' 'check no_row' \
		'"public.needs" is skipped: foreign key "needs_never_id_fkey" needs rows of "public.never", which is skipped' \
		'"public.may_not" is skipped: ' 'check has_one, CHECK (never_id IS NOT NULL)' \
		'"public.parted" is skipped: it is a partitioned table without partitions' 'hint: create the partitions' \
		'"public.may": foreign key "may_never_id_fkey" refers to rows of "public.never", which is skipped: it is NULL in every row'
	[ "$(grep -c '^warning table_skipped' "$BASE/said")" = 10 ]
	[ "$(jq '[.resolved.skipped[] | select(.reason and .code and .hint)] | length' "$BASE/resolved_plan.json")" = 10 ]
	[ "$(jq -r '.resolved.skipped[] | select(.table == "needs") | .constraint' "$BASE/resolved_plan.json")" = needs_never_id_fkey ]
}

@test "children keep their rows where NULL satisfies the key, and other keys keep their columns" {
	[ "$(sql "SELECT count(*), count(never_id) FROM may")" = "100|0" ]
	[ "$(sql "SELECT count(*), count(never_id), count(other_id) FROM one_of")" = "100|0|100" ]
	[ "$(sql "SELECT count(*), count(up_id) FROM below_may_not")" = "100|0" ]
	[ "$(sql "SELECT count(*), count(tenant_id), count(gone_id) FROM shares")" = "100|100|0" ]
	[ "$(sql "SELECT count(*), count(never_id), count(up_id) > 50 FROM tree")" = "100|0|t" ]
	[ "$(sql "SELECT count(*), count(a_id) > 0 FROM loose_b")" = "100|t" ]
	[ "$(sql "SELECT count(*) FROM may_below")" = 100 ]
	[ "$(sql "SELECT count(*), count(up_id) FROM both_of")" = "100|0" ]
	output=$(<"$BASE/said")
	says '"public.both_of": foreign key' 'which cannot be chosen, as a foreign key that shares its column is NULL'
}

@test "default rows are clipped to what keys hold, down a chain of tables" {
	[ "$(exceptions clipped)" = "flag=2 letter=6 lock_row=1 mixed=12 paint=3 per_kind=15 single=1 single_other=5 state=4 state_note=4 state_note_note=4" ] ||
		fail "$(exceptions clipped)"
	[ "$(sql "SELECT count(*) FROM mixed")" = 12 ]
	[ "$(sql "SELECT count(*) FROM pointer")" = 100 ]
	output=$(<"$BASE/said")
	says '"public.state" gets 4 rows instead of 100: ' 'state_pkey PRIMARY KEY (name)' 'hint: for more rows: '
}

@test "tables are counted at the end, and in every report" {
	local n='23 tables filled, 10 skipped, 11 clipped'
	[ "$(tail -n 1 "$BASE/said")" = "$n" ] || fail "$(tail -n 1 "$BASE/said")"
	[ "$(jq -c .tables_by_outcome "$BASE/generation_report.json")" = "$(jq -c .tables_by_outcome "$BASE/metrics.json")" ]
	[ "$(jq -r '.tables_by_outcome | "\(.filled) tables filled, \(.skipped) skipped, \(.clipped) clipped"' "$BASE/generation_report.json")" = "$n" ]
	grep -q "^$n\.$" "$BASE/report.md"
	grep -q "$n" "$BASE/report.html"
	grep -q '^| public.never | skipped | - | no_row | ' "$BASE/report.md"
	grep -q '^| public.state | 4 | 100 | ' "$BASE/report.md"
	[ "$(jq '.skipped | length' "$BASE/generation_report.json")" = 10 ]
	grep -q 'verdict: holds' "$BASE/audited"
}

@test "with refuse nothing is skipped or clipped, and the plan is refused as a plan without the member" {
	edited '.options.on_impossible = "refuse"'
	expect 1
	says 'error key_space_too_small' '"public.state.name"' 'error target_not_fillable'
	[[ $output != *skipped* ]] || fail "$output"
	local refused
	refused=$(messages)
	edited 'del(.options)'
	[ "$(messages)" = "$refused" ] || fail "$output"
	[ ! -e "$RUN/plan.msgpack" ]
}

@test "rows that a target or an option says are made, or the table is skipped: they are no default" {
	edited '(.targets[] | select(.table == "state")).rows = 5'
	expect 0
	says '"public.state" is skipped: ' '"public.mixed" is skipped: ' '"public.state_note" is skipped: '
	edited '(.targets[] | select(.table == "state")).rows = 3'
	expect 0
	says '"public.state_note" gets 3 rows' '"public.mixed" gets 9 rows'
	run plan-check "$BASE/plan.json" --run "$RUN" --rows '7;public.flag=3'
	expect 0
	says '"public.flag" is skipped: ' '"public.state" gets 4 rows instead of 7'
}

@test "a target of no rows is skipped, and its children are NULL or skipped" {
	edited '(.targets[] | select(.table == "other" or .table == "tenant")).rows = 0'
	expect 0
	says '"public.other" is skipped: its target asks for no rows' '"public.one_of" is skipped: ' \
		'"public.shares" is skipped: foreign key "shares_tenant_id_fkey" needs rows'
}

@test "a mistake in the document is refused all the same" {
	edited '.targets += [{"schema": "public", "table": "nowhere"}]'
	expect 1
	says 'error unknown_table'
	edited '.plan_version = "0.2" | .targets[].rows = 1 | .rules |= map(select(.type == "column_generator"))'
	expect 1
	says 'error defaults_need_0_3 /options/on_impossible'
	edited '.options.on_impossible = "ignore"'
	expect 1
	says 'must be one of refuse, skip'
	edited '.global.rows = 0'
	expect 1
	says 'error rows_zero /global/rows'
}

@test "a mistake in a rule that a person wrote refuses the plan; a guess, or a lost parent, costs only the table" {
	sql "CREATE SCHEMA slips; CREATE TABLE slips.a (id int PRIMARY KEY, code varchar(5) NOT NULL, n smallint NOT NULL, u text NOT NULL UNIQUE,
			qty numeric(5,2) NOT NULL CHECK (qty > 0));
		CREATE TABLE slips.gone (id int PRIMARY KEY, name text NOT NULL, CHECK (id < 0 AND id > 0));
		CREATE TABLE slips.b (id int PRIMARY KEY, gone_id int NOT NULL REFERENCES slips.gone, label text NOT NULL)"
	introspect --run slips --schema slips >/dev/null 2>&1
	# slip TABLE COLUMN GENERATOR [MORE]
	slip() {
		printf '{"plan_version": "0.3", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
			"global": {"as_of": "2026-01-01", "rows": 20}, "options": {"on_impossible": "skip"},
			"targets": [{"schema": "slips", "table": "a"}, {"schema": "slips", "table": "b"}, {"schema": "slips", "table": "gone"}],
			"rules": [{"type": "column_generator", "schema": "slips", "table": "%s", "column": "%s", "generator": %s%s}]}' \
			"$1" "$2" "$3" "${4-}" >slip.json
		run plan-check slip.json --run slips
	}
	slip a n '{"id": "primitive.int", "params": {"min": 40000, "max": 50000}}'
	expect 1
	says 'error invalid_generator_params /rules/0' '"slips.a.n"'
	slip a qty '{"id": "primitive.decimal.numeric", "params": {"min": -5, "max": -1}}'
	expect 1
	says 'error check_unsatisfiable /rules/0'
	slip a code '{"id": "primitive.text.pattern", "params": {"pattern": "[A-Z]{9}"}}'
	expect 1
	slip a n '{"id": "derive.expr", "params": {"expr": "id + 40000"}}'
	expect 1
	says 'error value_impossible' 'slips.a.n: row 0'
	slip a u '{"id": "record.person.first_name"}'
	expect 1
	# too few values for rows that are a default: fewer rows
	slip a u '{"id": "primitive.lookup", "params": {"values": ["x", "y"]}}'
	expect 0
	says '"slips.a" gets 2 rows instead of 20'
	# what init guessed
	slip a n '{"id": "primitive.int", "params": {"min": 40000, "max": 50000}}' ', "guessed": {"role": "x", "why": "", "confidence": 1}'
	expect 0
	says '"slips.a" is skipped'
	# what it reads is skipped
	slip b label '{"id": "derive.parent_value", "params": {"input_columns": ["gone_id"], "parent_schema": "slips",
		"parent_table": "gone", "parent_column": "name"}}'
	expect 0
	says '"slips.gone" is skipped'
}

@test "the same plan settles the same way each time" {
	run plan-check "$BASE/plan.json" --run "$RUN"
	expect 0
	cmp "$RUN/plan.msgpack" "$BASE/plan.msgpack"
}

@test "a plan all of whose tables are skipped goes the whole way, and says that nothing is filled" {
	pg_db nothing
	sql "CREATE TABLE never (c text NOT NULL CHECK (left(md5(c), 8) = '00000000'))"
	rm -r "$RUN"
	introspect --run "$RUN" >/dev/null
	plan-check --init --run "$RUN" plan.json
	run plan-check plan.json --run "$RUN"
	expect 0
	says '0 tables filled, 1 skipped, 0 clipped'
	make_rows "$RUN"
	"$BIN/load" --run "$RUN"
	"$BIN/eval" --run "$RUN" --sql
}

@test "a unique index that nothing makes distinct holds one row, which is enough for its children" {
	pg_db lone
	sql "CREATE TABLE stamp (id serial PRIMARY KEY, seen_at timestamptz NOT NULL);
		CREATE UNIQUE INDEX one_stamp ON stamp ((seen_at IS NOT NULL));
		CREATE TABLE mark (stamp_id integer NOT NULL REFERENCES stamp, v integer)"
	rm -r "$RUN"
	introspect --run "$RUN" >/dev/null
	plan-check --init --run "$RUN" plan.json
	plan-check plan.json --run "$RUN"
	make_rows "$RUN"
	"$BIN/load" --run "$RUN"
	[ "$(sql "SELECT (SELECT count(*) FROM stamp), (SELECT count(*) FROM mark)")" = "1|100" ]
}
