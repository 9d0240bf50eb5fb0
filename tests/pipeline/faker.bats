#!/usr/bin/env bats
# The ids of faker and their shorter names, made by the stages and loaded into PostgreSQL.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/each_database

# ids: every id of faker, every shorter name, and the texts of a locale beside them, one a line, and "*" if it has locales
ids() {
	plan-check --generators --output json | jq -r '.[] | "\(.id) \(.locale // "")"
		| select(test("^faker\\.|^semantic\\.(person|address|company|finance|internet|lorem|markdown|color|barcode|time|http|product|text)\\."))'
}

# rule TABLE COLUMN ID [LOCALE]
rule() {
	jq -cn --arg t "$1" --arg c "$2" --arg id "$3" --arg l "${4-}" '
		{type: "column_generator", schema: "z", table: $t, column: $c,
		 generator: ({id: $id} + (if $l == "" then {} else {locale: $l} end)
			+ (if $id | endswith("After") then {params: {after: "2024-01-01T00:00:00"}}
			   elif $id | endswith("Before") then {params: {before: "2024-01-01T00:00:00"}}
			   elif $id | endswith("Between") then {params: {start: "2024-01-01T00:00:00", end: "2024-12-31T00:00:00"}}
			   else {} end))}'
}

# filled ROWS: the tables of z are filled by the rules in ./rules, and loaded
filled() {
	local tables
	tables=$(sql "SELECT string_agg(tablename || '=$1', ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'z'")
	introspect --run run --schema z >/dev/null
	small_plan z 1 "$tables" "$(jq -s . rules)"
	run plan-check plan.json --run run
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null
}

@test "every id fills a column of text in both locales, and loads" {
	local n=0 id has columns=
	while read -r id has; do
		columns+=", c$n text NOT NULL CHECK (c$n <> '')"
		rule en "c$n" "$id" "${has:+en_US}"
		rule br "c$n" "$id" "${has:+pt_BR}"
		n=$((n + 1))
	done < <(ids) >rules
	[ "$n" -eq 195 ]
	sql "CREATE SCHEMA z; CREATE TABLE z.en (id int PRIMARY KEY$columns); CREATE TABLE z.br (id int PRIMARY KEY$columns)"
	filled 500
	[ "$(sql "SELECT (SELECT count(*) FROM z.en) + (SELECT count(*) FROM z.br)")" = 1000 ]
}

@test "on columns of other types the ids make values of the type" {
	local n=0 id type columns=
	while read -r id type; do
		columns+=", c$n $type NOT NULL"
		rule t "c$n" "$id"
		n=$((n + 1))
	done >rules <<-'END'
		faker.boolean.raw.Boolean boolean
		faker.chrono.raw.Date date
		faker.chrono.raw.DateTime timestamptz
		faker.chrono.raw.DateTimeBetween date
		faker.time.raw.DateTimeAfter timestamp
		faker.chrono.raw.Time time
		faker.time.raw.Duration interval
		faker.time.raw.Duration bigint
		faker.address.raw.Latitude numeric(8,6)
		faker.address.raw.Longitude numeric(9,6)
		faker.address.raw.Longitude float8
		faker.number.raw.Digit smallint
		faker.http.raw.RfcStatusCode integer
		semantic.http.status_code integer
		semantic.address.building_number integer
		semantic.internet.ipv4 inet
		semantic.internet.ipv6 inet
		faker.internet.raw.IP inet
		semantic.internet.mac macaddr
	END
	sql "CREATE SCHEMA z; CREATE TABLE z.t (id int PRIMARY KEY$columns)"
	filled 2000
	[ "$(sql "SELECT count(*) FROM z.t WHERE c1 BETWEEN '1970-01-01' AND now() AND c3 BETWEEN '2024-01-01' AND '2024-12-31'
		AND c4 > '2024-01-01' AND c6 <= '30 days' AND c7 <= 2592000 AND abs(c8) <= 90 AND abs(c9) <= 180 AND c11 <= 9
		AND c12 BETWEEN 100 AND 599 AND family(c15) = 4 AND c16 << '2001:db8::/32'")" = 2000 ]
	[ "$(sql "SELECT count(DISTINCT c0) = 2 AND count(DISTINCT c12) > 50 FROM z.t")" = t ]
}

