#!/usr/bin/env bats
# What few schemas and few plans ask for, once each.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db seldom
	sql "CREATE SCHEMA s;
		CREATE TABLE s.clientes (id int PRIMARY KEY, tipo_pessoa char(1) NOT NULL CHECK (tipo_pessoa IN ('F', 'J')), nome text NOT NULL,
			email text, data_nascimento date, sexo char(1));
		CREATE TABLE s.audit_logs (id int PRIMARY KEY, table_name text NOT NULL, action text NOT NULL, created_at timestamptz NOT NULL);
		CREATE TABLE s.written (id int PRIMARY KEY, day date NOT NULL, said text NOT NULL, itin char(9) NOT NULL, even_number int NOT NULL,
			isbn text NOT NULL, isbn10 text NOT NULL, isbn_digits varchar(13) NOT NULL, isbn10_digits varchar(10) NOT NULL, price numeric(6,2) NOT NULL);
		CREATE TABLE s.vitrine (id int PRIMARY KEY, nome_produto varchar(80) NOT NULL, slug varchar(90) NOT NULL);
		CREATE TABLE s.filmes (id int PRIMARY KEY, rating int NOT NULL CHECK (rating >= 1 AND rating <= 10))"
	catalogue base s
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "of people and companies in one table, companies have nothing that only people have" {
	plan-check --init init.json --rows 400 --locale pt_BR --run "$BASE"
	new_run run init.json
	make_rows run
	"$BIN/load" --run run >/dev/null
	[ "$(sql "SELECT count(*) FILTER (WHERE tipo_pessoa = 'J' AND (data_nascimento IS NOT NULL OR sexo IS NOT NULL)),
		count(*) FILTER (WHERE tipo_pessoa = 'J') > 20, count(*) FILTER (WHERE tipo_pessoa = 'F' AND data_nascimento IS NOT NULL) > 20
		FROM s.clientes")" = '0|t|t' ]
	# a slug without a name or a title beside it is that of the product; of ten marks the upper ones are frequent
	[ "$(sql "SELECT count(*) FROM s.vitrine WHERE split_part(slug, '-', 1) <> lower(split_part(translate(nome_produto, 'áàâãéêíóôõúçÁÉÍÓÚÇ', 'aaaaeeiooouceiouc'), ' ', 1))")" -lt 20 ]
	[ "$(sql "SELECT min(rating) >= 1, max(rating), avg(rating) > 6.5, count(DISTINCT rating) = 10 FROM s.filmes")" = 't|10|t|t' ]
	# and an audit log speaks of the plan's tables
	[ "$(sql "SELECT count(*) FILTER (WHERE table_name NOT IN ('clientes', 'written', 'audit_logs', 'vitrine', 'filmes')), count(DISTINCT table_name) > 1 FROM s.audit_logs")" = '0|t' ]
}

@test "dates in words are PostgreSQL's, numbers spread evenly, and numbers that nobody has say so" {
	small_plan s 3 'written=2000' '[
		{"type": "column_generator", "schema": "s", "table": "written", "column": "said", "generator": "derive.expr",
		 "params": {"expr": "to_char(day, '"'MONTH|DAY|dy|Dy|Month|day'"')"}},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "itin", "generator": {"id": "semantic.us.itin", "params": {"invalid": true}}},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "even_number", "generator": {"id": "primitive.number", "params": {"shape": "uniform", "min": 10, "max": 19}}},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "isbn", "generator": "faker.barcode.raw.Isbn"},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "isbn10", "generator": "faker.barcode.raw.Isbn10"},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "isbn_digits", "generator": "faker.barcode.raw.Isbn"},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "isbn10_digits", "generator": "faker.barcode.raw.Isbn10"},
		{"type": "column_generator", "schema": "s", "table": "written", "column": "price", "generator": {"id": "primitive.number",
		 "params": {"shape": "uniform", "min": 10, "max": 500, "endings": [0.90, 0.99]}}}]'
	new_run run plan.json
	make_rows run
	run "$BIN/eval" --run run
	expect 0
	"$BIN/load" --run run --truncate >/dev/null
	[ "$(sql "SELECT count(*) FROM s.written WHERE said <> to_char(day, 'MONTH|DAY|dy|Dy|Month|day')")" = 0 ]
	[ "$(sql "SELECT count(*) BETWEEN 10 AND 10 AND min(n) > 120 AND max(n) < 290 FROM (SELECT count(*) AS n FROM s.written GROUP BY even_number) g")" = t ]
	[ "$(sql "SELECT count(*) FROM s.written WHERE itin !~ '^9[0-9]{8}$'")" = 0 ]
	[ "$(sql "SELECT count(*) FILTER (WHERE isbn_digits !~ '^([0-9]{13}|[0-9]{9}[0-9X])$'), count(*) FILTER (WHERE isbn10_digits !~ '^[0-9]{9}[0-9X]$'),
		count(*) FILTER (WHERE mod(price, 1) NOT IN (0.90, 0.99)), count(*) FILTER (WHERE price > 250) BETWEEN 900 AND 1100 FROM s.written")" = '0|0|0|t' ]
	[ "$(sql "SELECT count(*) FROM s.written WHERE isbn10 !~ '^[0-9-]{9,12}[0-9X]$'")" = 0 ]
}

@test "what an earlier load left cannot be read: the rows are not loaded a second time" {
	small_plan s 3 'written=10'
	new_run run plan.json
	make_rows run
	echo '{"transaction": ' >run/receipts/load.pending.json
	run "$BIN/load" --run run --truncate
	expect 0
	echo '{"transaction": ' >run/receipts/load.pending.json
	run "$BIN/load" --run run
	refused 2 'load.pending.json' 'whether this run is loaded already cannot be told (see if its rows are in the database, and then remove this file)'
	[ "$(sql 'SELECT count(*) FROM s.written')" = 10 ]
}
