#!/usr/bin/env bats
# The size that numbers have: what a table's rows are worth, measures by their names and units, parts of a whole, readings of a
# counter, and what only the type tells.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db measures
	DATABASE_URL=$(pg_url measures)
	export DATABASE_URL
	sql "CREATE TABLE properties (id int PRIMARY KEY, list_price numeric(12,2) NOT NULL, annual_taxes numeric(10,2) NOT NULL);
		CREATE TABLE property_inspections (id int PRIMARY KEY, amount numeric(10,2) NOT NULL);
		CREATE TABLE offers (id int PRIMARY KEY, property_id int NOT NULL REFERENCES properties, amount numeric(12,2) NOT NULL);
		CREATE TABLE vehicles (id int PRIMARY KEY, price numeric(8,2) NOT NULL, tara_kg int NOT NULL, pbt_kg int NOT NULL);
		CREATE TABLE order_lines (id int PRIMARY KEY, vehicle_id int NOT NULL REFERENCES vehicles, quantity int NOT NULL, unit_price numeric(10,2) NOT NULL);
		CREATE TABLE classes (id int PRIMARY KEY, vagas smallint NOT NULL, inscritos smallint NOT NULL, start_time time NOT NULL, end_time time NOT NULL);
		CREATE TABLE runs (id int PRIMARY KEY, qty_planned int NOT NULL CHECK (qty_planned >= 0), qty_produced int NOT NULL,
			qty_scrapped int NOT NULL, plinth int NOT NULL CHECK (plinth >= 0), CHECK (qty_scrapped <= qty_produced));
		CREATE TABLE rentals (id int PRIMARY KEY, mileage_out int NOT NULL, mileage_in int NOT NULL, distance_km numeric(8,1) NOT NULL);
		CREATE TABLE services (id int PRIMARY KEY, odometro_entrada int NOT NULL, odometro_saida int NOT NULL);
		CREATE TABLE trips (id int PRIMARY KEY, velocidade_media numeric(5,1) NOT NULL, velocidade_maxima numeric(5,1) NOT NULL);
		CREATE TABLE rent_payments (id int PRIMARY KEY, amount_due numeric(10,2) NOT NULL, amount_paid numeric(10,2) NOT NULL, balance numeric(10,2) NOT NULL);
		CREATE TABLE shifts (id int PRIMARY KEY, availability numeric(5,4) NOT NULL, humidity_pct numeric(5,2) NOT NULL, annual_increase_pct numeric(5,2) NOT NULL,
			blood_loss_ml int NOT NULL, plonk numeric(4,3) NOT NULL, plank numeric(3,2) NOT NULL, celular numeric(11,0) NOT NULL);
		CREATE TABLE faturas (id int PRIMARY KEY, emissao date NOT NULL, competencia date NOT NULL)"
	catalogue measures.run public
	cd "$BATS_FILE_TMPDIR" || return
	plan-check --init plan.json --rows 300 --locale pt_BR --as-of 2026-11-01 --run measures.run
	plan-check plan.json --run measures.run >/dev/null
	make_rows measures.run
	"$BIN/load" --run measures.run >/dev/null
}

teardown_file() {
	pg_stop
}

# median TABLE COLUMN LEAST MOST: the median is between the two
median() {
	[ "$(sql "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY $2) BETWEEN $3 AND $4 FROM $1")" = t ] || {
		sql "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY $2) FROM $1"
		return 1
	}
}

# none TABLE CONDITION: no row is so
none() {
	[ "$(sql "SELECT count(*) FROM $1 WHERE $2")" = 0 ]
}

@test "a price is as much as what the table is about, and an offer what it is made for" {
	median properties list_price 200000 600000
	median offers amount 200000 600000
	median property_inspections amount 200 900
}

@test "a price that lines multiply stays small, and one of a narrow type fits it" {
	median vehicles price 20 400
}

@test "a part is within its whole" {
	none classes 'inscritos > vagas'
	none runs 'qty_produced > qty_planned OR qty_scrapped > qty_produced'
	none rent_payments 'amount_paid > amount_due OR balance <> amount_due - amount_paid'
}

@test "of two readings the one listed later is larger, and what is between them is the difference" {
	none rentals 'mileage_in < mileage_out OR distance_km <> mileage_in - mileage_out'
	none services 'odometro_saida < odometro_entrada'
	none trips 'velocidade_maxima < velocidade_media OR velocidade_maxima > 2 * velocidade_media'
	none vehicles 'pbt_kg < tara_kg'
}

@test "measures have the size that their names say" {
	median shifts humidity_pct 40 80
	median shifts annual_increase_pct 2 10
	median shifts blood_loss_ml 80 600
	median shifts availability 0.7 1
	none shifts 'availability > 1'
	none shifts "celular::text !~ '^[1-9][0-9]{10}$'"
}

@test "where only the type tells, three decimals are a share, and a lower bound leaves a number small" {
	none shifts 'plonk > 1 OR plank > 9'
	none runs 'plinth > 100'
}

@test "a class ends after what classes last, and a month is its first day" {
	none classes "end_time - start_time NOT BETWEEN '15 min' AND '3 hours'"
	none faturas "competencia <> date_trunc('month', emissao)::date"
}
