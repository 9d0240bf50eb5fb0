#!/usr/bin/env bats
# Columns that speak of one thing: PostgreSQL is asked whether they agree.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

N=${RECORDS_ROWS:-20000}

# The table and the facts that its rows are held against are made once; each test has a copy.
setup_file() {
	pg_start
	pg_db facts
	sql "CREATE TABLE customer (
		id bigint PRIMARY KEY,
		first_name text NOT NULL, middle_name text NOT NULL, last_name text NOT NULL, name varchar(80) NOT NULL,
		sex char(1) NOT NULL CHECK (sex IN ('F', 'M')), born date NOT NULL,
		email varchar(80) NOT NULL UNIQUE, username text NOT NULL UNIQUE, cell varchar(20) NOT NULL,
		street text NOT NULL, building integer, address text NOT NULL, city text NOT NULL, state char(2) NOT NULL,
		state_name text NOT NULL, postal varchar(9) NOT NULL, area varchar(3) NOT NULL,
		latitude numeric(9,6) NOT NULL, longitude double precision NOT NULL,
		company text NOT NULL UNIQUE, trade text NOT NULL, site text NOT NULL,
		issuer text NOT NULL, issued date NOT NULL, expires date NOT NULL CHECK (expires > issued))"
	# the facts, from the data itself
	for l in pt_BR en_US; do
		sql "CREATE TABLE place_$l (city text, state text, area text, lo int, hi int, lat numeric, lon numeric);
			CREATE TABLE given_$l (name text, sex text); CREATE TABLE state_$l (abbr text, name text)"
		columns "$l" place city state 'area[]' postal_from postal_to latitude longitude | copy_in "place_$l"
		columns "$l" given name sex | copy_in "given_$l"
		columns "$l" state abbr name | copy_in "state_$l"
	done
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" facts
}

# columns LOCALE LIST COLUMN...: these of a table of the locale, with tabs between
columns() {
	"$PYTHON" - "$ROOT/common/data/$1/$2.tsv" "${@:3}" <<-'END'
		import sys
		rows = [l.rstrip("\n").split("\t") for l in open(sys.argv[1], encoding="utf-8") if not l.startswith("# ")]
		at = [rows[0].index(c) for c in sys.argv[2:]]
		print("\n".join("\t".join(r[i] for i in at) for r in rows[1:]))
	END
}

copy_in() {
	psql -Xq "$DATABASE_URL" -v ON_ERROR_STOP=1 -c "COPY $1 FROM stdin"
}

# plan LOCALE [SHARDS]: a rule for each column, tied by one record
planned() {
	"$PYTHON" - "$1" "$N" >plan.json <<-'END'
		import json, sys
		facets = {"first_name": "person.first_name", "middle_name": "person.middle_name", "last_name": "person.last_name",
		    "name": "person.name", "sex": "person.sex", "born": "person.birth_date", "email": "person.email",
		    "username": "person.username", "cell": "person.cell", "street": "place.street",
		    "address": "place.address", "city": "place.city", "state": "place.state", "state_name": "place.state_name",
		    "postal": "place.postal_code", "area": "place.area_code", "latitude": "place.latitude",
		    "longitude": "place.longitude", "company": "company.name", "trade": "company.trade_name", "site": "company.site",
		    "issuer": "document.issuer", "issued": "document.issued_on", "expires": "document.expires_on"}
		json.dump({"plan_version": "0.3", "seed": 11, "global": {"as_of": "2026-11-28", "locale": sys.argv[1]},
		    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		    "targets": [{"schema": "public", "table": "customer", "rows": int(sys.argv[2])}],
		    "rules": [{"type": "column_generator", "schema": "public", "table": "customer", "column": c,
		               "generator": "record." + f, "record": "customer"} for c, f in facets.items()]}, sys.stdout)
	END
	rm -rf run
	introspect --run run >/dev/null 2>&1
	plan-check plan.json --run run "${@:2}" >said 2>&1 || fail "$(cat said)"
	gen-parents --run run >/dev/null
}

