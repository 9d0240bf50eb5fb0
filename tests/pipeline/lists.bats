#!/usr/bin/env bats
# record.list: the rows of tables of codes; and the texts that have a parameter "of".

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base lists lists.sql ls
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	BR='{"global": {"as_of": "2026-11-22", "locale": "pt_BR"}}'
	cd "$BATS_TEST_TMPDIR" || return
}

# plan TABLES RULES [MEMBERS]: as plan.json
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json ls "$@"
}

# takes TABLE LIST COLUMN...: a rule for each column, of the list's column of the same name
takes() {
	local c
	for c in "${@:3}"; do
		echo "$1.$c record.list {\"list\": \"$2\", \"column\": \"$c\"}"
	done
}

# loaded: the rows of $RUN, loaded into a database of the test's own
loaded() {
	make_rows "$RUN"
	pg_db "l$BATS_TEST_NUMBER" lists
	"$BIN/load" --run "$RUN" --conn "$DATABASE_URL" >/dev/null
}

# refuses: plan-check of plan.json, which it refuses
refuses() {
	mkdir -p "$RUN"
	cp "$BASE/schema.msgpack" "$RUN"
	run plan-check plan.json --run "$RUN"
	expect 1
}

# rows FILES COLUMNS: these columns of what was made, a file after the other
rows() {
	# shellcheck disable=SC2086
	(cd "$RUN/data" && cat $1 | grep -v '^id,' | cut -d, -f"$2" | tr ',' '|')
}

# listed FILE COLUMNS ROWS: so many rows of a list
listed() {
	grep -v '^# ' "$ROOT/common/data/$1" | sed 1d | head -n "$3" | cut -f "$2" | tr '\t' '|'
}

@test "a table of codes has the first rows of the list, in its order, and columns of one row agree" {
	plan 'currency=20 plan=12' "$(takes currency currency code name symbol number; takes plan plan code name price users)" \
		'{"global": {"as_of": "2026-11-22", "locale": "en_US"}}'
	new_run "$RUN" plan.json --shards '1;ls.currency=3'
	loaded
	[ "$(rows ls.currency.*-of-3.csv 2-5)" = "$(listed en_US/list_currency.tsv 1-4 20 | sed 's/|0*\([0-9]*\)$/|\1/')" ]
	[ "$(rows ls.plan.csv 2-5)" = "$(listed en_US/list_plan.tsv 1,2,3,5 12)" ]
	[ "$(sql "SELECT name, symbol, number FROM ls.currency WHERE code = 'GBP'")" = 'Pound Sterling|£|826' ]
}

@test "the list is that of the rule's locale, and one of the user's own takes its place" {
	plan currency=2 "$(takes currency currency code name symbol number)" "$BR"
	new_run "$RUN" plan.json
	make_rows "$RUN"
	grep -q ',BRL,Real,R\$,986$' "$RUN/data/ls.currency.csv"
	mkdir -p mine/any
	printf 'code\tname\tsymbol\tnumber\nQQQ\tQuark\tQ\t1\nQQR\tQuartz\tQz\t2\n' >mine/any/list_currency.tsv
	rm -r "$RUN"
	new_run "$RUN" plan.json --data mine
	grep -q 'no locale has' "$RUN.check" && fail "$(cat "$RUN.check")"
	mv mine/any mine/pt_BR
	rm -r "$RUN"
	new_run "$RUN" plan.json --data mine
	make_rows "$RUN"
	grep -q ',QQR,Quartz,Qz,2$' "$RUN/data/ls.currency.csv"
}

@test "a unique column with more rows than the list has entries is refused, or gets fewer where rows are a default" {
	local n
	n=$(listed pt_BR/list_plan.tsv 1 1000 | wc -l)
	plan plan=$((n + 1)) "$(takes plan plan code name price users)" "$BR"
	refuses
	says '"ls.plan.code"' "the list has $n entries, and the column is unique over $((n + 1)) rows"
	plan plan "$(takes plan plan code name price users)" \
		'{"global": {"as_of": "2026-11-22", "locale": "pt_BR", "rows": 100}, "options": {"on_impossible": "skip"}}'
	new_run "$RUN" plan.json
	grep -q "\"ls.plan\" gets $n rows instead of 100" "$RUN.check" || fail "$(cat "$RUN.check")"
}

