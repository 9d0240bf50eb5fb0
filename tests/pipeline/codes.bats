#!/usr/bin/env bats
# Codes, hashes, files and slugs: what a column's type and checks ask, PostgreSQL takes.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db codes
	sql "CREATE SCHEMA s;
		CREATE TABLE s.page (id serial PRIMARY KEY, name text NOT NULL, more text, number int NOT NULL,
			slug varchar(24) NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
			short varchar(12) NOT NULL CHECK (short ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
			long text NOT NULL CHECK (length(long) >= 10));
		CREATE TABLE s.code (id serial PRIMARY KEY,
			sku varchar(20) NOT NULL UNIQUE, ean char(13) NOT NULL UNIQUE, ean8 varchar(8) NOT NULL,
			tracking varchar(20) NOT NULL UNIQUE, numero varchar(20) NOT NULL UNIQUE,
			nfe char(44) NOT NULL UNIQUE CHECK (nfe ~ '^[0-9]{44}$'), ncm char(8), ncm_dotted varchar(10) CHECK (ncm_dotted ~ '\.'),
			cfop char(4) CHECK (cfop ~ '^[56]'), brand text CHECK (brand IN ('visa', 'elo')), nsu varchar(12) NOT NULL,
			hash varchar(60) NOT NULL CHECK (hash LIKE '\$2b\$%'), md5 char(32) NOT NULL UNIQUE CHECK (md5 ~ '^[0-9a-f]+$'),
			sha text NOT NULL CHECK (length(sha) = 64), argon varchar(97) NOT NULL, token varchar(64) NOT NULL UNIQUE,
			short_token varchar(8) NOT NULL UNIQUE, iban varchar(34) NOT NULL UNIQUE, invoice varchar(20) NOT NULL UNIQUE);"
	catalogue base s
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# rule TABLE COLUMN ID [PARAMS]
rule() {
	echo "{\"type\": \"column_generator\", \"schema\": \"s\", \"table\": \"$1\", \"column\": \"$2\",
		\"generator\": {\"id\": \"$3\", \"params\": ${4:-"{}"}}}"
}

# refused TABLE COLUMN ID [PARAMS]: plan-check refuses the rule, and names the column
refused() {
	small_plan s 5 "$1=10" "[$(rule "$@")]"
	rm -rf no
	mkdir no
	cp "$BASE/schema.msgpack" no
	run plan-check plan.json --run no
	expect 1
	says "s.$1" "$3"
}

@test "a slug is the words of the name, ends at a word, and has a number where it is not the only one" {
	small_plan s 5 page=3000 "[
		$(rule page name primitive.lookup '{"values": ["Camiseta Básica, Azul", "Caixa d\u2019Água\u2014500 L", "電話", "tv", "Pão-de-açúcar & Cia.", "-- ! --"]}'),
		$(rule page more primitive.lookup '{"values": ["nova", "Edição Extraordinariamente Longa"]}'),
		$(rule page slug derive.slug '{"input_columns": ["name", "more"]}'),
		$(rule page short derive.slug '{"input_columns": ["name"]}'),
		$(rule page long derive.slug '{"input_columns": ["name"]}')]"
	new_run one plan.json
	new_run three plan.json --shards 3
	make_rows one
	make_rows three
	cmp one/data/s.page.csv <(find three/data -name 's.page.*csv' | sort -V | xargs cat) || fail "shards differ"
	"$BIN/load" --run one >/dev/null
	run sql "SELECT DISTINCT short FROM s.page WHERE name !~ '[電!]' ORDER BY 1"
	[ "$output" = "caixa-dagua
camiseta
pao-de
tv" ] || fail "$output"
	run sql "SELECT count(*), count(*) FILTER (WHERE short = 'item-' || id) FROM s.page WHERE name ~ '[電!]'"
	[[ $output =~ ^([0-9]+)\|([0-9]+)$ && ${BASH_REMATCH[1]} -eq ${BASH_REMATCH[2]} && ${BASH_REMATCH[1]} -gt 900 ]] || fail "$output"
	run sql "SELECT count(*) FROM s.page WHERE slug IN ('tv-nova', 'tv-nova-2', 'camiseta-basica-azul')"
	[ "$output" = 3 ] || fail "$output"
	run sql "SELECT bool_and(length(long) >= 10 AND long ~ '^tv-0*' AND long LIKE '%' || id) FROM s.page WHERE name = 'tv'"
	[ "$output" = t ] || fail "$output"
}

@test "codes and hashes have the length and the look that their columns ask for" {
	local rules='' c
	for c in sku:code.sku ean:code.gtin13 ean8:code.gtin13 tracking:code.tracking numero:code.order_number nfe:code.nfe_key \
		ncm:code.ncm ncm_dotted:code.ncm cfop:code.cfop brand:code.card_brand nsu:code.nsu hash:security.password_hash \
		md5:security.digest sha:security.password_hash argon:security.password_hash token:security.token \
		short_token:security.token iban:code.iban invoice:code.invoice_number; do
		rules+="${rules:+, }$(rule code "${c%:*}" "semantic.${c#*:}")"
	done
	small_plan s 5 code=3000 "[$rules]"
	new_run run plan.json
	run make_rows run
	expect 0
	"$BIN/load" --run run >/dev/null
	run sql "SELECT count(*) FILTER (WHERE sku ~ '^[A-Z]{3}-[0-9]{4}-[A-Z]{3}$'), count(*) FILTER (WHERE length(ean8) = 8),
		count(*) FILTER (WHERE length(hash) = 60), count(*) FILTER (WHERE sha ~ '^[0-9a-f]{64}$'),
		count(*) FILTER (WHERE argon ~ '^[$]argon2id[$]'), count(*) FILTER (WHERE token ~ '^[0-9a-f]{64}$'),
		count(*) FILTER (WHERE length(short_token) = 8), count(*) FILTER (WHERE invoice ~ '^(FAT|INV)-202[456]-'),
		count(*) FILTER (WHERE length(trim(ncm)) = 8 AND ncm_dotted LIKE '____.__.__') FROM s.code"
	[ "$output" = "3000|3000|3000|3000|3000|3000|3000|3000|3000" ] || fail "$output"
	run sql "SELECT count(DISTINCT hash) = 3000 AND count(DISTINCT substr(hash, 29, 1)) = 4 AND count(DISTINCT substr(sha, 16, 1)) = 16 FROM s.code"
	[ "$output" = t ] || fail "$output"
}

@test "what does not fit a column is refused before a row is made" {
	refused page number derive.slug '{"input_columns": ["name"]}'
	refused code cfop semantic.security.password_hash
	refused code cfop semantic.code.iban
	refused code sku semantic.code.nfe_key
	refused code nfe derive.slug '{"input_columns": ["sku"]}'
	refused code hash semantic.security.password_hash '{"algorithm": "md5"}'
}
