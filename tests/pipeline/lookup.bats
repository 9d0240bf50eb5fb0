#!/usr/bin/env bats
# primitive.lookup: values that a plan brings along, in itself or in a CSV file.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base lookup lookup.sql lk
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
	cat >items.csv <<-'END'
		sku,name,price,often
		A-1,"Lamp, small",19.9,5
		A-2,"The ""good"" chair",120,3.5
		A-3,Café,3.25,0.5
		A-4,Desk,310.00,1
	END
}

# plan TABLES RULES: as plan.json
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" plan.json lk "$@"
}

# loaded TEST: the rows of $RUN, loaded into a database of the test's own
loaded() {
	make_rows "$RUN"
	pg_db "l$BATS_TEST_NUMBER" lookup
	"$BIN/load" --run "$RUN" --conn "$DATABASE_URL" >/dev/null
}

@test "values of a list become values of every type, and load" {
	plan typed=200 'typed.i primitive.lookup {"values": [1, "2", -3]}
		typed.n primitive.lookup {"values": ["1.005", 2, 9999.99]}
		typed.f primitive.lookup {"values": [0.5, "1e-3"]}
		typed.b primitive.lookup {"values": [true, "off"]}
		typed.d primitive.lookup {"values": ["2026-02-28", "2026-03-01"]}
		typed.ts primitive.lookup {"values": ["2026-02-28 10:00:00-03"]}
		typed.u primitive.lookup {"values": ["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"]}
		typed.s primitive.lookup {"values": ["S", "L"], "weights": [1, 3]}
		typed.p primitive.lookup {"values": [0, 50, 100, 250]}
		typed.t primitive.lookup {"values": ["abcde", "çãéüõ"]}
		typed.c primitive.lookup {"values": ["ab", "abcd"]}
		typed.x primitive.lookup {"values": ["\\x00ff"]}'
	new_run "$RUN" plan.json
	loaded
	[ "$(sql 'SELECT array_agg(DISTINCT i ORDER BY i) FROM lk.typed')" = '{-3,1,2}' ]
	[ "$(sql 'SELECT array_agg(DISTINCT n ORDER BY n) FROM lk.typed')" = '{1.01,2.00,9999.99}' ]
	[ "$(sql 'SELECT array_agg(DISTINCT p ORDER BY p) FROM lk.typed')" = '{0.00,50.00,100.00}' ]
	[ "$(sql 'SELECT array_agg(DISTINCT d ORDER BY d) FROM lk.typed')" = '{2026-02-28,2026-03-01}' ]
	[ "$(sql "SELECT count(*) FROM lk.typed WHERE ts <> '2026-02-28 13:00Z' OR x <> '\\x00ff'")" = 0 ]
	[ "$(sql "SELECT count(*) BETWEEN 125 AND 175 FROM lk.typed WHERE s = 'L'")" = t ]
}

@test "a value that the column's type does not take is refused by its place, not shown" {
	plan typed=10 'typed.i primitive.lookup {"values": [1, 2, "secret"]}
		typed.t primitive.lookup {"values": ["abcdef"]}
		typed.s primitive.lookup {"values": ["S", "XXL"]}
		typed.p primitive.lookup {"values": [101, 102]}'
	cp "$BASE/schema.msgpack" . && mkdir run && mv schema.msgpack run
	run plan-check plan.json --run run
	[ "$status" -eq 1 ]
	[[ $output == *'"lk.typed.i"'*'value 3 is none that the column can hold'* ]]
	[[ $output == *'"lk.typed.t"'*'value 1 is none that the column can hold'* ]]
	[[ $output == *'"lk.typed.s"'*'value 2 is no label'* ]]
	[[ $output == *'"lk.typed.p"'*'checks allow none of its values'* ]]
	[[ $output != *secret* && $output != *XXL* ]]
}

