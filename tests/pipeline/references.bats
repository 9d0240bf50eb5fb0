#!/usr/bin/env bats
# References by a type and an id, which a rule of the plan says and no foreign key: shards, rows that a database has,
# the audit, and what is refused.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db refs
	sql 'CREATE TABLE post (id int PRIMARY KEY); CREATE TABLE clip (id uuid PRIMARY KEY, note text);
		CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));
		CREATE TABLE remark (id int PRIMARY KEY, kind varchar(10) NOT NULL, target text NOT NULL, body text);
		CREATE TABLE mark (id int PRIMARY KEY, kind text NOT NULL, target int NOT NULL)'
	introspect --run "$BATS_FILE_TMPDIR/base" >/dev/null
	export BASE=$BATS_FILE_TMPDIR/base
	export REMARKS='[{"type": "polymorphic", "schema": "public", "table": "remark", "type_column": "kind", "id_column": "target",
		"parents": [{"value": "post", "table": "post", "weight": 3}, {"value": "clip", "table": "clip"},
			{"value": "remark", "table": "remark"}]}]'
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export RUN=run PLAN=plan.json
}

@test "rows that refer by type and id are the same in one shard and in five" {
	small_plan public 7 "post=300 clip=200 remark=9000" "$REMARKS"
	new_run one plan.json
	make_rows one
	new_run five plan.json --shards 5
	make_rows five --jobs 2
	whole one one.rows
	whole five five.rows
	diff -r one.rows five.rows
	grep -q '"polymorphic"' one/resolved_plan.json
}

# marks [RULE MEMBERS]: a plan whose marks refer to posts, and to pairs by one of two columns
marks() {
	small_plan public 7 "post=40 pair=40 mark=200" "[{\"type\": \"polymorphic\", \"schema\": \"public\", \"table\": \"mark\",
		\"type_column\": \"kind\", \"id_column\": \"target\", \"parents\": [{\"value\": \"post\", \"table\": \"post\"}$1]}]"
}

@test "eval finds an id that its type's table does not have, in the files and in the database" {
	marks ', {"value": "pair", "table": "pair", "column": "b"}'
	new_run run plan.json
	make_rows run
	pg_db audited refs
	"$BIN/load" --run run >/dev/null
	run "$BIN/eval" --run run --conn "$DATABASE_URL"
	expect 0
	sql "UPDATE mark SET target = -1 WHERE id IN (SELECT id FROM mark WHERE kind = 'pair' LIMIT 3)"
	run "$BIN/eval" --run run --conn "$DATABASE_URL"
	expect 1
	grep -q 'kind=pair' run/report.md || fail "$(cat run/report.md)"
}

@test "ids of rows that the database has already" {
	pg_db existing refs
	sql 'INSERT INTO post SELECT generate_series(1001, 1050)'
	introspect --run there --keys public.post >/dev/null
	small_plan public 7 "mark=100" '[{"type": "polymorphic", "schema": "public", "table": "mark", "type_column": "kind",
		"id_column": "target", "parents": [{"value": "post", "table": "post"}]}]'
	plan-check plan.json --run there >/dev/null
	make_rows there
	"$BIN/load" --run there >/dev/null
	[ "$(sql 'SELECT count(*) FROM mark JOIN post ON post.id = target')" = 100 ]
	run "$BIN/eval" --run there --conn "$DATABASE_URL"
	expect 0
}

# refuses RULE TEXT...: the plan with that rule for marks is refused, and says so
refuses() {
	small_plan public 7 "post=40 pair=40 mark=200" "[$1]"
	plan_refused
	says "${@:2}"
}

@test "a rule that means nothing is refused, with its place" {
	local head='{"type": "polymorphic", "schema": "public", "table": "mark", "id_column": "target", "type_column": "kind"'
	refuses "$head, \"parents\": [{\"value\": \"x\", \"table\": \"nobody\"}]}" 'there is no table "public.nobody"' /rules/0/parents/0
	refuses "$head, \"parents\": [{\"value\": \"x\", \"table\": \"pair\"}]}" 'has no primary key of one column'
	refuses "$head, \"parents\": [{\"value\": \"x\", \"table\": \"post\"}, {\"value\": \"x\", \"table\": \"clip\", \"column\": \"note\"}]}" \
		'type x is said twice'
	refuses "$head, \"null_rate\": 0.5, \"parents\": [{\"value\": \"x\", \"table\": \"post\"}]}" 'the columns are not both nullable'
	refuses "$head, \"parents\": []}" 'are 1 to 15 tables'
	refuses "$head, \"parents\": [{\"value\": \"x\", \"table\": \"post\", \"wieght\": 1}]}" wieght
	refuses "$head, \"parents\": [{\"value\": \"x\", \"table\": \"clip\"}]}" 'mark.target'
}
