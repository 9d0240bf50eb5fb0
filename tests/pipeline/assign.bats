#!/usr/bin/env bats
# A value that moves into a column of another type arrives as PostgreSQL would have assigned it, or
# is refused by name; and moments keep their order in every time zone.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base assign assign.sql asg
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# rule TABLE.COLUMN GENERATOR PARAMS: a rule as JSON, and a comma
rule() {
	echo "{\"type\": \"column_generator\", \"schema\": \"asg\", \"table\": \"${1%.*}\", \"column\": \"${1#*.}\",
		\"generator\": \"$2\", \"params\": $3},"
}

# rules RULE...: a list of them
rules() {
	local all="$*"
	echo "[${all%,}]"
}

# copy COLUMN OF: copies.COLUMN is OF of the parent
copy() {
	rule "copies.$1" derive.parent_value "{\"input_columns\": [\"parent_id\"], \"parent_schema\": \"asg\",
		\"parent_table\": \"parents\", \"parent_column\": \"$2\"}"
}

PARENTS="$(rule parents.big primitive.int '{"min": 100000, "max": 200000}')
	$(rule parents.price primitive.float '{"min": 109000, "max": 110000}')
	$(rule parents.wide primitive.float '{"min": 1e39, "max": 1e40}')"

@test "plan-check refuses a copy whose values are known not to fit, and says what they are" {
	small_plan asg 1 "parents=50 copies=50" "$(rules "$PARENTS" "$(copy small big)" "$(copy cut price)" "$(copy unit price)" \
		"$(copy sure maybe)")"
	cp "$BASE/schema.msgpack" .
	run plan-check plan.json --run .
	expect 1
	says '"asg.copies.small"' 'asg.parents.big, which are from 100000 to 200000, and type smallint does not hold' \
		'"asg.copies.cut"' 'type numeric(4,2) does not hold' '"asg.copies.unit"' 'type numeric(18,18) does not hold' \
		'"asg.copies.sure": some parents have no value'
}

@test "a copy that does not fit is an error of its row, with column and types, and without the value" {
	local c
	for c in "narrow wide double precision does not fit type real" "word label text does not fit type character varying(3)"; do
		read -r column of why <<<"$c"
		rm -rf run
		small_plan asg 1 "parents=50 copies=50" "$(rules "$PARENTS" "$(copy "$column" "$of")")"
		cp "$BASE/schema.msgpack" .
		if plan-check plan.json --run . >said 2>&1; then
			gen-parents --run . >/dev/null
			run gen-children --run .
			refused 1 "asg.copies.$column: row 0, derive.parent_value: a value of type $why"
			[ ! -e data/asg.copies.csv ]
		else # making the first rows tells it before
			grep -q "asg.copies.$column" said
			grep -q "$why" said
		fi
		rm -rf plan.msgpack data keys receipts
	done
}

@test "a copy that fits is what PostgreSQL assigns, in csv, COPY text and COPY BINARY" {
	local f
	small_plan asg 1 "parents=500 copies=3000" "$(rules "$(rule parents.big primitive.int '{"min": -32768, "max": 32767}')" \
		"$(rule parents.price primitive.float '{"min": -99.99, "max": 99.99}')" "$(copy small big)" "$(copy cut price)" "$(copy sure price)" \
		"$(copy narrow wide)" "$(rule parents.label primitive.text.pattern '{"pattern": "[a-z]{1,3}"}')" "$(copy word label)")"
	new_run run plan.json
	for f in csv text binary; do
		pg_db "asg_$f" assign
		make_rows run --format "$f"
		"$BIN/load" --run run >/dev/null
		[ "$(sql 'SELECT count(*) FROM asg.copies')" = 3000 ]
		none "asg.copies c JOIN asg.parents p ON p.id = c.parent_id WHERE (c.small, c.cut, c.sure, c.narrow, c.word)
			IS DISTINCT FROM (p.big::smallint, p.price::numeric(4,2), p.price::integer, p.wide::real, p.label::varchar(3))"
		rm -rf run/data run/keys run/receipts
	done
}

@test "a foreign key narrower or wider than its key finds its parents, and eval says so too" {
	local f
	small_plan asg 1 "wide_keys=500 narrow_refs=2000 codes=300 code_refs=2000 reals=500 real_refs=2000 numbers=500 number_refs=2000" \
		"$(rules "$(rule codes.code primitive.text.pattern '{"pattern": "[a-z]{2,3}"}')")"
	new_run run plan.json
	for f in csv binary; do
		pg_db "fk_$f" assign
		make_rows run --format "$f"
		"$BIN/load" --run run >/dev/null # every constraint is validated
		[ "$(sql 'SELECT count(*) FROM asg.real_refs JOIN asg.reals USING (x)')" = 2000 ]
		run "$BIN/eval" --run run --sql
		expect 0
		rm -rf run/data run/keys run/receipts
	done
}

