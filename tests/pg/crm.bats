#!/usr/bin/env bats
# The fixture is what its description says, by the server's own count.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db crm
	crm_load data
}

teardown_file() {
	pg_stop
}

# constraints TYPE: how many of that pg_constraint.contype
constraints() {
	sql "SELECT count(*) FROM pg_constraint
	     WHERE connamespace = 'crm'::regnamespace AND contype = '$1'"
}

@test "crm: 20 tables, 132 columns of which 106 are NOT NULL, 37 indexes" {
	run sql "SELECT count(DISTINCT c.oid), count(*), count(*) FILTER (WHERE attnotnull)
		FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
		WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'"
	[ "$output" = '20|132|106' ]
	run sql "SELECT count(*) FROM pg_indexes WHERE schemaname = 'crm'"
	[ "$output" = 37 ]
}

@test "crm: 20 primary keys, 27 foreign keys, 17 unique constraints, 29 checks" {
	[ "$(constraints p)" = 20 ]
	[ "$(constraints f)" = 27 ]
	[ "$(constraints u)" = 17 ]
	[ "$(constraints c)" = 29 ]
}

@test "crm: 10 foreign keys cascade, 17 do nothing; 5 unique constraints have two columns" {
	run sql "SELECT count(*) FILTER (WHERE confdeltype = 'c'),
			count(*) FILTER (WHERE confdeltype = 'a' AND confupdtype = 'a')
		FROM pg_constraint WHERE connamespace = 'crm'::regnamespace AND contype = 'f'"
	[ "$output" = '10|17' ]
	run sql "SELECT count(*) FROM pg_constraint WHERE contype = 'u'
		AND connamespace = 'crm'::regnamespace AND cardinality(conkey) = 2"
	[ "$output" = 5 ]
}

@test "crm: foreign keys are named after their column, primary keys after their table" {
	run sql "SELECT conname FROM pg_constraint c
		JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
		WHERE connamespace = 'crm'::regnamespace AND contype IN ('p', 'f')
		AND conname <> split_part(conrelid::regclass::text, '.', 2) ||
			CASE contype WHEN 'p' THEN '_pkey' ELSE '_' || attname || '_fkey' END"
	[ -z "$output" ]
}

@test "crm: types are used as often as described" {
	run sql "SELECT string_agg(t || ' ' || n, ', ' ORDER BY t) FROM (
		SELECT CASE WHEN typtype = 'e' THEN 'enum' ELSE format_type(atttypid, atttypmod) END,
			count(*)
		FROM pg_attribute JOIN pg_class c ON c.oid = attrelid AND relkind = 'r'
		JOIN pg_type y ON y.oid = atttypid
		WHERE relnamespace = 'crm'::regnamespace AND attnum > 0 GROUP BY 1) x(t, n)"
	[ "$output" = "boolean 6, character(3) 1, date 11, enum 6, integer 6,\
 numeric(12,2) 7, numeric(5,2) 2, text 33, timestamp with time zone 13, uuid 47" ] ||
		fail "$output"
}

@test "crm: six enums, labels in order" {
	run sql "SELECT typname || ': ' || string_agg(enumlabel, ', ' ORDER BY enumsortorder)
		FROM pg_enum JOIN pg_type t ON t.oid = enumtypid
		WHERE typnamespace = 'crm'::regnamespace GROUP BY typname ORDER BY typname"
	[ "$output" = "status_atividade: pendente, concluida, cancelada
status_fatura: aberta, paga, cancelada
status_lead: novo, qualificado, perdido
status_oportunidade: aberta, ganha, perdida
status_pagamento: pendente, confirmado, estornado
status_tarefa: aberta, em_andamento, concluida, cancelada" ] || fail "$output"
}

@test "crm: defaults are those described" {
	run sql "SELECT string_agg(d || ' ' || n, ', ' ORDER BY d COLLATE \"C\") FROM (
		SELECT CASE WHEN s ~ 'status' THEN 'enum' ELSE s END, count(*)
		FROM (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
			JOIN pg_class c ON c.oid = adrelid
			WHERE relnamespace = 'crm'::regnamespace) y(s) GROUP BY 1) x(d, n)"
	[ "$output" = "'BRL'::bpchar 1, 0 2, CURRENT_DATE 3, enum 6, gen_random_uuid() 20, now() 10, true 6" ] ||
		fail "$output"
}

@test "crm: 32 rows of data, and loading all of it again gives the same" {
	local n="SELECT sum((xpath('/row/n/text()', query_to_xml(
		format('SELECT count(*) AS n FROM crm.%I', relname), false, true, '')))[1]::text::int)
		FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'"
	[ "$(sql "$n")" = 32 ]
	crm_load data
	[ "$(sql "$n")" = 32 ]
	[ "$(constraints c)" = 29 ]
}
