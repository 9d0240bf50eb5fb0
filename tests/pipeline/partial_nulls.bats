#!/usr/bin/env bats
# partial_nulls: rows that have NULLs in only some columns of a foreign key.  They have no parent,
# and what is not NULL in them is as some row of the parent has it.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base pn partial_nulls.sql pn
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	PLAN=$BATS_TEST_TMPDIR/plan.json
	cd "$BATS_TEST_TMPDIR" || return
}

# plan TABLES RULES [MEMBERS]: see tests/lib/rules.py
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" "$PLAN" pn "$@"
}

MODES='uniform zipf weighted round cover fan apart single line tagged some three'

# modes N: the plan of all of them, for N places
modes() {
	local t rules
	rules='uniform relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5}
		zipf relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5, "pick": "zipf"}
		weighted relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5, "pick": {"weighted": {"by": "weight"}}}
		round relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5, "pick": "round_robin", "where": "id % 2 = 0"}
		cover relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 1, "cover": true}
		fan relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.25, "children_per_parent": {"min": 1, "max": 9}, "where": "id % 2 = 0"}
		apart relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.75, "children_per_parent": {"max": 5}, "order": "shuffled"}
		single relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5}
		line relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5}
		tagged relationship {"columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5}
		tagged relationship {"columns": ["tag_id"], "children_per_parent": {"min": 1}}
		some relationship {"columns": ["x", "y", "z"], "null_rate": 0.4}
		three relationship {"columns": ["x", "y", "z"], "null_rate": 0.4, "partial_nulls": 0.9, "where": "id % 2 = 0"}
		place.id primitive.int.sequence_hint {"start": 1, "step": 1}
		place.x primitive.int.range {"min": 1, "max": 1000000}'
	for t in $MODES; do
		rules+="
			$t.name derive.parent_value {\"input_columns\": [\"x\"], \"parent_column\": \"name\", \"parent_schema\": \"pn\", \"parent_table\": \"place\"}
			$t.of_x derive.parent_value {\"input_columns\": [\"x\"], \"parent_column\": \"x\", \"parent_schema\": \"pn\", \"parent_table\": \"place\"}
			$t.land derive.parent_value {\"input_columns\": [\"x\"], \"parent_column\": \"land_id.name\", \"parent_schema\": \"pn\", \"parent_table\": \"place\"}"
	done
	plan "land=20 place=$1 tag=$(($1 / 5)) single=$1 uniform=$(($1 * 5)) zipf=$(($1 * 5)) weighted=$(($1 * 5))
		round=$(($1 * 5)) cover=$(($1 * 5)) fan=$(($1 * 5)) apart=$(($1 * 5)) line=$(($1 * 5)) tagged=$(($1 * 5))
		some=$(($1 * 5)) three=$(($1 * 5))" "$rules"
}

# near WHAT SHARE WANTED
near() {
	"$PYTHON" -c 'import sys; s, w = map(float, sys.argv[1:]); sys.exit(abs(s - w) > 0.035)' "$2" "$3" ||
		fail "$1: $2, not about $3"
}

# kept TABLE COLUMNS RATE PARTIAL [WHERE]: the shares, the values, and that nothing else is read
kept() {
	local nulls="num_nulls(t.${2//,/, t.})" n got c without
	n=$(tr -cd , <<<"$2" | wc -c)
	got=$(sql "SELECT avg(($nulls > 0)::int), coalesce(avg(($nulls <= $n)::int) FILTER (WHERE $nulls > 0), 0) FROM pn.$1 t")
	near "$1: rows with NULLs" "${got%|*}" "$3"
	near "$1: of them, those with NULLs in part" "${got#*|}" "$4"
	# where it is NULL alone
	for c in ${2//,/ }; do
		[ "$(sql "SELECT attnotnull OR EXISTS (SELECT FROM pn.$1 t WHERE $nulls = 1 AND $c IS NULL) FROM pg_attribute
			WHERE attrelid = 'pn.$1'::regclass AND attname = '$c'")" = t ] || fail "$1: $c is never NULL alone"
		without+=" AND (t.$c IS NULL OR t.$c = p.$c)"
	done
	none "pn.$1 t WHERE $nulls <= $n AND NOT EXISTS (SELECT FROM pn.place p WHERE ${5:-true}$without)"
	none "pn.$1 t LEFT JOIN pn.place p ON $nulls = 0 AND ${5:-true}$without LEFT JOIN pn.land l ON l.id = p.land_id
		WHERE t.name IS DISTINCT FROM p.name OR t.of_x IS DISTINCT FROM p.x OR t.land IS DISTINCT FROM l.name"
}

@test "partial NULLs: as many as were asked for, of every way to choose parents, and no parent in them" {
	modes 800
	filled pn
	kept uniform x,y 0.4 0.5
	kept zipf x,y 0.4 0.5
	kept weighted x,y 0.4 0.5 'weight > 0'
	kept round x,y 0.4 0.5 'p.id % 2 = 0'
	kept cover x,y 0.32 1
	kept fan x,y 0.4 0.25 'p.id % 2 = 0'
	kept apart x,y 0.4 0.75
	kept single x,y 0.4 0.5
	kept line x,y 0.4 0.5
	kept tagged x,y 0.4 0.5
	kept some x,y,z 0.4 1
	kept three x,y,z 0.4 0.9 'p.id % 2 = 0'
	# every pattern as often as any other
	[ "$(sql "SELECT count(*), min(n) > 0.75 * avg(n), max(n) < 1.25 * avg(n) FROM (SELECT count(*) AS n FROM pn.three
		WHERE num_nulls(x, y, z) IN (1, 2) GROUP BY x IS NULL, y IS NULL, z IS NULL) x")" = '6|t|t' ]
	# children are counted as without them
	[ "$(sql "SELECT min(n) >= 1, max(n) <= 9, sum(n) FROM (SELECT count(f.id) AS n FROM pn.place p
		LEFT JOIN pn.fan f USING (x, y) WHERE p.id % 2 = 0 GROUP BY p.id) x")" = 't|t|2400' ]
	[ "$(sql "SELECT max(n), sum(n) FROM (SELECT count(f.id) AS n FROM pn.place p
		LEFT JOIN pn.apart f USING (x, y) GROUP BY p.id) x")" = '5|2400' ]
	none 'pn.place p WHERE NOT EXISTS (SELECT FROM pn.cover c WHERE c.x = p.x AND c.y = p.y)'
}

@test "partial NULLs: 1, 2, 7 and 64 shards concatenate to the same bytes" {
	modes 100
	for n in 1 2 7 64; do
		new_run "run$n" "$PLAN" --shards "$n"
		make_rows "run$n" --jobs 2
		whole "run$n" "whole$n"
		diff -r whole1 "whole$n" || fail "$n shards"
	done
}

@test "partial NULLs: receipts count them, and explain-row says the row that the values are of" {
	modes 60
	new_run run "$PLAN"
	make_rows run
	"$PYTHON" - <<'PY' || fail counted
import csv, glob, json
nulls = tables = 0
for path in glob.glob("run/receipts/gen.*.json"):
    receipt = json.load(open(path))
    name = "%s.%s" % (receipt["schema"], receipt["table"])
    rows = list(csv.DictReader(open("run/data/%s.csv" % name, newline="")))
    for c in rows[0]:
        assert receipt["nulls"].get(c, 0) == sum(r[c] == "" for r in rows), (name, c)
        nulls += receipt["nulls"].get(c, 0)
    tables += 1
assert tables >= 15 and nulls > 1000
PY
	run "$PYTHON" "$ROOT/tests/lib/explained.py" run 25
	expect 0
	row=$(awk -F, 'NR > 1 && $2 == "" && $3 != "" { print NR - 2; exit }' run/data/pn.uniform.csv)
	run explain-row --run run pn.uniform "$row"
	says 'no parent: x NULL and the rest not, as in 20 % of rows' 'the rest has the values of row'
	row=$(awk -F, 'NR > 1 && $2 == "" && $3 == "" { print NR - 2; exit }' run/data/pn.uniform.csv)
	run explain-row --run run pn.uniform "$row"
	says 'no parent: NULL, as in 20 % of rows'
}

@test "partial NULLs: checks leave some patterns, and values that they refuse are drawn again" {
	plan 'land=5 place=200 either=900 not_x=900 large=900 last=900' '
		place.x primitive.int.range {"min": 1, "max": 1000000}
		either relationship {"columns": ["x", "y"], "null_rate": 1, "partial_nulls": 1}
		not_x relationship {"columns": ["x", "y"], "null_rate": 0.5, "partial_nulls": 0.5}
		large relationship {"columns": ["x", "y"], "null_rate": 0.6, "partial_nulls": 1}
		last relationship {"columns": ["x", "y"], "null_rate": 0.6, "partial_nulls": 1}'
	filled pn
	[ "$(sql 'SELECT count(*) FILTER (WHERE x IS NULL) > 300, count(*) FILTER (WHERE y IS NULL) > 300 FROM pn.either')" = 't|t' ]
	[ "$(sql 'SELECT count(*) FILTER (WHERE x IS NULL) > 150, count(*) FILTER (WHERE y IS NULL AND x IS NOT NULL) > 150 FROM pn.not_x')" = 't|t' ]
	[ "$(sql 'SELECT count(*) FILTER (WHERE x IS NULL) > 100, count(*) FILTER (WHERE y IS NULL) > 50,
		count(*) FILTER (WHERE x < 500000) > 50 FROM pn.large')" = 't|t|t' ]
	[ "$(sql 'SELECT count(*) FILTER (WHERE x IS NULL) > 200, count(*) FILTER (WHERE y IS NULL) > 200,
		count(*) FILTER (WHERE note IS NULL) > 10 FROM pn.last')" = 't|t|t' ]
	grep -q '"retries": [1-9]' "$RUN/receipts/gen.pn.large.json"
	for t in either not_x; do # by construction
		grep -q '"retries": 0' "$RUN/receipts/gen.pn.$t.json"
	done
}

@test "partial NULLs: keys that follow have the values that are left; or none where they are NULL" {
	plan 'land=20 owner=200 shop=200 sale=2000 offer=2000 rent=2000 joint=400 loose_joint=400' '
		sale relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4}
		offer relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4, "partial_nulls": 0.5}
		joint relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4}
		loose_joint relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4, "partial_nulls": 0.8}
		rent relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4}
		rent relationship {"columns": ["land_id", "shop_id"], "null_rate": 0.3}'
	filled pn
	[ "$(sql 'SELECT avg((owner_id IS NULL)::int) BETWEEN 0.33 AND 0.47 FROM pn.joint')" = t ]
	[ "$(sql 'SELECT count(*) FILTER (WHERE land_id IS NULL AND owner_id IS NOT NULL) BETWEEN 40 AND 90,
		count(*) FILTER (WHERE owner_id IS NULL AND shop_id IS NOT NULL) BETWEEN 30 AND 90,
		count(*) FILTER (WHERE land_id IS NULL AND shop_id IS NOT NULL) FROM pn.loose_joint')" = 't|t|0' ]
	# both by rule: one chooses, the other follows
	[ "$(sql 'SELECT avg((owner_id IS NULL)::int) BETWEEN 0.37 AND 0.43, avg((shop_id IS NULL)::int) BETWEEN 0.27 AND 0.33,
		count(*) FILTER (WHERE num_nulls(owner_id, shop_id) = 2) BETWEEN 180 AND 300 FROM pn.rent')" = 't|t|t' ]
	[ "$(sql 'SELECT count(owner_id) BETWEEN 1100 AND 1300 FROM pn.sale')" = t ]
	[ "$(sql 'SELECT count(DISTINCT (land_id, shop_id)) > 100 FROM pn.sale WHERE owner_id IS NULL')" = t ]
	none 'pn.sale s WHERE NOT EXISTS (SELECT FROM pn.owner o WHERE o.land_id = s.land_id)'
	none 'pn.offer WHERE land_id IS NULL AND shop_id IS NOT NULL'
	[ "$(sql 'SELECT count(*) FILTER (WHERE land_id IS NULL AND owner_id IS NOT NULL) BETWEEN 150 AND 250,
		count(*) FILTER (WHERE owner_id IS NULL AND shop_id IS NOT NULL) BETWEEN 120 AND 250 FROM pn.offer')" = 't|t' ]
}

@test "partial NULLs: a row is nobody's child in an aggregate, and in a circle of tables" {
	plan 'hub=60 spoke=600' '
		hub.x primitive.int.range {"min": 1, "max": 1000000}
		hub.spokes derive.children {"child": "pn.spoke", "aggregate": "count"}
		spoke relationship {"columns": ["x", "y"], "null_rate": 0.5, "partial_nulls": 0.6, "pick": "round_robin"}'
	filled pn
	none '(SELECT h.spokes, (SELECT count(*) FROM pn.spoke s WHERE s.x = h.x AND s.y = h.y) AS n FROM pn.hub h) x WHERE spokes <> n'
	[ "$(sql 'SELECT count(*) FILTER (WHERE x IS NULL AND y IS NOT NULL) > 60, count(*) FILTER (WHERE y IS NULL AND x IS NOT NULL) > 30 FROM pn.spoke')" = 't|t' ]
	none 'pn.spoke s WHERE x IS NOT NULL AND NOT EXISTS (SELECT FROM pn.hub h WHERE h.x = s.x)'
	none 'pn.spoke s WHERE y IS NOT NULL AND NOT EXISTS (SELECT FROM pn.hub h WHERE h.y = s.y)'
}

# no_partial TABLES RULE TEXT...: refused so, with a way out
no_partial() {
	plan "$1" "$2"
	plan_refused
	says "${@:3}"
	[[ "$output" == *hint:* ]] || fail "no way out: $output"
}

@test "partial NULLs that cannot be are refused by name, with a way out" {
	some='"null_rate": 0.4, "partial_nulls": 0.5'
	no_partial 'land=5 place=9 full_match=9' "full_match relationship {\"columns\": [\"x\", \"y\"], $some}" \
		'error invalid_relationship /rules/0/partial_nulls' 'foreign key "full_match_x_y_fkey" of "pn.full_match" is MATCH FULL: all of its columns are NULL, or none' \
		'hint: leave partial_nulls out'
	no_partial 'land=5 place=9 not_null=9' "not_null relationship {\"columns\": [\"x\", \"y\"], \"partial_nulls\": 0.5}" \
		'"not_null_x_y_fkey" of "pn.not_null" has no column that may be NULL' 'hint: leave partial_nulls out'
	no_partial 'land=5 place=9 not_null=9' "not_null relationship {\"columns\": [\"x\", \"y\"], \"null_rate\": 0.5}" \
		'error null_rate_on_not_null' '"pn.not_null.x" is NOT NULL' 'hint: remove null_rate'
	no_partial 'land=5 place=9 alone=9' "alone relationship {\"columns\": [\"place_id\"], $some}" \
		'"alone_place_id_fkey" of "pn.alone" has one column, which is NULL or not' 'hint: leave partial_nulls out'
	no_partial 'tree=9' "tree relationship {\"columns\": [\"above_x\", \"above_y\"], $some}" \
		'"tree_above_x_above_y_fkey" of "pn.tree" leads to the table itself, where NULL is a root' 'hint: leave partial_nulls out: roots'
	no_partial 'land=5 place=9 tied=9' "tied relationship {\"columns\": [\"x\", \"y\"], \"same\": {\"land_id\": \"land_id\"}, $some}" \
		'"tied_x_y_fkey" of "pn.tied" picks among the parents that have the same values' 'hint: leave partial_nulls out'
	no_partial 'land=5 place=9 some=9' "some relationship {\"columns\": [\"x\", \"y\", \"z\"], $some}" \
		'"some_x_y_z_fkey" of "pn.some": every row with NULLs has them in some columns only, as "y" is NOT NULL' \
		'hint: leave partial_nulls out, or set it to 1'
	no_partial 'land=5 place=9 uniform=9' 'uniform relationship {"columns": ["x", "y"], "null_rate": 0, "partial_nulls": 0.5}' \
		'"pn.uniform" has no row with NULLs' 'hint: say in null_rate how many rows have any'
	no_partial 'land=5 place=9 fan' 'fan relationship {"columns": ["x", "y"], "children_per_parent": 2, "partial_nulls": 0.5}' \
		'"pn.fan" has no row with NULLs' 'hint: say in null_rate how many rows have any'
	plan 'land=5 place=9 uniform=9' 'uniform relationship {"columns": ["x", "y"], "partial_nulls": 1.5}'
	plan_refused
	says 'partial_nulls: must be a number from 0 to 1'
}

@test "partial NULLs that checks, unique keys or other foreign keys forbid are refused by name" {
	some='"null_rate": 0.4, "partial_nulls": 0.5'
	no_partial 'land=5 place=9 both=9' "both relationship {\"columns\": [\"x\", \"y\"], $some}" \
		'error check_unsatisfiable' 'foreign key both_x_y_fkey is to be NULL in some columns only: check both_check' '(x IS NULL) = (y IS NULL)' \
		'hint: leave partial_nulls out'
	no_partial 'land=5 place=9 either=9' "either relationship {\"columns\": [\"x\", \"y\"], $some}" \
		'foreign key either_x_y_fkey is to be NULL in all columns: check either_check' 'hint: set partial_nulls to 1'
	no_partial 'land=5 place=9 either=9' "either relationship {\"columns\": [\"x\", \"y\"], \"null_rate\": 0.4, \"partial_nulls\": 1}" \
		'foreign key either_x_y_fkey is to be NULL in no column: check either_check' 'hint: set null_rate to 1'
	no_partial 'land=5 place=9 equal=9' "equal relationship {\"columns\": [\"x\", \"y\"], $some}" \
		'foreign key equal_x_y_fkey is to be NULL in some columns only: a unique key does not let it'
	no_partial 'land=5 guild=30 bond=90' "bond relationship {\"columns\": [\"land_id\", \"guild_id\"], $some}" \
		'foreign key a_guild is to be NULL in some columns only: bond_guild_id_other_id_key, unique by its parents, has not all its columns'
	no_partial 'land=5 owner=9 shop=9 needed=9' "needed relationship {\"columns\": [\"land_id\", \"owner_id\"], $some}" \
		'error relationship_conflict' '"a_owner" of "pn.needed" cannot have NULLs in some columns only: "a_shop" shares columns with it, and needs a parent where they are NULL'
}

@test "a nullable key is not NULL where another that shares its columns needs a parent" {
	plan 'land=5 owner=30 shop=30 needed=500' ''
	filled pn
	[ "$(sql 'SELECT count(*), count(owner_id), count(shop_id) FROM pn.needed')" = '500|500|500' ]
	no_partial 'land=5 owner=30 shop=30 needed=500' 'needed relationship {"columns": ["land_id", "owner_id"], "null_rate": 0.4}' \
		'error relationship_conflict /rules/0' '"a_owner" of "pn.needed" cannot be NULL: "a_shop" shares columns with it, and needs a parent'
}

@test "a nullable key of several columns without partial_nulls is NULL in all of them or in none, as ever" {
	plan 'land=5 place=50 uniform=500' 'uniform relationship {"columns": ["x", "y"], "null_rate": 0.5}'
	filled pn
	[ "$(sql 'SELECT count(*) FILTER (WHERE num_nulls(x, y) = 1), count(*) FILTER (WHERE x IS NULL) > 200 FROM pn.uniform')" = '0|t' ]
	[ "$("$PYTHON" -c 'import json; print("partial_nulls" in open("run/resolved_plan.json").read())')" = False ]
}
