#!/usr/bin/env bats
# What few schemas have: each is filled and loaded, or refused by name before the first byte.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/each_database

setup() {
	own_database
	BASE=base
}

# tables SQL: what it makes in schema z is read into $BASE
tables() {
	sql "CREATE SCHEMA z; SET search_path = z; $1"
	introspect --run "$BASE" --schema z >/dev/null 2>&1
}

# checked PLAN: plan-check says yes, or says why not
checked() {
	mkdir -p run
	cp "$BASE/schema.msgpack" run
	run plan-check "$1" --run run
}

@test "a partial index without room, and checks that are ignored: rows stay outside its predicate" {
	tables "CREATE TABLE t (id int PRIMARY KEY, slot int NOT NULL CHECK (slot BETWEEN 1 AND 3), busy bool NOT NULL);
		CREATE UNIQUE INDEX one ON t (slot) WHERE busy"
	small_plan z 1 "t=50" '[{"type": "constraint_policy", "schema": "z", "table": "t", "constraint": "check", "mode": "ignore"},
		{"type": "column_generator", "schema": "z", "table": "t", "column": "slot",
		 "generator": {"id": "primitive.int", "params": {"min": 1, "max": 3}}}]'
	checked plan.json
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null 2>&1
	[ "$(sql 'SELECT count(*), count(*) FILTER (WHERE busy) <= 3 FROM z.t')" = "50|t" ]
}

@test "two partial indexes without room, of which every row is in one: refused by the index, with a way out" {
	tables "CREATE TABLE t (id int PRIMARY KEY, slot int NOT NULL CHECK (slot BETWEEN 1 AND 3), place int NOT NULL CHECK (place BETWEEN 1 AND 3),
		state int NOT NULL CHECK (state BETWEEN 0 AND 1));
		CREATE UNIQUE INDEX is_busy ON t (slot) WHERE state = 1; CREATE UNIQUE INDEX is_free ON t (place) WHERE state = 0"
	small_plan z 1 "t=50"
	checked plan.json
	expect 1
	says 'error key_space_too_small /targets/0/rows' \
		'is_free: 50 rows need 50 distinct (place), 3 allow 3, of a partial index whose predicate no column can be kept from'
}

@test "a partial index without room, whose predicate reads what two checks decide: refused, with a way out" {
	tables "CREATE TABLE t (id int PRIMARY KEY, slot int NOT NULL CHECK (slot BETWEEN 1 AND 3), a int NOT NULL, b int,
		c int NOT NULL, d int, CHECK (a = 1 AND b IS NULL OR a = 2 AND b IS NOT NULL), CHECK (c = 1 AND d IS NULL OR c = 2 AND d IS NOT NULL));
		CREATE UNIQUE INDEX one ON t (slot) WHERE b IS NOT NULL OR d IS NOT NULL"
	small_plan z 1 "t=50"
	checked plan.json
	expect 1
	says 'error unsupported_unique' 'rows beyond those it has room for cannot be kept outside its predicate' \
		'give the columns of its predicate rules that leave rows outside'
}

@test "a check that reads of a column whether it is NULL, and of others what they are, holds" {
	tables "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, note text,
		CHECK ((a * b + CASE WHEN note IS NULL THEN 1 ELSE 2 END) % 3 = 0))"
	small_plan z 1 "t=500"
	checked plan.json
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null 2>&1
	[ "$(sql 'SELECT count(*), count(note) BETWEEN 400 AND 490, count(DISTINCT note) > 300 FROM z.t')" = "500|t|t" ]
}

@test "the least and the greatest of children's reals, NaN being the greatest, are what PostgreSQL says" {
	tables "CREATE TABLE p (id int PRIMARY KEY, least float8, most float8);
		CREATE TABLE c (id int PRIMARY KEY, p_id int NOT NULL REFERENCES p, v float8)"
	local rules='' of
	for of in least:min most:max; do
		rules+="{\"type\": \"column_generator\", \"schema\": \"z\", \"table\": \"p\", \"column\": \"${of%:*}\", \"generator\":
			{\"id\": \"derive.children\", \"params\": {\"child\": \"z.c\", \"aggregate\": \"${of#*:}\", \"expr\": \"v\"}}},"
	done
	small_plan z 1 "p=40 c=200" "[$rules {\"type\": \"column_generator\", \"schema\": \"z\", \"table\": \"c\", \"column\": \"v\",
		\"generator\": {\"id\": \"derive.expr\", \"params\": {\"expr\": \"CASE WHEN id % 7 = 0 THEN 'NaN'::float8 ELSE id % 13 - 6.5 END\"}}},
		{\"type\": \"relationship\", \"schema\": \"z\", \"table\": \"c\", \"columns\": [\"p_id\"],
		 \"children_per_parent\": {\"min\": 0, \"max\": 20}}]"
	checked plan.json
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null 2>&1
	[ "$(sql "SELECT count(*) FROM z.p WHERE least IS DISTINCT FROM (SELECT min(v) FROM z.c WHERE p_id = p.id)
		OR most IS DISTINCT FROM (SELECT max(v) FROM z.c WHERE p_id = p.id)")" = 0 ]
	[ "$(sql "SELECT count(*) > 5 FROM z.p WHERE most = 'NaN'")" = t ]
}

@test "references written in several ways are not called orphans, and not called whole" {
	tables "CREATE TABLE p (at inet PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, at inet NOT NULL REFERENCES p)"
	small_plan z 1 "p=20 c=50"
	checked plan.json
	expect 0
	make_rows run
	sed -i 's|^\([0-9]*\),10\.|\1,010.|; s|,\(10.*\)$|,\1/32|' run/data/z.c.csv
	rm run/receipts/gen.z.c.json
	run "$BIN/eval" --run run
	says 'not evaluated: z.c -> z.p c_at_fkey: a value of type inet may be written in several ways'
	[[ $output != *'no such row'* ]] || fail "$output"
}

@test "a policy for a constraint that the table does not have is warned of" {
	tables "CREATE TABLE t (id int)"
	small_plan z 1 "t=5" '[{"type": "constraint_policy", "schema": "z", "table": "t", "constraint": "not_null", "mode": "warn"}]'
	checked plan.json
	says 'warning constraint_not_found /rules/0' 'has no constraint of kind not_null'
}

@test "comments within comments, and semicolons in them, are no statements of a script" {
	printf '%s\n' 'CREATE /* one; /* two; */ three; */ TABLE a (id int); -- four; five' '/* CREATE TABLE b (); */' \
		"CREATE TABLE c (t text DEFAULT '/* ; ', u text DEFAULT \$q\$ */ ; \$q\$);" >some.sql
	run introspect --ddl some.sql --run run
	expect 0
	[ "$("$PYTHON" -c 'import json; print([t["name"] for t in json.load(open("run/schema.json"))["schemas"][0]["tables"]])')" = "['a', 'c']" ] ||
		fail "$(cat run/schema.json)"
}
