#!/usr/bin/env bats
# What rows of an unedited plan have to do with themselves: moments in their order, the two ends of a range, people who are
# somebody else.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db guessed
	DATABASE_URL=$(pg_url guessed)
	export DATABASE_URL
	sql 'CREATE TABLE "Workspace" ("id" int PRIMARY KEY, "name" text NOT NULL, "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz);
		CREATE TABLE "Invoice" ("id" int PRIMARY KEY, "workspaceId" int NOT NULL REFERENCES "Workspace", "createdAt" timestamptz NOT NULL,
			"dueAt" timestamptz, "paidAt" timestamptz, "totalCents" int NOT NULL, "commentsCount" int NOT NULL, amount_minor bigint NOT NULL);
		CREATE TABLE "Comment" ("id" int PRIMARY KEY, "commentableType" text NOT NULL, "commentableId" int NOT NULL, "body" text);
		CREATE TABLE alarm (id int PRIMARY KEY, raised_at timestamptz, noticed_at timestamptz, silenced_at timestamptz);
		CREATE TABLE loan (id int PRIMARY KEY, loaned_on date, due_on date);
		CREATE TABLE tariff (id int PRIMARY KEY, min_delta int NOT NULL CHECK (min_delta BETWEEN -40 AND -5), max_delta int NOT NULL,
			vl_piso numeric(10,2) NOT NULL, vl_teto numeric(10,2) NOT NULL, km_ini int NOT NULL, km_fim int NOT NULL,
			temperatura numeric(3,1) NOT NULL);
		CREATE TABLE part (id int PRIMARY KEY);
		CREATE TABLE kit (id int PRIMARY KEY);
		CREATE TABLE kit_part (kit_id int REFERENCES kit, part_id int REFERENCES part, sort_order smallint NOT NULL, PRIMARY KEY (kit_id, part_id));
		CREATE TABLE shelf (id int PRIMARY KEY, kit_id int REFERENCES kit, part_id int REFERENCES part, sort_order smallint NOT NULL);
		CREATE TABLE payslip (id int PRIMARY KEY, gross_pay numeric(10,2) NOT NULL, income_tax numeric(10,2) NOT NULL, pension numeric(10,2) NOT NULL,
			net_pay numeric(10,2) NOT NULL);
		CREATE TABLE pesagem (id int PRIMARY KEY, peso_bruto numeric(10,2) NOT NULL, tara numeric(10,2) NOT NULL, peso_liq numeric(10,2) NOT NULL);
		CREATE TABLE fatura (id int PRIMARY KEY, vl_bruto numeric(10,2) NOT NULL, vl_desc numeric(10,2) NOT NULL, vl_acresc numeric(10,2) NOT NULL,
			vl_liq numeric(10,2) NOT NULL);
		CREATE TABLE manut (id int PRIMARY KEY, vl_peca numeric(10,2) NOT NULL, vl_mao_obra numeric(10,2) NOT NULL, vl_tot numeric(10,2) NOT NULL,
			ano_fab smallint NOT NULL, ano_mod smallint NOT NULL);
		CREATE TABLE quote (id int PRIMARY KEY, bid numeric(12,6) NOT NULL, ask numeric(12,6) NOT NULL, mid_price numeric(12,6) NOT NULL);
		CREATE TABLE pump (id int PRIMARY KEY, vl_diaria numeric(8,2) NOT NULL);
		CREATE TABLE abastec (id int PRIMARY KEY, pump_id int NOT NULL REFERENCES pump, litros numeric(7,2) NOT NULL, vl_litro numeric(6,3) NOT NULL,
			vl_total numeric(9,2) NOT NULL);
		CREATE TABLE student (id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, email text NOT NULL,
			guardian_name text NOT NULL, guardian_email text NOT NULL, approved_by text NOT NULL, signed_by text NOT NULL)'
	catalogue guessed.run public
	cd "$BATS_FILE_TMPDIR" || return
	plan-check --init plan.json --rows 400 --locale en_US --run guessed.run
	plan-check plan.json --run guessed.run >/dev/null
	make_rows guessed.run
	"$BIN/load" --run guessed.run >/dev/null
}

teardown_file() {
	pg_stop
}

@test "moments whose names need quotes come in the order of life too" {
	[ "$(sql 'SELECT count(*) FROM "Invoice" i JOIN "Workspace" w ON w."id" = i."workspaceId"
		WHERE i."createdAt" < w."createdAt" OR i."paidAt" < i."createdAt" OR i."dueAt" < i."createdAt" OR w."updatedAt" < w."createdAt"')" = 0 ]
	[ "$(sql 'SELECT count("paidAt") > 200, count("dueAt") > 200 FROM "Invoice"')" = 't|t' ]
	[ "$(jq '[.rules[].params.after? // [] | .[] | select(contains("\""))] | length' "$BATS_FILE_TMPDIR/plan.json")" = 0 ]
}

@test "without a moment of creation the first moment is the row's, and what else it has comes after that" {
	[ "$(sql 'SELECT count(*) FROM alarm WHERE noticed_at < raised_at OR silenced_at < noticed_at OR silenced_at < raised_at')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM loan WHERE due_on < loaned_on')" = 0 ]
	[ "$(sql 'SELECT count(*) > 300 FROM loan WHERE due_on >= loaned_on')" = t ]
}

