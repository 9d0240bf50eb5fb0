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
			short_token varchar(8) NOT NULL UNIQUE, iban varchar(34) NOT NULL UNIQUE, invoice varchar(20) NOT NULL UNIQUE);
		CREATE TABLE s.file (id serial PRIMARY KEY, name varchar(100) NOT NULL, ending varchar(10) NOT NULL, mime text NOT NULL,
			size int NOT NULL CHECK (size > 0), path text NOT NULL UNIQUE, url text NOT NULL, tiny smallint NOT NULL);
		CREATE TABLE s.asked (id serial PRIMARY KEY,
			plain jsonb NOT NULL UNIQUE, short varchar(90) NOT NULL, array_default jsonb NOT NULL DEFAULT '[]',
			object jsonb CHECK (jsonb_typeof(object) = 'object'), list jsonb CHECK (jsonb_typeof(list) = 'array' AND jsonb_array_length(list) BETWEEN 1 AND 2),
			there jsonb NOT NULL CHECK (there ?& ARRAY['qty', 'sku', 'city'] AND NOT there ? 'color'),
			whole jsonb NOT NULL CHECK ((whole ->> 'quantity')::int BETWEEN 2 AND 4 AND whole ->> 'theme' IN ('dark', 'night')),
			long json NOT NULL CHECK (length(long ->> 'name') >= 12), deep jsonb NOT NULL CHECK (deep #>> '{address,zip}' ~ '^[0-9]{5}$'),
			size jsonb NOT NULL CHECK (jsonb_typeof(size -> 'size') = 'number'));"
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
	run sql "SELECT count(*) FILTER (WHERE sku ~ '^[A-Z]{3}-[0-9]{5}$'), count(*) FILTER (WHERE length(ean8) = 8),
		count(*) FILTER (WHERE length(hash) = 60), count(*) FILTER (WHERE sha ~ '^[0-9a-f]{64}$'),
		count(*) FILTER (WHERE argon ~ '^[$]argon2id[$]'), count(*) FILTER (WHERE token ~ '^[0-9a-f]{64}$'),
		count(*) FILTER (WHERE length(short_token) = 8), count(*) FILTER (WHERE invoice ~ '^(FAT|INV)-[0-9]{6}$'),
		count(*) FILTER (WHERE length(trim(ncm)) = 8 AND ncm_dotted LIKE '____.__.__') FROM s.code"
	[ "$output" = "3000|3000|3000|3000|3000|3000|3000|3000|3000" ] || fail "$output"
	run sql "SELECT count(DISTINCT hash) = 3000 AND count(DISTINCT substr(hash, 29, 1)) = 4 AND count(DISTINCT substr(sha, 16, 1)) = 16 FROM s.code"
	[ "$output" = t ] || fail "$output"
}

@test "name, ending, media type, path and size of a file agree" {
	local rules='' c
	for c in name:name ending:extension mime:mime size:size path:path url:url; do
		rules+="${rules:+, }$(rule file "${c%:*}" "record.file.${c#*:}")"
	done
	small_plan s 5 file=3000 "[$rules]"
	new_run run plan.json
	make_rows run
	"$BIN/load" --run run >/dev/null
	run sql "SELECT bool_and(name LIKE '%.' || ending), bool_and(right(path, length(name) + 1) = '/' || name AND right(url, length(name) + 1) = '/' || name),
		bool_and((mime = 'image/png') = (ending = 'png')), bool_and(CASE ending WHEN 'mp4' THEN size >= 4000000 ELSE size < 41000000 END),
		count(DISTINCT ending) > 5, count(DISTINCT size) > 2900 FROM s.file"
	[ "$output" = "t|t|t|t|t|t" ] || fail "$output"
}

@test "what does not fit a column is refused before a row is made" {
	refused page number derive.slug '{"input_columns": ["name"]}'
	refused code cfop semantic.security.password_hash
	refused code cfop semantic.code.iban
	refused code sku semantic.code.nfe_key
	refused code nfe derive.slug '{"input_columns": ["sku"]}'
	refused page number semantic.json
	refused file tiny record.file.size
	refused code numero semantic.json '{"of": "headers"}'
	refused code hash semantic.security.password_hash '{"algorithm": "md5"}'
}

@test "a json value has the members of its kind in the order of jsonb, and those that checks ask for" {
	local rules='' c of='' kinds="settings metadata event address permissions tags preferences headers attributes row response filters items"
	for c in $kinds; do
		of+=", \"$c\" jsonb NOT NULL, \"j_$c\" json NOT NULL, \"t_$c\" text NOT NULL"
		rules+="${rules:+, }$(rule kind "$c" semantic.json "{\"of\": \"$c\"}"), $(rule kind "j_$c" semantic.json "{\"of\": \"$c\"}"),
			$(rule kind "t_$c" semantic.json "{\"of\": \"$c\"}")"
	done
	sql "CREATE TABLE s.kind (id int PRIMARY KEY$of)"
	catalogue kinds s
	BASE=$BATS_FILE_TMPDIR/kinds
	for c in plain:settings short:response array_default:permissions object:tags list:tags there:attributes whole:settings long:metadata \
		deep:metadata size:attributes; do
		rules+=", $(rule asked "${c%:*}" semantic.json "{\"of\": \"${c#*:}\"}")"
	done
	small_plan s 5 "kind=400 asked=2000" "[$rules]"
	for c in pt_BR en_US; do
		sed "s/\"as_of\"/\"locale\": \"$c\", \"as_of\"/" plan.json >"$c.json"
		new_run "$c" "$c.json"
		make_rows "$c"
		"$BIN/load" --run "$c" --truncate >/dev/null
		run sql "SELECT count(*) FROM s.kind, LATERAL (VALUES $(for o in $kinds; do echo "(\"j_$o\"::text), (\"t_$o\"), "; done) ('{}')) v(v)
			WHERE v <> v::jsonb::text OR length(v) > 300"
		[ "$output" = 0 ] || fail "$output values are not as jsonb prints them"
		run sql "SELECT min(n) > 4 FROM (SELECT count(DISTINCT v::jsonb) n FROM s.kind, LATERAL (VALUES $(for o in $kinds; do
			echo "('$o', \"t_$o\"), "
		done) ('id', id::text)) v(k, v) GROUP BY k) c"
		[ "$output" = t ] || fail "$output"
		run sql "SELECT bool_and(length(long ->> 'name') < 40 AND long ->> 'name' ~ ' ' AND length(whole::text) > 30),
			bool_and(there ->> 'sku' ~ '^[A-Z]{3}-' AND (there ->> 'qty')::int < 13), bool_and(jsonb_typeof(array_default) = 'array' AND
			jsonb_typeof(plain) = 'object'), max(length(short)) <= 90, count(DISTINCT deep #>> '{address,zip}') > 100 FROM s.asked"
		[ "$output" = "t|t|t|t|t" ] || fail "$output" "$(sql "SELECT long, whole, there, array_default, plain, deep FROM s.asked LIMIT 3")"
	done
}