@test "a key that does not fit the foreign key is refused, by its range or at the row" {
	small_plan asg 1 "wide_keys=50000 narrow_refs=100"
	cp "$BASE/schema.msgpack" .
	run plan-check plan.json --run .
	expect 1
	says '"asg.narrow_refs.key"' 'takes the values of asg.wide_keys.id' 'type smallint does not hold all of them' "relationship's where"
	small_plan asg 1 "codes=50 code_refs=100"
	if plan-check plan.json --run . >said 2>&1; then
		gen-parents --run . >/dev/null
		gen-children --run . >said 2>&1 && fail "made"
	fi
	grep -q "asg.code_refs.code.*row .*foreign key code_refs_code_fkey: a value of type text does not fit type character varying(3)" said
}

# moments MIN MAX [MEMBER]: later's columns go from their opened row
moments() {
	local p="\"input_columns\": [\"opened_id\"], \"min\": \"$1\", \"max\": \"$2\"${3:-}"
	rules "$(rule later.day derive.after_parent "{$p, \"parent_column\": \"at\"}")" \
		"$(rule later.before derive.before_parent "{$p, \"parent_column\": \"at\"}")" \
		"$(rule later.moment derive.after_parent "{$p, \"parent_column\": \"on_day\"}")" \
		"$(rule later.due derive.after_parent "{$p, \"parent_column\": \"on_day\"}")"
}

@test "moments with and without a time zone are in order in every session's" {
	local zone
	small_plan asg 1 "opened=3000 later=9000" "$(moments 0d 3d)"
	new_run run plan.json
	make_rows run
	pg_db moments assign
	"$BIN/load" --run run >/dev/null
	for zone in UTC Asia/Tokyo America/Sao_Paulo Pacific/Kiritimati Etc/GMT+12; do
		[ "$(sql "SET timezone = '$zone'; SELECT count(*) FROM asg.later l JOIN asg.opened o ON o.id = l.opened_id
			WHERE l.day < o.at OR l.before > o.at OR l.moment < o.on_day")" = 0 ] || fail "$zone"
	done
	# and no farther than they have to be
	none "asg.later l JOIN asg.opened o ON o.id = l.opened_id
		WHERE l.day > o.at + interval '3 days' OR l.moment > o.on_day + interval '3 days'"
}

@test "what comes after a parent is not after today, unless the plan wants it so" {
	small_plan asg 1 "opened=3000 later=9000" "$(moments 0d 400d)"
	new_run run plan.json
	make_rows run
	pg_db asof assign
	"$BIN/load" --run run >/dev/null
	none "asg.later WHERE due > '2026-11-26' OR moment > '2026-11-26Z'::timestamptz + interval '12 hours' OR day > date '2026-11-27'"
	small_plan asg 1 "opened=3000 later=9000" "$(moments 0d 400d ', "future": true')"
	new_run run2 plan.json
	make_rows run2
	pg_db future assign
	"$BIN/load" --run run2 >/dev/null
	[ "$(sql "SELECT count(*) > 300 FROM asg.later WHERE due > '2026-11-26'")" = t ]
}

@test "numbers beyond 18 digits are made where checks leave no others, and refused where a rule alone asks for them" {
	pg_db wide
	sql "CREATE SCHEMA w; CREATE TABLE w.coin (id int PRIMARY KEY, wei numeric(30) CHECK (wei > 100000000000000000000),
			rate numeric(30,10) NOT NULL, any_size numeric NOT NULL);
		CREATE TABLE w.whole (a numeric(30) NOT NULL CHECK (a >= 1e19 AND a < 1e20));
		CREATE TABLE w.fine (a numeric(30,10) NOT NULL UNIQUE CHECK (a > 1000000000000));
		CREATE TABLE w.listed (a numeric(30) NOT NULL CHECK (a IN (100000000000000000000, 200000000000000000000)))"
	introspect --run w --schema w >/dev/null 2>&1
	small_plan w 1 'coin=50'
	plan-check plan.json --run w >said 2>&1 || fail "$(cat said)"
	gen-parents --run w >/dev/null
	"$BIN/load" --run w >/dev/null
	[ "$(sql 'SELECT count(*), count(wei) > 0, bool_and(wei > 1e20) FROM w.coin')" = '50|t|t' ]
	small_plan w 1 'whole=50 fine=50 listed=50'
	plan-check plan.json --run w >said 2>&1 || fail "$(cat said)"
	gen-parents --run w >/dev/null
	"$BIN/load" --run w >/dev/null
	[ "$(sql 'SELECT count(DISTINCT a) FROM w.fine')" = 50 ]
	[ "$(sql 'SELECT count(DISTINCT a) FROM w.listed')" = 2 ]
	[ "$(sql 'SELECT count(DISTINCT a) > 40 FROM w.whole')" = t ]
	# a range is made as it is asked for, or not at all
	for range in 'rate primitive.decimal.numeric {"min":1,"max":2000000000000}' 'any_size primitive.int {"min":1,"max":90000000000000000}'; do
		read -r column id params <<<"$range"
		small_plan w 1 'coin=50' "[{\"type\": \"column_generator\", \"schema\": \"w\", \"table\": \"coin\", \"column\": \"$column\",
			\"generator\": {\"id\": \"$id\", \"params\": $params}}]"
		run plan-check plan.json --run w
		expect 1
		says "\"w.coin.$column\"" 'min or max is beyond the 18 digits'
	done
}