# agree LOCALE DIGITS: every row, held against the facts
agree() {
	"$BIN/load" --run run >/dev/null 2>&1
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql "SELECT count(*) FROM customer")" = "$N" ]
	[ "$(sql "SELECT count(*) FROM customer c WHERE NOT EXISTS (SELECT FROM place_$1 p
		WHERE p.city = c.city AND p.state = c.state AND c.area = ANY (string_to_array(p.area, ' '))
		AND regexp_replace(c.postal, '\D', '', 'g')::int BETWEEN p.lo AND p.hi
		AND abs(p.lat - c.latitude) <= 0.0201 AND abs(p.lon - c.longitude::numeric) <= 0.0201)")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer c JOIN given_$1 g ON g.name = c.first_name GROUP BY g.sex = c.sex HAVING NOT g.sex = c.sex")" = '' ]
	[ "$(sql "SELECT count(*) FROM customer c JOIN state_$1 s ON s.abbr = c.state WHERE s.name <> c.state_name")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer WHERE length(regexp_replace(postal, '\D', '', 'g')) <> $2")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer WHERE name <> first_name || ' ' || last_name OR middle_name = last_name")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer WHERE strpos(regexp_replace(cell, '\D', '', 'g'), area) <> 1")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer WHERE strpos(address, street) = 0 OR strpos(issuer, state) = 0")" = 0 ]
	# what the address is made of: the name without accents, in lower case
	sql 'CREATE EXTENSION unaccent'
	[ "$(sql "SELECT count(*) FROM customer WHERE email !~ ('^' ||
		regexp_replace(lower(unaccent(first_name)), '[^a-z]', '', 'g') || '\.' ||
		regexp_replace(lower(unaccent(last_name)), '[^a-z]', '', 'g') || '[0-9]*@example\.com\$')
		OR split_part(email, '@', 1) <> username")" = 0 ]
	[ "$(sql "SELECT count(*) FROM customer WHERE age(date '2026-11-28', born) NOT BETWEEN interval '18 years' AND interval '81 years'
		OR issued NOT BETWEEN born + interval '17 years 11 months' AND date '2026-11-28'
		OR expires <> issued + interval '10 years'")" = 0 ]
}

@test "a record in Brazil: city, state, postal code, area code, name, sex, e-mail address agree" {
	planned pt_BR
	agree pt_BR 8
	# as frequent as the data says, and most names are there
	[ "$(sql "SELECT first_name FROM customer GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")" = Maria ]
	[ "$(sql "SELECT count(DISTINCT first_name) > 1000 FROM customer")" = t ]
}

@test "a record in the United States: the same" {
	planned en_US
	agree en_US 5
	[ "$(sql "SELECT count(*) FROM customer WHERE cell !~ '555-?01[0-9][0-9]\$'")" = 0 ]
}

@test "the rows of records are the same in any shards, and with other columns beside them" {
	planned pt_BR
	tail -n +2 run/data/public.customer.csv >whole.csv
	planned pt_BR --shards 7
	cat run/data/public.customer.*-of-*.csv | grep -v '^id,' >parts.csv
	cmp whole.csv parts.csv || fail "$(ls run/data; head -n 2 whole.csv parts.csv | cut -c 1-80)"
	local names
	names=$(cut -d, -f2,4 whole.csv | sha256sum)
	"$PYTHON" - <<-'END'
		import json
		p = json.load(open("plan.json"))
		p["rules"] = [r for r in p["rules"] if r["column"] in ("first_name", "last_name")]
		json.dump(p, open("plan.json", "w"))
	END
	rm -rf run
	introspect --run run >/dev/null 2>&1
	plan-check plan.json --run run >/dev/null 2>&1
	gen-parents --run run >/dev/null
	[ "$(tail -n +2 run/data/public.customer.csv | cut -d, -f2,4 | sha256sum)" = "$names" ]
}

@test "ids of other families become facets of the record; what cannot agree, fit or be unique is refused" {
	rule() {
		small_plan public 3 'customer=500' "[{\"type\": \"column_generator\", \"schema\": \"public\",
			\"table\": \"customer\", \"column\": \"$1\", \"generator\": \"$2\", \"record\": \"c\"}]"
		rm -rf run
		introspect --run run >/dev/null 2>&1
		run plan-check plan.json --run run
	}
	rule email semantic.br.email.safe
	expect 0
	grep -q '"id": "record.person.email"' run/resolved_plan.json
	rule email primitive.uuid
	expect 1
	[[ $output == *'record_unknown /rules/0/record'* ]] || fail "$output"
	rule area record.place.city
	expect 1
	[[ $output == *'public.customer.area'*'do not fit'* ]] || fail "$output"
	rule username record.person.first_name
	expect 1
	[[ $output == *'public.customer.username'*'not distinct'* ]] || fail "$output"
	small_plan public 3 'customer=500' '[{"type": "column_generator", "schema": "public", "table": "customer",
		"column": "email", "generator": "semantic.br.email.safe", "record": "c"}]'
	sed -i 's/"0.3"/"0.2"/' plan.json
	run plan-check plan.json --run run
	expect 1
	[[ $output == *record_needs_version* ]] || fail "$output"
}

