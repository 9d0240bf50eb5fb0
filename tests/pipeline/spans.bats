#!/usr/bin/env bats
# How long what a row is about lasts, as words of columns and tables say it, and the columns that say so themselves.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db spans
	DATABASE_URL=$(pg_url spans)
	export DATABASE_URL
	sql "CREATE TABLE showings (id int PRIMARY KEY, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, duration_minutes int NOT NULL,
			checked_in_at timestamptz);
		CREATE TABLE velorios (id int PRIMARY KEY, inicio timestamp NOT NULL, fim timestamp NOT NULL);
		CREATE TABLE plinths (id int PRIMARY KEY, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL);
		CREATE TABLE leases (id int PRIMARY KEY, start_date date NOT NULL, end_date date NOT NULL);
		CREATE TABLE bills (id int PRIMARY KEY, period_start date NOT NULL, period_end date NOT NULL, days smallint NOT NULL);
		CREATE TABLE concertos (id int PRIMARY KEY, inicio_vendas timestamp NOT NULL, fim_vendas timestamp NOT NULL);
		CREATE TABLE work_orders (id int PRIMARY KEY, planned_start timestamptz NOT NULL, planned_end timestamptz NOT NULL,
			actual_start timestamptz, actual_end timestamptz, total_hours numeric(8,2), CHECK (planned_end > planned_start));
		CREATE TABLE outages (id int PRIMARY KEY, started_at timestamptz NOT NULL, restored_at timestamptz, duration_min int);
		CREATE TABLE viagens (id int PRIMARY KEY, saida_em timestamp NOT NULL, chegada_prevista timestamp, chegada_em timestamp);
		CREATE TABLE service_calls (id int PRIMARY KEY, opened_at timestamptz NOT NULL, dispatched_at timestamptz, arrived_at timestamptz, closed_at timestamptz);
		CREATE TABLE machines (id int PRIMARY KEY, install_date date NOT NULL, next_service_due date NOT NULL);
		CREATE TABLE motoristas (id int PRIMARY KEY, nome varchar(80), validade_cnh date NOT NULL)"
	catalogue spans.run public
	cd "$BATS_FILE_TMPDIR" || return
	plan-check --init plan.json --rows 300 --as-of 2026-11-01 --run spans.run
	plan-check plan.json --run spans.run >/dev/null
	make_rows spans.run
	"$BIN/load" --run spans.run >/dev/null
}

teardown_file() {
	pg_stop
}

# lasts TABLE FROM TO LEAST MOST: every row lasts between the two intervals
lasts() {
	[ "$(sql "SELECT count(*) FROM $1 WHERE ($3)::timestamp - ($2)::timestamp NOT BETWEEN '$4' AND '$5'")" = 0 ]
}

@test "an end is as far from its beginning as what the row is about lasts" {
	lasts showings starts_at ends_at '10 min' '80 min'
	lasts velorios inicio fim '2 hours' '20 hours'
	lasts concertos inicio_vendas fim_vendas '7 days' '60 days'
}

@test "of what nobody knows, two timestamps are hours apart" {
	lasts plinths starts_at ends_at '15 min' '10 hours'
}

@test "what is agreed for a term ends with it" {
	[ "$(sql "SELECT count(*) FROM leases WHERE end_date - start_date NOT IN (364, 729, 1094)")" = 0 ]
	[ "$(sql "SELECT count(*) FROM bills WHERE period_end - period_start NOT IN (29, 30)")" = 0 ]
}

@test "an end comes after the beginning that is called as it is, and not without it" {
	lasts work_orders planned_start planned_end '1 hour' '3 days'
	lasts work_orders actual_start actual_end '1 hour' '3 days'
	[ "$(sql "SELECT count(*) FROM work_orders WHERE actual_end IS NOT NULL AND actual_start IS NULL")" = 0 ]
}

@test "a duration is that from beginning to end" {
	[ "$(sql "SELECT count(*) FROM showings WHERE abs(duration_minutes - extract(epoch FROM ends_at - starts_at) / 60) > 0.5")" = 0 ]
	[ "$(sql "SELECT count(*) FROM bills WHERE days <> period_end - period_start + 1")" = 0 ]
	[ "$(sql "SELECT count(*) FROM outages WHERE abs(duration_min - extract(epoch FROM restored_at - started_at) / 60) > 0.5")" = 0 ]
	[ "$(sql "SELECT count(*) FROM work_orders WHERE abs(total_hours - extract(epoch FROM actual_end - actual_start) / 3600) > 0.01")" = 0 ]
}

@test "what happens at something short happens from its start on, and by day where it does" {
	[ "$(sql "SELECT count(*) FROM showings WHERE checked_in_at NOT BETWEEN starts_at AND starts_at + interval '80 min'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM showings WHERE extract(hour FROM starts_at AT TIME ZONE 'UTC') NOT BETWEEN 8 AND 17")" = 0 ]
}

@test "who sets out arrives later, and a crew is sent before it comes" {
	[ "$(sql "SELECT count(*) FROM viagens WHERE chegada_em < saida_em OR chegada_prevista < saida_em")" = 0 ]
	[ "$(sql "SELECT count(*) FROM outages WHERE restored_at < started_at")" = 0 ]
	[ "$(sql "SELECT count(*) FROM service_calls WHERE arrived_at < dispatched_at OR closed_at < arrived_at")" = 0 ]
}

@test "what comes next is ahead of today, and most papers are valid still" {
	[ "$(sql "SELECT count(*) < 60 FROM machines WHERE next_service_due < '2026-11-01'")" = t ]
	[ "$(sql "SELECT count(*) < 60 FROM motoristas WHERE validade_cnh < '2026-11-01'")" = t ]
}