@test "columns of one record take the same line of the file, once each where they are dealt" {
	plan 'item=4 sale=400' 'item.sku primitive.lookup {"file": "items.csv", "column": "sku", "record": "r"}
		item.name primitive.lookup {"file": "items.csv", "column": "name", "record": "r"}
		item.price primitive.lookup {"file": "items.csv", "column": "price", "record": "r"}
		sale.sku primitive.lookup {"file": "items.csv", "column": "sku", "record": "r", "weight_column": "often"}
		sale.name primitive.lookup {"file": "items.csv", "column": "name", "record": "r", "weight_column": "often"}
		sale.price primitive.lookup {"file": "items.csv", "column": "price", "record": "r", "weight_column": "often"}
		sale.grade primitive.lookup {"values": ["A", "B", "F"]}'
	new_run "$RUN" plan.json --shards '1;lk.sale=3'
	rm items.csv
	loaded
	[ "$(sql "SELECT string_agg(concat_ws('|', sku, name, price), ';' ORDER BY sku) FROM lk.item")" = \
		'A-1|Lamp, small|19.90;A-2|The "good" chair|120.00;A-3|Café|3.25;A-4|Desk|310.00' ]
	[ "$(sql 'SELECT count(*) FROM lk.sale LEFT JOIN lk.item USING (sku, name, price) WHERE item.id IS NULL')" = 0 ]
	[ "$(sql "SELECT array_agg(DISTINCT grade ORDER BY grade) FROM lk.sale")" = '{A,B}' ]
	[ "$(sql "SELECT count(*) FILTER (WHERE sku = 'A-1') BETWEEN 160 AND 240
		AND count(*) FILTER (WHERE sku = 'A-3') BETWEEN 5 AND 40 FROM lk.sale")" = t ]
}

@test "the plan says where values are from, and rows change when the file does" {
	plan item=4 'item.sku primitive.lookup {"file": "items.csv", "column": "sku"}'
	new_run "$RUN" plan.json
	grep -q '"source": "items.csv, column sku, SHA-256 [0-9a-f]\{64\}"' "$RUN/resolved_plan.json"
	make_rows "$RUN"
	grep -q A-4 "$RUN/data/lk.item.csv"
	sed -i 's/A-4/B-4/' items.csv
	plan-check plan.json --run "$RUN" >/dev/null 2>&1
	make_rows "$RUN"
	grep -q 'B-4' "$RUN/data/lk.item.csv"
}

@test "a unique column needs as many different values as rows" {
	plan item=5 'item.sku primitive.lookup {"file": "items.csv", "column": "sku"}'
	mkdir run && cp "$BASE/schema.msgpack" run
	run plan-check plan.json --run run
	[ "$status" -eq 1 ]
	[[ $output == *key_space_too_small*'4 distinct values'* ]]
	# a record has no more lines either: no value is made that the file does not have
	plan item=9 'item.sku primitive.lookup {"file": "items.csv", "column": "sku", "record": "item"}'
	run plan-check plan.json --run run
	[ "$status" -eq 1 ]
	[[ $output == *unsupported_unique* || $output == *key_space_too_small* ]] || fail "$output"
}

@test "a file that is not there, or is none of CSV, or lacks the column, is refused by its name" {
	printf 'a,b\n1\n' >short.csv
	printf 'a\n\xff\n' >latin.csv
	printf 'a,w\n1,0\n' >zero.csv
	plan typed=5 'typed.i primitive.lookup {"file": "none.csv", "column": "a"}
		typed.n primitive.lookup {"file": "short.csv", "column": "a"}
		typed.f primitive.lookup {"file": "latin.csv", "column": "a"}
		typed.t primitive.lookup {"file": "items.csv", "column": "size"}
		typed.c primitive.lookup {"file": "items.csv"}
		typed.p primitive.lookup {"file": "zero.csv", "column": "a", "weight_column": "w"}'
	mkdir run && cp "$BASE/schema.msgpack" run
	run plan-check plan.json --run run
	[ "$status" -eq 1 ]
	[[ $output == *'lookup_file /rules/0/params/file'*'cannot read none.csv'* ]]
	[[ $output == *'short.csv: line 2: 1 fields, and the first line has 2'* ]]
	[[ $output == *'latin.csv: it is not UTF-8'* ]]
	[[ $output == *'items.csv has no column "size"'* ]]
	[[ $output == *'items.csv has 4 columns: name one as "column"'* ]]
	[[ $output == *'zero.csv: weight 1 is no number above 0'* ]]
}
