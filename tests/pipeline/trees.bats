#!/usr/bin/env bats
# Trees whose rows read their parent, which reads its own: the same rows in any shards, and what is refused.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db trees
	sql_file "$ROOT/tests/cases/tree-climbs.sql"
	sql 'CREATE TABLE pair (id int PRIMARY KEY, mother int REFERENCES pair (id), father int REFERENCES pair (id),
		born int NOT NULL)'
	sql 'CREATE TABLE chain (id int PRIMARY KEY, next int UNIQUE REFERENCES chain (id), place int NOT NULL)'
	sql 'CREATE TABLE branch (id int PRIMARY KEY, up int REFERENCES branch (id), depth int NOT NULL, a int NOT NULL,
		b int NOT NULL, CHECK (a <= b + 100), CHECK ((up IS NULL) = (depth = 0)))'
	introspect --run "$BATS_FILE_TMPDIR/base"
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# climbing TABLE COLUMN EXPRESSION ...: a list of rules
climbing() {
	local rules=()
	while [ $# -gt 0 ]; do
		rules+=("{\"type\": \"column_generator\", \"schema\": \"public\", \"table\": \"$1\", \"column\": \"$2\",
			\"generator\": {\"id\": \"derive.expr\", \"params\": {\"expr\": \"$3\"}}}")
		shift 3
	done
	local IFS=,
	echo "[${rules[*]}]"
}

@test "rows that read their ancestors are the same in one shard and in five, in any order" {
	small_plan public 3 "cat=20000 emp=6000 branch=6000" "$(climbing branch depth 'coalesce(up.depth + 1, 0)' \
		cat depth 'coalesce(parent_id.depth + 1, 0)' cat path "coalesce(parent_id.path || '/', '') || id::text" \
		emp salary 'coalesce(greatest(501, boss.salary * uniform(0.7, 0.95)), uniform(20000, 90000))')"
	new_run one plan.json
	make_rows one
	new_run five plan.json --shards 5
	make_rows five --jobs 2
	whole one one.rows
	whole five five.rows
	diff -r one.rows five.rows
	new_run alone plan.json --shards 5
	gen-parents --run alone --table public.branch --shard 3
	cmp alone/data/public.branch.3-of-5.csv five/data/public.branch.3-of-5.csv
}

@test "going up by two keys at once, or in a ring, is refused" {
	small_plan public 3 "pair=100" "$(climbing pair born 'coalesce(greatest(mother.born, father.born) + 1, 0)')"
	RUN=two PLAN=plan.json plan_refused
	says fk_cycle pair_father_fkey 'hangs on a row that is made in turn'
	small_plan public 3 "chain=100" "$(climbing chain place 'coalesce(next.place + 1, 0)')"
	RUN=ring PLAN=plan.json plan_refused
	says fk_cycle chain_next_fkey
}

@test "a path that only deep rows make too long for its column is refused when the plan is checked" {
	pg_db deep
	sql 'CREATE SCHEMA s; CREATE TABLE s.n (id int PRIMARY KEY, up int REFERENCES s.n, path varchar(20) NOT NULL)'
	catalogue deep s
	cp -r "$BATS_FILE_TMPDIR/deep" run
	small_plan s 3 'n=90000' '[{"type": "column_generator", "schema": "s", "table": "n", "column": "path",
		"generator": {"id": "derive.tree_path", "params": {"input_columns": ["up"]}}}]'
	run plan-check plan.json --run run
	expect 1
	says 's.n.path: row ' 'the path is longer than the column'
}
