#!/usr/bin/env bats
# Numerics of more than 18 digits: every form of rows has them, eval reads them back, and they move into other columns
# as PostgreSQL would assign them.  tests/cases/type-numeric-wide.sql has the checks that ask for such.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base wide wide.sql wide
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# copy COLUMN OF: transfers.COLUMN is OF of its account, as a rule and a comma
copy() {
	echo "{\"type\": \"column_generator\", \"schema\": \"wide\", \"table\": \"transfers\", \"column\": \"$1\",
		\"generator\": \"derive.parent_value\", \"params\": {\"input_columns\": [\"account_id\"], \"parent_schema\": \"wide\",
		\"parent_table\": \"accounts\", \"parent_column\": \"$2\"}},"
}

# rules RULE...: a list of them
rules() {
	local all="$*"
	echo "[${all%,}]"
}

# text_of TABLE: its rows as the server prints them
text_of() {
	sql "SELECT * FROM wide.$1 ORDER BY id"
}

@test "all four forms of rows load as the same numbers, and eval finds in each what the server has" {
	local f
	small_plan wide 3 "accounts=300 transfers=300" "$(rules "$(copy of_account balance)")"
	for f in csv text binary jsonl; do
		rm -rf run
		new_run run plan.json
		make_rows run --format "$f"
		if [ "$f" != jsonl ]; then
			"$BIN/load" --run run --truncate >/dev/null 2>load.log || fail "$f" "$(cat load.log)"
			text_of accounts >"accounts.$f"
			text_of transfers >"transfers.$f"
			cmp accounts.csv "accounts.$f"
			cmp transfers.csv "transfers.$f"
		fi
		"$BIN/eval" --run run --conn "$DATABASE_URL" --strict >eval.log 2>&1 || fail "$f" "$(cat eval.log)"
		grep -q 'verdict: holds' eval.log || fail "$f" "$(cat eval.log)"
	done
	# JSON has them as numbers, the digits being those of the CSV
	"$PYTHON" - run/data/wide.accounts.jsonl accounts.csv <<-'END'
		import json, sys
		rows = [json.loads(line, parse_float=str, parse_int=str) for line in open(sys.argv[1])]
		have = sorted(row["balance"] for row in rows)
		want = sorted(line.split("|")[1] for line in open(sys.argv[2]))
		assert have == want and all(len(v.split(".")[0]) >= 22 for v in have), (have[:3], want[:3])
	END
}

@test "a check over two columns that takes more digits than they are filled with is refused, and says so" {
	pg_db sums
	sql 'CREATE SCHEMA s; CREATE TABLE s.sums (id int PRIMARY KEY, a numeric(30,4) NOT NULL, b numeric(30,4) NOT NULL,
		CHECK (a + b > 100000000000000000000))'
	catalogue sums s
	cp -r "$BATS_FILE_TMPDIR/sums" run
	small_plan s 3 'sums=100'
	run plan-check plan.json --run run
	expect 1
	says 's.sums.a' sums_check 'numbers of column a are made of 18 digits, 4 of them behind the point' 'declare it with fewer decimals'
}
