#!/usr/bin/env bats
# plan-check --data DIR: words of the user's own in place of those that are compiled in.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base data lookup.sql lk
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p mine/pt_BR mine/any run
	cp "$BASE/schema.msgpack" run
	printf 'sex\tname\tweight\nF\tZuleica\t1\nM\tZeno\t9\n' >mine/pt_BR/given.tsv
	printf '# two of them\nZimmer\t3\nZarur\n' >mine/pt_BR/family.txt
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json lk sale=300 'sale.name semantic.br.name
		sale.sku semantic.br.email.safe'
}

# names RUN: the column name of lk.sale, each once
names() {
	cut -d, -f3 "$1/data/lk.sale.csv" | tail -n +2 | sort -u
}

@test "lists of a folder take the place of the compiled ones, and generators need no folder" {
	new_run "$RUN" plan.json --data mine --shards '1;lk.sale=1'
	mv mine away
	make_rows "$RUN"
	run names "$RUN"
	[[ ${lines[*]} =~ ^(Z(eno|uleica)( Z(immer|arur))+ ?)+$ ]] || fail "$output"
	[ "$(grep -c ',Zeno ' "$RUN/data/lk.sale.csv")" -gt 230 ]
	grep -q 'z[a-z]*\.z[a-z]*[0-9]*@example.com' "$RUN/data/lk.sale.csv"
	grep -q '"Zuleica"' "$RUN/resolved_plan.json"
	cp -r "$RUN" again
	rm -r again/data again/receipts
	make_rows again
	same_run "$RUN" again
}

@test "other words make other rows, and the compiled ones come back without the folder" {
	new_run "$RUN" plan.json --data mine
	make_rows "$RUN"
	sed -i 's/Zeno/Zacarias/' mine/pt_BR/given.tsv
	plan-check plan.json --run "$RUN" --data mine >/dev/null 2>&1
	make_rows "$RUN"
	grep -q Zacarias "$RUN/data/lk.sale.csv"
	plan-check plan.json --run "$RUN" >/dev/null 2>&1
	make_rows "$RUN"
	run names "$RUN"
	[[ $output != *Zacarias* && ${#lines[@]} -gt 200 ]]
}

@test "a list that no locale has is a warning that names those it has" {
	echo x >mine/pt_BR/firstnames.txt
	run plan-check plan.json --run run --data mine
	[ "$status" -eq 0 ]
	[[ $output == *'unknown_list'*'locale pt_BR has no list "firstnames"'*'given'* ]]
}

@test "a file of another form is refused by its line, a folder that is no locale by its name" {
	refuse() {
		run plan-check plan.json --run run --data mine
		[ "$status" -eq 2 ] && [[ $output == *"$1"* ]] || fail "$output"
	}
	printf 'Zimmer\nZarur\tmany\n' >mine/pt_BR/family.txt
	refuse 'mine/pt_BR/family.txt:2: a weight is a whole number'
	printf 'Zimmer\nZimmer\n' >mine/pt_BR/family.txt
	refuse 'mine/pt_BR/family.txt:2: the entry is there before'
	printf 'Zimmer\nZ\xff\n' >mine/pt_BR/family.txt
	refuse 'mine/pt_BR/family.txt: it is not UTF-8'
	printf '' >mine/pt_BR/family.txt
	refuse 'it has no entries'
	rm mine/pt_BR/family.txt
	printf 'name\nZeno\n' >mine/pt_BR/given.tsv
	refuse 'mine/pt_BR/given.tsv:1: a column of the compiled list is missing'
	rm mine/pt_BR/given.tsv
	echo Zeno >mine/pt_BR/given.txt
	refuse 'the list is a table: NAME.tsv'
	mv mine/pt_BR mine/xx_YY
	refuse 'there is no locale "xx_YY"'
}

@test "texts of records and facts of a country can be one's own, and what they may not say is refused" {
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json lk sale=300 'sale.name record.person.name
		sale.sku semantic.code.iban'
	jq '.global.locale = "pt_BR"' plan.json >br.json
	printf 'facet\tform\nperson.name\t{given^} {family~}-{#2}\n' >mine/pt_BR/record.tsv
	printf 'name\tvalue\niban_length\t16\n' >mine/pt_BR/fact.tsv
	new_run "$RUN" br.json --data mine
	make_rows "$RUN"
	run names "$RUN"
	[[ ${lines[*]} =~ ^(Z(eno|uleica)\ z(immer|arur)-[0-9]{2} ?)+$ ]] || fail "$output"
	run grep -cE ',XX[0-9]{14}(,|$)' "$RUN/data/lk.sale.csv"
	[ "$output" = 300 ]
	while IFS='|' read -r form why; do
		printf 'facet\tform\nperson.name\t%s\n' "$form" >mine/pt_BR/record.tsv
		run plan-check br.json --run run --data mine
		[ "$status" -eq 1 ] && [[ $output == *"$why"* ]] || fail "$form: $output"
	done <<-'END'
		{given} {other}|{other} is not for records
		{given[sex=F]}|is not for records
		{given} {family|has a brace without its pair
		{given.age}|{given.age} names no column
		{rank}|{rank} follows no names
		{given.sex:##}|list given has no numbers in sex_from
	END
}

@test "templates of json values that say nothing are refused, and a state that the locale does not have" {
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json lk sale=300 'sale.name semantic.json {"of": "settings"}'
	while IFS='|' read -r template why; do
		printf 'of\tvalue\tweight\nsettings\t%s\t1\n' "$template" >mine/any/json.tsv
		run plan-check plan.json --run run --data mine
		[ "$status" -eq 1 ] && [[ $output == *"$why"* ]] || fail "$template: $output"
	done <<-'END'
		{"a": "<@nosuchlist>"}|it names a list that there is not
		{"a": "<hex:99>"}|hexadecimal digits are 1 to 16
		{"a": "<web"}|it is no object of a few members
	END
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json lk sale=300 'sale.name semantic.br.city {"uf": "ZZ"}'
	run plan-check plan.json --run run
	[ "$status" -eq 1 ] && [[ $output == *'uf'* ]] || fail "$output"
}

@test "run and fill pass the folder on" {
	pg_db own
	sql "CREATE SCHEMA lk; CREATE TABLE lk.person (id int PRIMARY KEY, first_name text NOT NULL)"
	run "$ROOT/scripts/datalchemy" fill --data mine --locale pt_BR --rows 40 --run filled
	expect 0
	[ "$(sql "SELECT count(DISTINCT first_name) FROM lk.person WHERE first_name !~ '^Z(eno|uleica)'")" = 0 ] ||
		fail "$(sql 'SELECT first_name FROM lk.person LIMIT 3')"
	run "$ROOT/scripts/datalchemy" run --plan plan.json --data mine --ddl "$ROOT/tests/fixtures/lookup.sql" --schema lk --run made
	expect 0
	grep -q Zeno made/data/lk.sale.csv
}
