#!/usr/bin/env bats
# datalchemy fill in databases that are not empty, and called again for a run that has begun.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db shop
	sql 'CREATE TABLE kinds (id int PRIMARY KEY, name text NOT NULL);
		CREATE TABLE items (id serial PRIMARY KEY, kind int NOT NULL REFERENCES kinds, price int NOT NULL);
		CREATE TABLE orders (id serial PRIMARY KEY, item int NOT NULL REFERENCES items, pieces int NOT NULL)' >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "f$BATS_TEST_NUMBER" shop
}

fill() {
	"$ROOT/scripts/datalchemy" fill "$@"
}

# counts: how many rows kinds, items and orders have
counts() {
	sql 'SELECT (SELECT count(*) FROM kinds), (SELECT count(*) FROM items), (SELECT count(*) FROM orders)'
}

@test "--truncate empties a table and not those that inherit from it, nor do their rows count as its own" {
	sql 'CREATE TABLE base (id int PRIMARY KEY, note text); CREATE TABLE kid (x int) INHERITS (base);
		CREATE TABLE far (x int) INHERITS (kid); CREATE TABLE child (base int REFERENCES base);
		CREATE TABLE heir (x int) INHERITS (child);
		INSERT INTO kid VALUES (1, NULL, 1), (2, NULL, 2); INSERT INTO far VALUES (3); INSERT INTO heir VALUES (NULL)' >/dev/null
	# what it has are rows of others
	run fill --tables base --rows 3 --run a
	expect 0
	run fill --tables base --rows 4 --truncate --run b
	expect 0
	[ "$(sql 'SELECT (SELECT count(*) FROM ONLY base), (SELECT count(*) FROM ONLY kid), (SELECT count(*) FROM far),
		(SELECT count(*) FROM heir)')" = '4|2|1|1' ]
	# new rows beside the own ones of the table alone
	run fill --tables base --rows 5 --append --run c
	expect 0
	says 'public.base: 5 rows are added to the 4 in the database'
	sql 'TRUNCATE ONLY base, ONLY child' >/dev/null
	run fill --tables base --rows 5 --append --run d
	expect 0
	[[ $output != *'are added to'* ]] || fail "$output"
	[ "$(sql 'SELECT (SELECT count(*) FROM ONLY base), (SELECT count(*) FROM kid)')" = '5|3' ]
}