@test "a list or a column that does not exist is refused with the names of those that do" {
	plan 'currency=2 plan=2 paid=1' 'currency.code record.list {"list": "currencies", "column": "code"}
		plan.code record.list {"list": "plan", "column": "slug"}
		plan.price record.list {"list": "plan", "column": "name"}
		paid.price record.list {"list": "plan", "column": "price"}' "$BR"
	refuses
	says '"ls.currency.code"' 'locale pt_BR has no list "currencies"; it has ' 'country, currency, department' \
		'"ls.plan.code"' 'the list "plan" has no column "slug"; it has code, name, price, interval, users' \
		'"ls.plan.price"' 'value 1 is none that the column can hold' \
		'"ls.paid.price"' "the column's checks exclude 1 of the list's values"
}

@test "in a larger table each entry is given once before any is given again, and records differ" {
	local n
	n=$(listed pt_BR/list_country.tsv 1 1000 | wc -l)
	plan trip=$((3 * n)) 'trip.from_code record.list {"list": "country", "column": "code", "record": "from"}
		trip.from_name record.list {"list": "country", "column": "name", "record": "from"}
		trip.to_code record.list {"list": "country", "column": "code", "record": "to"}
		trip.to_name record.list {"list": "country", "column": "name", "record": "to"}' "$BR"
	new_run "$RUN" plan.json --shards '1;ls.trip=2'
	loaded
	[ "$(sql 'SELECT count(*) FROM (SELECT 1 FROM ls.trip GROUP BY from_code HAVING count(*) <> 3) AS x')" = 0 ]
	[ "$(rows 'ls.trip.*-of-2.csv' 2 | head -n "$n" | sort -u | wc -l)" = "$n" ]
	[ "$(sql 'SELECT count(*) < 12 FROM ls.trip WHERE from_code = to_code')" = t ]
	[ "$(sql 'SELECT count(DISTINCT (from_code, from_name)) = count(DISTINCT from_code) FROM ls.trip')" = t ]
	[ "$(sql 'SELECT count(*) FROM ls.trip AS a JOIN ls.trip AS b ON a.from_code = b.to_code AND a.from_name <> b.to_name')" = 0 ]
}

@test "every kind of title, reason, comment and description is made in both locales, distinct and short where that is asked for" {
	local of l id short
	for l in en_US pt_BR; do
		for of in title:{article,task,ticket,event,deal,review,document,message} reason:{cancel,refund,reject,loss,change} \
			comment:{task,post} description:{project,task,ticket,event,course,role,payment,item}; do
			id=semantic.text.${of%:*}
			# what describes a thing is longer than that
			short="$id {\"of\": \"${of#*:}\"}"
			[[ $of != [cd]* ]] || short=semantic.text.label
			plan words=3000 "words.a $id {\"of\": \"${of#*:}\"}
				words.b $id {\"of\": \"${of#*:}\"}
				words.c $short" "{\"global\": {\"as_of\": \"2026-11-22\", \"locale\": \"$l\"}}"
			rm -rf "$RUN"
			new_run "$RUN" plan.json
			gen-parents --run "$RUN" >/dev/null
			"$PYTHON" - "$RUN/data/ls.words.csv" "${of%:*}" <<-'END' || fail "$l $of"
				import csv, sys
				rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
				assert len({r["a"] for r in rows}) == 3000
				assert all(0 < len(r["c"]) <= 24 for r in rows)
				assert not any("{" in r[c] or "  " in r[c] or r[c] != r[c].strip() for r in rows for c in "abc")
				# without uniqueness most are texts, not texts with numbers behind them
				assert len({r["b"] for r in rows}) > (150 if sys.argv[2] == "title" else 40), len({r["b"] for r in rows})
			END
		done
	done
}