@test "the number of a record's company and of its document, as the locale has them, and one in two columns" {
	sql "CREATE SCHEMA n; CREATE TABLE n.firm (id int PRIMARY KEY, reg text NOT NULL UNIQUE, dotted varchar(18) NOT NULL,
		doc varchar(12) NOT NULL UNIQUE, same text NOT NULL)"
	for l in pt_BR en_US; do
		[ "$l" = pt_BR ] && plain=semantic.br.cnpj || plain=semantic.us.ein
		rules=
		for c in reg:record.company.registry dotted:record.company.registry doc:record.document.number "same:$plain"; do
			rules+="${rules:+,}{\"type\": \"column_generator\", \"schema\": \"n\", \"table\": \"firm\",
				\"column\": \"${c%%:*}\", \"generator\": {\"id\": \"${c#*:}\", \"locale\": \"$l\"}, \"record\": \"f\"}"
		done
		small_plan n 3 'firm=2000' "[$rules]"
		rm -rf run
		introspect --run run --schema n >/dev/null 2>&1
		plan-check plan.json --run run >said 2>&1 || fail "$(cat said)"
		gen-parents --run run >/dev/null
		"$PYTHON" - "$l" "$ROOT/tests/lib" <<-'END' || fail "$l"
			import csv, re, sys
			sys.path.append(sys.argv[2])
			import documents
			rows = list(csv.DictReader(open("run/data/n.firm.csv")))
			assert len(rows) == len({r["reg"] for r in rows}) == len({r["doc"] for r in rows}) == 2000
			for r in rows:
			    bare = re.sub(r"\D", "", r["dotted"])
			    assert bare == re.sub(r"\D", "", r["reg"]) == re.sub(r"\D", "", r["same"]), r
			    if sys.argv[1] == "pt_BR":
			        assert documents.cnpj(bare) and re.fullmatch(r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d", r["dotted"]), r
			        assert documents.rg(re.sub(r"[.-]", "", r["doc"])), r
			    else:
			        assert re.fullmatch(r"\d\d-\d{7}", r["dotted"]) and re.fullmatch(r"D\d{8}|\d{9}", r["doc"]), r
		END
	done
	# a rule that says how the number is written keeps its generator
	small_plan n 3 'firm=20' '[{"type": "column_generator", "schema": "n", "table": "firm", "column": "reg",
		"generator": {"id": "semantic.br.cnpj", "params": {"form": "punctuated"}}, "record": "f"}]'
	plan-check plan.json --run run >said 2>&1 || fail "$(cat said)"
	grep -q '"id": "semantic.br.cnpj"' run/resolved_plan.json
}

