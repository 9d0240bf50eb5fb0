#!/usr/bin/env bats
# What init takes columns for whose whole name no role knows: endings, short forms, and types.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db guessed
	DATABASE_URL=$(pg_url guessed)
	export DATABASE_URL
	sql "CREATE TABLE visit (id int PRIMARY KEY, first_nm text, checked_by text, flux_class varchar(20), open_ind char(1),
		plinth text, plinths text[], plinth_doc jsonb, plinth_hour time, plinth_no text, plinth_size smallint)"
	catalogue guessed.run public
	plan-check --init --locale en_US --run "$BATS_FILE_TMPDIR/guessed.run" >"$BATS_FILE_TMPDIR/plan.json"
}

teardown_file() {
	pg_stop
}

# role COLUMN: the role that the plan says it was taken for
role() {
	jq -r --arg c "$1" '.rules[] | select(.column == $c) | .guessed.role' "$BATS_FILE_TMPDIR/plan.json"
}

@test "an ending says what a column holds whose name no role knows" {
	[ "$(role checked_by)" = rest.by ]
	[ "$(role flux_class)" = rest.kind ]
	[ "$(role plinth_no)" = rest.number ]
}

@test "short forms of enterprises stand for the names that they shorten" {
	[ "$(role first_nm)" = person.first_name ]
	[ "$(role open_ind)" = other.flag_letter ]
}

@test "where nothing says what a column holds its type does, without letters at random" {
	[ "$(role plinth)" = other.text ]
	[ "$(role plinths)" = other.array ]
	[ "$(role plinth_doc)" = other.json ]
	[ "$(role plinth_hour)" = other.time ]
}
