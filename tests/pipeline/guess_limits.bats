#!/usr/bin/env bats
# What init's guesses say of tables that are larger or narrower than usual, asked of PostgreSQL.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db guess_limits
	sql_file "$ROOT/tests/fixtures/guess_limits.sql"
	catalogue run public
	plan-check --init --locale en_US --as-of 2026-11-01 --run "$BATS_FILE_TMPDIR/run" >"$BATS_FILE_TMPDIR/plan.json"
	plan-check --init --explain --locale en_US --run "$BATS_FILE_TMPDIR/run" >"$BATS_FILE_TMPDIR/explained"
	plan-check "$BATS_FILE_TMPDIR/plan.json" --run "$BATS_FILE_TMPDIR/run"
	make_rows "$BATS_FILE_TMPDIR/run"
	"$BIN/load" --run "$BATS_FILE_TMPDIR/run" --conn "$DATABASE_URL" >/dev/null
}

teardown_file() {
	pg_stop
}

# first_and_last TABLE: rows, and of them those whose first moment is not the creation, or whose last not the update
first_and_last() {
	sql "SELECT count(*), count(*) FILTER (WHERE created_at > first), count(*) FILTER (WHERE updated_at < last)
		FROM $1 r, LATERAL (SELECT min(value::timestamptz) AS first, max(value::timestamptz) AS last
			FROM jsonb_each_text(to_jsonb(r)) WHERE key LIKE '%\\_at') AS moments"
}

@test "a row of twenty moments is created before all of them, and updated after all" {
	[ "$(first_and_last deals)" = '100|0|0' ]
	[ "$(first_and_last parcels)" = '100|0|0' ]
	[ "$(sql 'SELECT count(*) FROM deals WHERE closed_at IS NULL')" -gt 0 ]
	grep -q 'deals\.updated_at .*derive\.moment' "$BATS_FILE_TMPDIR/explained"
}

@test "a row of twenty parents comes after fifteen of them, and after all that it must have" {
	local i older=false
	for i in {11..20}; do
		older+=" OR created_at < (SELECT p.created_at FROM place_$i p WHERE p.id = place_${i}_id)"
	done
	[ "$(sql "SELECT count(*), count(*) FILTER (WHERE $older) FROM visits")" = '100|0' ]
	[ "$(jq '[.rules[] | select(.table == "visits" and .column == "created_at").params.after[]] | length' "$BATS_FILE_TMPDIR/plan.json")" = 15 ]
	grep -q 'visits\.created_at .*; it is after 15 of its 20 parents' "$BATS_FILE_TMPDIR/explained"
}

@test "a total too narrow for the sum of its lines is none, and --explain says so" {
	grep -q 'slips\.total .*; it is not the sum of its slip_items, which can be more than numeric(5,2) and its checks hold' \
		"$BATS_FILE_TMPDIR/explained"
	grep -q 'slip_items\.line_total .* quantity times price, less discount, within what numeric(6,2) and its checks hold' \
		"$BATS_FILE_TMPDIR/explained"
	[ "$(sql 'SELECT count(*) FROM slip_items WHERE line_total <> least(9999, quantity * unit_price)')" = 0 ]
}

@test "a recent price is in no cents, and the tax on a commission is no ISS" {
	[ "$(sql 'SELECT count(*) > 0, count(*) FILTER (WHERE recent_price <> price) FROM sale_items i JOIN goods g ON g.id = good_id')" = 't|0' ]
	[ "$(sql 'SELECT count(*), count(*) FILTER (WHERE commission_tax <> round(subtotal * 0.08, 2)) FROM settlements')" = '100|0' ]
}