@test "unique columns have distinct values, and a plan that wants more than there are is refused" {
	sql "CREATE SCHEMA z; CREATE TABLE z.t (id int PRIMARY KEY, name text NOT NULL UNIQUE, mail varchar(60) NOT NULL UNIQUE,
		phone text NOT NULL UNIQUE, isbn char(13) NOT NULL UNIQUE, zip varchar(10) NOT NULL UNIQUE, host inet NOT NULL UNIQUE,
		note text NOT NULL UNIQUE, company text NOT NULL UNIQUE)"
	{
		rule t name semantic.person.name
		rule t mail semantic.person.email
		rule t phone semantic.person.phone
		rule t isbn semantic.barcode.isbn13
		rule t zip semantic.address.zipcode
		rule t host semantic.internet.ipv4
		rule t note faker.lorem.raw.Sentences
		rule t company semantic.company.name
	} >rules
	filled 20000
	[ "$(sql "SELECT count(*) FROM z.t WHERE phone ~ '^.[2-9][0-9]{2}. 555-01' AND zip ~ '^[0-9]{5}' AND mail LIKE '%@example.___'")" = 20000 ]
	rule t name semantic.person.title >rules
	small_plan z 1 "t=20000" "$(jq -s . rules)"
	run plan-check plan.json --run run
	expect 1
	says "semantic.person.title has 5 distinct values here and the column is unique over 20,000 rows"
}

@test "parameters choose among the texts before the first row" {
	sql "CREATE SCHEMA z; CREATE TABLE z.t (id int PRIMARY KEY, first text NOT NULL, digits text NOT NULL, short text NOT NULL)"
	jq -cn '{type: "column_generator", schema: "z", table: "t"} as $r
		| ($r + {column: "first", generator: {id: "semantic.person.first_name", params: {pattern: "^[A-D]", max_len: 6}}}),
		  ($r + {column: "digits", generator: {id: "semantic.person.phone", params: {pattern: "[02468]$"}}}),
		  ($r + {column: "short", generator: {id: "faker.internet.raw.Password", params: {charset: "abc123", min_len: 4, max_len: 9}}})' >rules
	filled 3000
	[ "$(sql "SELECT count(*) FROM z.t WHERE first ~ '^[A-D].{1,5}$' AND digits ~ '[02468]$' AND short ~ '^[abc123]{4,9}$'")" = 3000 ]
	[ "$(sql "SELECT count(DISTINCT first) > 50 FROM z.t")" = t ]
	rule t first semantic.person.first_name | jq '.generator.params = {pattern: "^[0-9]"}' >rules
	small_plan z 1 "t=10" "$(jq -s . rules)"
	run plan-check plan.json --run run
	expect 1
	says "semantic.person.first_name: none of its texts is what its parameters, the column and its checks ask for"
}

@test "without a locale the ids are of the United States, and of the plan's locale where it says one" {
	sql "CREATE SCHEMA z; CREATE TABLE z.t (id int PRIMARY KEY, state text NOT NULL)"
	rule t state semantic.address.state >rules
	filled 300
	[ "$(sql "SELECT bool_or(state = 'California') AND NOT bool_or(state = 'Bahia') FROM z.t")" = t ]
	sql "TRUNCATE z.t"
	rm -rf run
	introspect --run run --schema z >/dev/null
	jq '.global.locale = "pt_BR"' plan.json >br.json
	run plan-check br.json --run run
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null
	[ "$(sql "SELECT bool_or(state = 'Bahia') AND NOT bool_or(state = 'California') FROM z.t")" = t ]
}

@test "a plan that --init writes for en_US has generators of the United States, and notes that can be read" {
	sql "CREATE SCHEMA z; CREATE TABLE z.customers (id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL,
		email text NOT NULL UNIQUE, phone varchar(14) NOT NULL, street_address text NOT NULL, city text NOT NULL,
		state char(2) NOT NULL, zip varchar(10) NOT NULL, ssn char(11) NOT NULL UNIQUE, notes text NOT NULL,
		country text NOT NULL, job_title text NOT NULL);
		CREATE TABLE z.products (id int PRIMARY KEY, name text NOT NULL, description varchar(200) NOT NULL)"
	introspect --run run --schema z >/dev/null
	plan-check --init plan.json --run run --locale en_US --rows 3000 >/dev/null
	run jq -c '[.rules[].generator | if type == "object" then .id else . end | select(startswith("semantic.br."))]' plan.json
	says '[]'
	run plan-check plan.json --run run
	expect 0
	make_rows run
	"$BIN/load" --run run --conn "$DATABASE_URL" >/dev/null
	[ "$(sql "SELECT count(*) FROM z.customers WHERE phone ~ '^.[2-9][0-9]{2}. 555-01[0-9]{2}$' AND state ~ '^[A-Z]{2}$'
		AND zip ~ '^[0-9]{5}$' AND ssn ~ '^9[0-9]{2}-' AND street_address ~ '^[0-9]+ [A-Z]' AND notes ~ '^[A-Z].*[.]$'
		AND email ~ '@example[.](com|net|org)$'")" = 3000 ]
	[ "$(sql "SELECT count(*) FROM z.products WHERE description ~ '^An? [a-z]'")" = 3000 ]
}
