#!/usr/bin/env bats
# eval: what reports tell of columns, of fan-out and of what nobody would believe.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	crm_base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
}

# metric EXPRESSION: of metrics.json, which is m
metric() {
	"$PYTHON" -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$RUN/metrics.json" "$1"
}

# foreign_keys: name|child|column|parent|column, of those of one column
foreign_keys() {
	sql "SELECT conname, conrelid::regclass, quote_ident(a.attname), confrelid::regclass, quote_ident(b.attname)
		FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
			JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
		WHERE contype = 'f' AND cardinality(conkey) = 1"
}

@test "metrics.json: NULLs, distinct values, ranges, lengths and fan-outs are those that SQL counts" {
	new_run "$RUN" "$CRM_PLAN" --rows "$(crm_rows 3000)" --shards 2
	make_rows "$RUN"
	"$BIN/eval" --run "$RUN" >/dev/null
	pg_db profile crm
	"$BIN/load" --run "$RUN" >/dev/null
	foreign_keys >keys
	"$PYTHON" "$ROOT/tests/lib/profile.py" "$RUN/metrics.json" keys >ask.sql
	[ "$(sed -n 's/^-- \([0-9]*\) questions/\1/p' ask.sql)" -gt 150 ] || fail "$(tail -1 ask.sql)"
	wrong=$(psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f ask.sql)
	[ -z "$wrong" ] || fail "$wrong"
}

# whole_page: report.html of $RUN is whole; its texts go to the file texts
whole_page() {
	"$PYTHON" "$ROOT/tests/lib/page.py" "$RUN/report.html" >texts 2>faults || fail "$(cat faults)"
}

@test "report.html shows rows, columns, fan-outs, the graph and times; it is whole and asks for nothing" {
	new_run "$RUN" "$CRM_PLAN" --rows "$(crm_rows 300)"
	make_rows "$RUN"
	"$BIN/eval" --run "$RUN" >/dev/null
	whole_page
	for text in 'Every value is made' 'Graph of tables' 'Time and rows by stage' 'primitive.uuid' 'level 5' 'gen-children'; do
		grep -qF "$text" texts || fail "$text"
	done
	# the first row, value by value
	"$PYTHON" - "$RUN/data/crm.usuarios.csv" texts <<-'END'
		import csv, sys
		row = list(csv.reader(open(sys.argv[1])))[1]
		texts = open(sys.argv[2]).read().split("\n")
		sys.exit(any(v and len(v) < 100 and v not in texts and not v.startswith("20") for v in row))
	END
	[ "$(grep -c 'Every value is made' texts)" = 20 ]
}

@test "report.md has the numbers of metrics.json: NULLs, distinct values, lengths, fan-outs, warnings and times" {
	new_run "$RUN" "$CRM_PLAN" --rows "$(crm_rows 300)"
	make_rows "$RUN"
	"$BIN/eval" --run "$RUN" >/dev/null
	run "$PYTHON" "$ROOT/tests/lib/report_md.py" "$RUN/metrics.json" "$RUN/report.md"
	expect 0
	[[ "$output" =~ ^([0-9]+)\ columns,\ ([0-9]+)\ foreign\ keys,\ ([0-9]+)\ times$ ]] || fail "$output"
	((BASH_REMATCH[1] == 132 && BASH_REMATCH[2] == 27 && BASH_REMATCH[3] == 22)) || fail "$output"
}

# hostile_run: into $RUN, rows of a table whose names and values are out for trouble, made by a plan
hostile_run() {
	pg_db hostile
	cat >hostile.sql <<-'END'
		CREATE SCHEMA "<b>&""'";
		CREATE TABLE "<b>&""'"."</script><img src=x onerror=alert(1)>" (
			"id" integer PRIMARY KEY, "a""b<i>" text NOT NULL, "ctl" text NOT NULL, "c d" text NOT NULL, "c-d" text NOT NULL,
			"c.d" text NOT NULL, U&"rl\202Eo" text NOT NULL);
		COMMENT ON TABLE "<b>&""'"."</script><img src=x onerror=alert(1)>" IS '<u>comment</u>';
		CREATE TABLE "<b>&""'"."t" ("id" integer PRIMARY KEY, "up" integer NOT NULL REFERENCES "<b>&""'"."</script><img src=x onerror=alert(1)>");
	END
	sql_file hostile.sql
	introspect --run "$RUN" --schema "<b>&\"'" >/dev/null
	"$PYTHON" - >plan.json <<-'END'
		import json
		s, t = "<b>&\"'", "</script><img src=x onerror=alert(1)>"
		rule = lambda c, v: {"type": "column_generator", "schema": s, "table": t, "column": c,
		                     "generator": {"id": "derive.expr", "params": {"expr": "'" + v.replace("'", "''") + "'"}}}
		print(json.dumps({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-01-01"},
		    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		    "targets": [{"schema": s, "table": t, "rows": 30}, {"schema": s, "table": "t", "rows": 90}],
		    "rules": [rule('a"b<i>', "</td></table><script>alert(2)</script>"), rule("ctl", "bell\x07 esc\x1b tab\t"),
		              rule("rl\u202eo", "over\u202eride \u200bnone"), rule("c d", "&lt;&amp;'\"")]}))
	END
	plan-check plan.json --run "$RUN" >check 2>&1 || fail "$(cat check)"
	make_rows "$RUN"
}

@test "report.html takes no name and no value for markup, and shows what is invisible" {
	hostile_run
	"$BIN/eval" --run "$RUN" >/dev/null
	whole_page
	# a name in report.md begins no element either
	! grep -q '[^\\]<' "$RUN/report.md" || fail "$(grep '[^\\]<' "$RUN/report.md")"
	for text in '</td></table><script>alert(2)</script>' 'bell␇ esc␛ tab␉' 'over⟨U+202E⟩ride ⟨U+200B⟩none' "&lt;&amp;'\"" '<u>comment</u>' 'rl⟨U+202E⟩o'; do
		grep -qxF "$text" texts || fail "$text" "$(cat texts)"
	done
	# no value but numbers and dates is anywhere else
	run grep -lE 'alert\(2\)|bell|ride' "$RUN/metrics.json" "$RUN/report.md" "$RUN/logs.ndjson"
	expect 1
}