@test "a type and an id are a pair in camel case too" {
	[ "$(sql 'SELECT count(*) FROM "Comment" WHERE "commentableType" IN ('"'Workspace', 'Invoice'"')')" -gt 100 ]
	[ "$(sql 'SELECT count(*) FROM "Comment" c LEFT JOIN "Invoice" i ON i."id" = c."commentableId"
		WHERE c."commentableType" = '"'Invoice'"' AND i."id" IS NULL')" = 0 ]
}

@test "a maximum is above a minimum below zero, a ceiling above its floor, and a journey ends after it begins" {
	[ "$(sql 'SELECT count(*) FROM tariff WHERE max_delta <= min_delta OR vl_teto < vl_piso OR km_fim <= km_ini')" = 0 ]
	[ "$(sql 'SELECT count(DISTINCT temperatura) > 50, min(temperatura) < 20, max(temperatura) > 25 FROM tariff')" = 't|t|t' ]
}

@test "a place in an order is one among the rows of the parent in the key, else a small number" {
	[ "$(sql 'SELECT count(*) FROM (SELECT kit_id FROM kit_part GROUP BY 1 HAVING max(sort_order) <> count(*)) x')" = 0 ]
	[ "$(sql 'SELECT max(sort_order) <= 12 AND min(sort_order) >= 1 FROM shelf')" = t ]
}

@test "whole numbers whose name says cents are amounts in cents" {
	[ "$(sql 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY "totalCents") > 5000,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY amount_minor) > 5000 FROM "Invoice"')" = 't|t' ]
}

@test "a guardian is somebody else than the student, and who signed than who approved" {
	[ "$(sql "SELECT count(*) FILTER (WHERE guardian_email ILIKE split_part(guardian_name, ' ', 1) || '.%') > 380,
		count(*) FILTER (WHERE email ILIKE first_name || '.%') > 380,
		count(*) FILTER (WHERE guardian_name ILIKE first_name || ' %') < 40,
		count(*) FILTER (WHERE approved_by = signed_by) < 10 FROM student")" = 't|t|t|t' ]
}

@test "what is net is the gross number less what is taken away, and with what is added" {
	[ "$(sql 'SELECT count(*), count(DISTINCT pension) > 50 FROM payslip WHERE net_pay = gross_pay - income_tax - pension AND net_pay > 0')" = '400|t' ]
	[ "$(sql 'SELECT count(*) FROM pesagem WHERE peso_liq <> peso_bruto - tara OR tara <= 0')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM fatura WHERE vl_liq <> vl_bruto - vl_desc + vl_acresc')" = 0 ]
	[ "$(sql 'SELECT count(*) > 50, count(*) FILTER (WHERE vl_acresc > 0) > 50 FROM fatura WHERE vl_desc > 0 OR vl_acresc > 0')" = 't|t' ]
}

@test "a repair is parts and labor, a model is of the year of its building or the next, and who sells asks for more" {
	[ "$(sql 'SELECT count(*) FROM manut WHERE vl_tot <> vl_peca + vl_mao_obra OR ano_mod - ano_fab NOT IN (0, 1)')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM quote WHERE ask <= bid OR mid_price NOT BETWEEN bid AND ask')" = 0 ]
}

@test "a liter of fuel has a price of its own, not that of the table it refers to" {
	[ "$(sql 'SELECT max(vl_litro) < 10, min(vl_litro) > 1 FROM abastec')" = 't|t' ]
	[ "$(sql 'SELECT count(*) FROM abastec WHERE abs(vl_total - litros * vl_litro) > 0.01')" = 0 ]
}

@test "a counter counts the rows that refer by a type and an id, in shards too" {
	local wrong='SELECT count(*) FILTER (WHERE "commentsCount" <> n), count(*) FILTER (WHERE n > 0) > 20 FROM (
		SELECT "commentsCount", (SELECT count(*) FROM "Comment" c WHERE c."commentableType" = '"'Invoice'"' AND c."commentableId" = i."id") AS n
		FROM "Invoice" i) x'
	[ "$(sql "$wrong")" = '0|t' ]
	run "$BIN/eval" --run "$BATS_FILE_TMPDIR/guessed.run"
	expect 0
	mkdir "$BATS_TEST_TMPDIR/shards"
	cp "$BATS_FILE_TMPDIR/guessed.run/schema.msgpack" "$BATS_TEST_TMPDIR/shards"
	plan-check "$BATS_FILE_TMPDIR/plan.json" --run "$BATS_TEST_TMPDIR/shards" --shards 3 >/dev/null
	make_rows "$BATS_TEST_TMPDIR/shards"
	"$BIN/load" --run "$BATS_TEST_TMPDIR/shards" --truncate >/dev/null
	[ "$(sql "$wrong")" = '0|t' ]
}

@test "a type and an id are counted only where the plan names them, and where their rows take the parents in turn" {
	local plan=$BATS_FILE_TMPDIR/plan.json
	jq 'del(.rules[] | select(.type == "polymorphic") | .parents[].pick)' "$plan" >"$BATS_TEST_TMPDIR/any.json"
	mkdir "$BATS_TEST_TMPDIR/run"
	cp "$BATS_FILE_TMPDIR/guessed.run/schema.msgpack" "$BATS_TEST_TMPDIR/run"
	run plan-check "$BATS_TEST_TMPDIR/any.json" --run "$BATS_TEST_TMPDIR/run"
	[[ $output == *'"public.Invoice.commentsCount": foreign key commentableType=Invoice of public.Comment does not list the children of a parent'* ]]
	jq '(.rules[] | select(.column == "commentsCount") | .params) |= del(.foreign_key)' "$plan" >"$BATS_TEST_TMPDIR/none.json"
	run plan-check "$BATS_TEST_TMPDIR/none.json" --run "$BATS_TEST_TMPDIR/run"
	[[ $output == *'public.Comment has no foreign key to public.Invoice'* ]]
}