@test "labels of sex and choices take a longer text around them, and labels that a check refuses are none" {
	sql "CREATE SCHEMA z; CREATE TYPE z.size AS ENUM ('small', 'large');
		CREATE TABLE z.person (id int PRIMARY KEY, sex text NOT NULL, size text NOT NULL, other text NOT NULL, bad char(1) CHECK (bad ~ '^[0-9]$'))"
	introspect --run z --schema z >/dev/null 2>&1
	around='"transforms": [{"transform": "transform.prefix_suffix", "params": {"prefix": "<<", "suffix": ">>"}}]'
	choices='"params": {"choices": [{"value": "a much longer choice than that", "weight": 1}, {"value": "b", "weight": 1}]}'
	rule='{"type": "column_generator", "schema": "z", "table": "person", "column"'
	small_plan z 3 'person=5000' "[$rule: \"sex\", \"generator\": \"record.person.sex\", $around},
		$rule: \"size\", \"generator\": \"primitive.shares\", $choices, $around},
		$rule: \"other\", \"generator\": \"primitive.text.pattern\", \"params\": {\"pattern\": \"x\"}, \"transforms\": [
			{\"transform\": \"transform.weighted_choice\", $choices}, {\"transform\": \"transform.prefix_suffix\", \"params\": {\"suffix\": \">>\"}}]}]"
	plan-check plan.json --run z >said 2>&1 || fail "$(cat said)"
	make_rows z
	"$BIN/load" --run z >/dev/null 2>&1
	[ "$(sql "SELECT count(*) FROM z.person WHERE sex !~ '^<<[FM]>>$' OR size !~ '^<<(a much longer choice than that|b)>>$'
		OR other !~ '^(a much longer choice than that|b)>>$'")" = 0 ]
	small_plan z 3 'person=5' "[$rule: \"bad\", \"generator\": \"record.person.sex\"}]"
	run plan-check plan.json --run z
	expect 1
	[[ $output == *'z.person.bad'*'no label for women'* ]] || fail "$output"
}

@test "the example of a shop in the United States is taken, made, loaded and holds" {
	sql_file "$ROOT/plans/examples/us_shop/schema.sql"
	introspect --run shop --schema shop_us >/dev/null 2>&1
	plan-check "$ROOT/plans/examples/us_shop/us_shop.plan.json" --run shop >said 2>&1 || fail "$(cat said)"
	make_rows shop
	"$BIN/load" --run shop >/dev/null 2>&1
	run "$BIN/eval" --run shop --sql
	expect 0
	[ "$(sql "SELECT count(*) FROM shop_us.customer c JOIN place_en_US p ON p.city = c.city AND p.state = c.state
		AND c.zip::int BETWEEN p.lo AND p.hi")" -ge 400 ]
	[ "$(sql "SELECT count(*) FROM shop_us.orders o JOIN shop_us.customer c ON c.id = o.customer_id
		WHERE o.placed_at < c.signed_up")" = 0 ]
	[ "$(sql "SELECT count(*) FROM shop_us.supplier WHERE strpos(email, split_part(site, '//', 2)) = 0")" = 0 ]
}

@test "telephones of Brazil are written as the column's length or its check asks" {
	sql "CREATE SCHEMA f; CREATE TABLE f.call (bare varchar(11) NOT NULL, usual varchar(15) NOT NULL UNIQUE, checked text NOT NULL CHECK (checked ~ '^\+55 ?[0-9]+\$'),
		land varchar(10) NOT NULL, marked text NOT NULL CHECK (marked ~ '^\([0-9]{2}\) [0-9]{5}-[0-9]{4}\$'))"
	rules=
	for c in bare:semantic.person.cell usual:semantic.person.cell checked:semantic.person.cell land:semantic.person.phone \
		marked:semantic.br.phone; do
		rules+="${rules:+,}{\"type\": \"column_generator\", \"schema\": \"f\", \"table\": \"call\", \"column\": \"${c%%:*}\",
			\"generator\": {\"id\": \"${c#*:}\"}}"
	done
	small_plan f 3 'call=300' "[$rules]"
	sed -i 's/"as_of"/"locale": "pt_BR", "as_of"/' plan.json
	rm -rf run
	introspect --run run --schema f >/dev/null 2>&1
	plan-check plan.json --run run >said 2>&1 || fail "$(cat said)"
	gen-parents --run run >/dev/null
	"$BIN/load" --run run >/dev/null
	[ "$(sql "SELECT count(*) FROM f.call WHERE bare ~ '^[1-9][0-9]90[0-9]{7}\$' AND usual ~ '^\([1-9][0-9]\) 90[0-9]{3}-[0-9]{4}\$'
		AND checked ~ '^\+55[1-9][0-9]90[0-9]{7}\$' AND land ~ '^[1-9][0-9]5555[0-9]{4}\$' AND marked ~ '^\([0-9]{2}\) 90'")" = 300 ] || fail "$(sql 'SELECT * FROM f.call LIMIT 3')"
}

# Writes the plan of f.call with a column for each line "COLUMN TYPE ID FORM [RECORD]" of the input, in the locale $1, and its table.
written_plan() {
	local c type id form record columns='' rules=''
	while read -r c type id form record; do
		columns+="${columns:+, }$c $type NOT NULL"
		rules+="${rules:+,}{\"type\": \"column_generator\", \"schema\": \"f\", \"table\": \"call\", \"column\": \"$c\",
			\"generator\": {\"id\": \"$id\", \"params\": {\"form\": \"$form\"}}${record:+, \"record\": \"$record\"}}"
	done
	sql "DROP SCHEMA IF EXISTS f CASCADE; CREATE SCHEMA f; CREATE TABLE f.call ($columns)"
	small_plan f 3 'call=300' "[$rules]"
	sed -i "s/\"as_of\"/\"locale\": \"$1\", \"as_of\"/" plan.json
	rm -rf run
	introspect --run run --schema f >/dev/null 2>&1
}

@test "telephones and postal codes are written in the form that the rule names, in both locales" {
	local id form locale
	for locale in pt_BR en_US; do
		for id in semantic.person.cell semantic.person.phone faker.phone_number.raw.CellNumber faker.phone_number.raw.PhoneNumber \
			record.person.cell record.person.phone "$([ $locale = pt_BR ] && echo semantic.br.phone || echo semantic.us.phone)"; do
			for form in plain punctuated separated country e164 international; do
				echo "${id//./_}_$form text $id $form"
			done
		done >lines
		for id in semantic.address.postcode faker.address.raw.ZipCode record.place.postal_code \
			"$([ $locale = pt_BR ] && echo semantic.br.cep || echo semantic.us.zip)"; do
			printf '%s text %s plain\n%s text %s punctuated\n' "${id//./_}_code" "$id" "${id//./_}_pointed" "$id"
		done >>lines
		sed 's/^[^ ]*/\L&/' lines >named
		written_plan $locale <named
		plan-check plan.json --run run >said 2>&1 || fail "$(cat said)"
		gen-parents --run run >/dev/null
		"$BIN/load" --run run >/dev/null
		run sql "SELECT format('%s: %s', key, value) FROM f.call c, jsonb_each_text(to_jsonb(c)) WHERE value !~ CASE '$locale/' || substring(key from '[^_]*\$')
			WHEN 'pt_BR/plain' THEN '^[1-9]\d(90\d{7}|5\d{3}\d{4})\$' WHEN 'pt_BR/punctuated' THEN '^\([1-9]\d\) (90\d{3}|5\d{3})-\d{4}\$'
			WHEN 'pt_BR/separated' THEN '^[1-9]\d (90\d{3}|5\d{3})-\d{4}\$' WHEN 'pt_BR/country' THEN '^55[1-9]\d(90\d{7}|5\d{3}\d{4})\$'
			WHEN 'pt_BR/e164' THEN '^\+55[1-9]\d(90\d{7}|5\d{3}\d{4})\$' WHEN 'pt_BR/international' THEN '^\+55 [1-9]\d (90\d{3}|5\d{3})-\d{4}\$'
			WHEN 'en_US/plain' THEN '^[2-9]\d\d55501\d\d\$' WHEN 'en_US/punctuated' THEN '^\([2-9]\d\d\) 555-01\d\d\$'
			WHEN 'en_US/separated' THEN '^[2-9]\d\d-555-01\d\d\$' WHEN 'en_US/country' THEN '^1[2-9]\d\d55501\d\d\$'
			WHEN 'en_US/e164' THEN '^\+1[2-9]\d\d55501\d\d\$' WHEN 'en_US/international' THEN '^\+1 [2-9]\d\d-555-01\d\d\$'
			WHEN 'pt_BR/code' THEN '^\d{8}\$' WHEN 'pt_BR/pointed' THEN '^\d{5}-\d{3}\$' WHEN 'en_US/code' THEN '^\d{5}\$' WHEN 'en_US/pointed' THEN '^\d{5}-\d{4}\$' END"
		[ "$output" = '' ] || fail "$output"
	done
}

@test "columns of one record tell the same telephone in each form, and unique ones differ" {
	local form
	for form in plain punctuated separated country e164 international; do
		echo "$form text semantic.person.cell $form caller"
	done >named
	printf '%s\n' 'zip text semantic.address.postcode plain caller' 'cep text semantic.br.cep punctuated caller' >>named
	written_plan pt_BR <named
	sql "ALTER TABLE f.call ADD UNIQUE (punctuated), ADD UNIQUE (e164)"
	rm -rf run
	introspect --run run --schema f >/dev/null 2>&1
	sed -i 's/"rows": 300/"rows": 20000/' plan.json
	plan-check plan.json --run run >said 2>&1 || fail "$(cat said)"
	gen-parents --run run >/dev/null
	"$BIN/load" --run run >/dev/null
	[ "$(sql "SELECT count(*) FROM f.call WHERE punctuated ~ '^\(\d\d\) 90\d{3}-\d{4}\$' AND regexp_replace(cep, '\D', '', 'g') = zip AND
		(SELECT count(DISTINCT right(regexp_replace(v, '\D', '', 'g'), 9)) = 1 FROM unnest(ARRAY[plain, punctuated, separated, country, e164, international]) v)")" = 20000 ]
}

@test "a form that there is not, or for which a column has no room, is refused" {
	written_plan pt_BR <<<'c text semantic.person.cell dotted'
	run plan-check plan.json --run run
	[[ $status = 1 && $output == *form* && $output == *plain* ]] || fail "$output"
	written_plan pt_BR <<<'c varchar(10) semantic.person.cell international'
	run plan-check plan.json --run run
	[[ $status = 1 && $output == *f.call.c* ]] || fail "$output"
	written_plan en_US <<<'c varchar(5) record.place.postal_code punctuated'
	run plan-check plan.json --run run
	[[ $status = 1 && $output == *f.call.c* ]] || fail "$output"
	written_plan pt_BR <<<'c text semantic.br.phone dotted'
	run plan-check plan.json --run run
	[[ $status = 1 && $output == *'c'* ]] || fail "$output"
}
