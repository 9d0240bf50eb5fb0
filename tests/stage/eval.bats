#!/usr/bin/env bats
# eval: the files of a run, and the database they were loaded into, against the schema.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db audit
	sql_file "$ROOT/tests/fixtures/audit.sql"
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	introspect --run "$RUNS/good" --schema au >/dev/null
	plan-check "$ROOT/tests/fixtures/audit.plan.json" --run "$RUNS/good" >/dev/null 2>&1
	mkdir -p "$RUNS/good/data"
	rows_of makers >"$RUNS/good/data/au.makers.csv"
	rows_of things >"$RUNS/good/data/au.things.csv"
	rows_of pairs >"$RUNS/good/data/au.pairs.csv"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
	cp -r "$RUNS/good" "$RUN"
	THINGS=$RUN/data/au.things.csv
	MAKERS=$RUN/data/au.makers.csv
	PAIRS=$RUN/data/au.pairs.csv
}

# rows_of TABLE: its CSV, right in every respect
rows_of() {
	case $1 in
	makers) printf '%s\n' country,code,name,score BR,1,ana,2 'BR,2,"b|ia",' PT,1,,4 ;;
	things) printf '%s\n' id,parent_id,maker_code,maker_country,feeling,price,made,sold,tag \
		1,,1,BR,low,1.50,2025-01-01,2025-01-01,t \
		2,1,2,BR,high,9999.99,2025-01-01,,t \
		3,1,1,PT,low,0.01,,2025-01-02,t \
		4,4,,BR,high,,,,u ;;
	pairs) printf '%s\n' a,b,x,y 1,,BR,1 1,2,, ,2,PT,1 ;;
	esac
}

# audit [OPTION...]: run eval on $RUN
audit() {
	run "$BIN/eval" --run "$RUN" "$@"
}

# metric EXPRESSION: of metrics.json, which is m
metric() {
	"$PYTHON" -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$RUN/metrics.json" "$1"
}

# finds CODE PATH [ROW]: one violation, that one
finds() {
	expect 1
	says '1 violation:'
	"$PYTHON" -c 'import json, sys
v = json.load(open(sys.argv[1]))
want = (sys.argv[2], sys.argv[3], sys.argv[4])
got = [(x["code"], x["path"], str(x.get("row_index", ""))) for x in v]
sys.exit(0 if got == [want] else "got %s, want %s" % (got, want))' \
		"$RUN/violations.json" "$1" "$2" "${3:-}"
}

@test "eval: rows that are right are found right, and every rule was asked" {
	audit
	expect 0
	says 'PRIMARY KEY' 'metrics_path=' 'report_path='
	[ "$(metric 'm["violations_total"]')" = 0 ]
	[ "$(metric 'm["constraints"]["pk"]["checked"], m["constraints"]["unique"]["checked"], m["constraints"]["fk"]["checked"], m["constraints"]["check"]["checked"], m["constraints"]["not_null"]["checked"]')" = '(2, 3, 3, 3, 4)' ]
	[ "$(metric 'sum(c["not_evaluated"] for c in m["constraints"].values())')" = 0 ]
	[ "$(metric '[c["null_count"] for c in m["column_stats"] if c["table"] == "things"]')" = '[0, 1, 1, 0, 0, 1, 2, 2, 0]' ]
}

@test "eval: one wrong cell is one violation, named by code, path and row" {
	while IFS='|' read -r file edit code path row; do
		cp "$RUNS/good/data"/* "$RUN/data"
		sed -i "$edit" "$RUN/data/au.$file.csv"
		audit --write-violations
		finds "$code" "$path" "$row" || fail "$file $edit"
	done <<-'END'
		things|3s/high/middle/|type|au.things.feeling|2
		things|3s/high//|not_null|au.things.feeling|2
		things|3s/9999.99/10000/|type|au.things.price|2
		things|3s/9999.99/-1/|check|au.things|2
		things|3s/9999.99/0/|check|au.things|2
		things|2s/2025-01-01,t/2024-12-31,t/|check|au.things|1
		things|2s/2025-01-01,t/2024-02-30,t/|type|au.things.sold|1
		things|3s/,1,/,7,/|foreign_key|au.things -> au.things|2
		things|3s/,2,BR/,3,BR/|foreign_key|au.things -> au.makers|2
		things|4s/PT/US/|foreign_key|au.things -> au.makers|3
		things|5s/u$/t/|unique|au.things.tag|4
		things|3s/^2/1/|primary_key|au.things.id|2
		makers|3s/"b.ia"/ana/|unique|au.makers.name|2
		makers|2s/ana/anastasia/|length|au.makers.name|1
		makers|2s/2$/3/|check|au.makers.score|1
		makers|4s/4/x/|type|au.makers.score|3
		pairs|4s/,2,/1,2,/|unique|au.pairs.a,b|3
		pairs|4s/PT,1/PT,/|foreign_key|au.pairs -> au.makers|3
		pairs|2s/BR/B\xff/|type|au.pairs.x|1
		pairs|3s/,,/,/|file|au.pairs|2
		pairs|4d|row_count|au.pairs|
	END
}

@test "eval: NULL means what it means in SQL" {
	# a key with a NULL refers to nothing, a CHECK of NULL holds, UNIQUE lets NULLs repeat
	sed -i '2s/ana//' "$MAKERS"
	sed -i '2s/2025-01-01,2025-01-01/,/; 3s/9999.99//' "$THINGS"
	audit
	expect 0
	sed -i '2s/,1,BR/,,BR/; 3s/^2/NULL/' "$THINGS"
	audit
	expect 1
	says 'types'
}

@test "eval: the text null, blanks and the empty text are values, not NULLs" {
	sed -i '2s/t$/null/; 4s/t$/""/; 5s/u$/ /' "$THINGS"
	audit
	expect 0
	[ "$(metric '[c["null_count"] for c in m["column_stats"] if c["column"] == "tag"]')" = '[0]' ]
}

@test "eval: text and binary rows as PostgreSQL writes them, and zstd, are the same audit" {
	pg_db forms audit
	load_csv
	audit --output json
	metric '(m["constraints"], m["column_stats"])' >csv
	for form in text:txt binary:bin; do
		rm "$RUN"/data/*
		for t in makers things pairs; do
			psql -Xqd "$DATABASE_URL" -c "COPY au.$t ($(columns $t)) TO STDOUT (FORMAT ${form%:*})" \
				>"$RUN/data/au.$t.${form#*:}"
		done
		audit
		expect 0
		metric '(m["constraints"], m["column_stats"])' | diff csv -
		[ "$(metric 'm["tables"][0]["format"]')" = "${form%:*}" ]
	done
	for t in makers things pairs; do
		zstd -q --rm "$RUN/data/au.$t.bin"
	done
	audit
	expect 0
	metric '(m["constraints"], m["column_stats"])' | diff csv -
	printf x | dd of="$RUN/data/au.things.bin.zst" bs=1 seek=20 conv=notrunc status=none
	audit
	expect 1
	says 'files intact'
}

# columns TABLE: those in the files
columns() {
	head -1 "$RUNS/good/data/au.$1.csv"
}

# load_csv: $RUN's files into $DATABASE_URL, by psql
load_csv() {
	for t in makers things pairs; do
		psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 \
			-c "\\copy au.$t ($(columns $t)) FROM '$RUN/data/au.$t.csv' (FORMAT csv, HEADER)"
	done
}

# no_constraints: drop all that would refuse a row; constraints_again: what can be there beside rows
# that break it, which is what eval has to find in the catalogue before it asks
no_constraints() {
	sql "ALTER TABLE au.things DROP CONSTRAINT things_maker_fkey, DROP CONSTRAINT things_parent_fkey,
			DROP CONSTRAINT things_pkey, DROP CONSTRAINT things_price_check,
			DROP CONSTRAINT things_sold_check, ALTER feeling DROP NOT NULL,
			ALTER id DROP NOT NULL;
		ALTER TABLE au.pairs DROP CONSTRAINT pairs_full_fkey, DROP CONSTRAINT pairs_ab_key;
		ALTER TABLE au.makers DROP CONSTRAINT makers_pkey, DROP CONSTRAINT makers_name_key;
		ALTER DOMAIN au.even DROP CONSTRAINT even_check;
		DROP INDEX au.things_tag_high" >/dev/null
}

constraints_again() {
	sql "ALTER TABLE au.things ADD CONSTRAINT things_price_check CHECK (price > 0) NOT VALID,
			ADD CONSTRAINT things_sold_check CHECK (sold >= made) NOT VALID;
		ALTER DOMAIN au.even ADD CONSTRAINT even_check CHECK (VALUE % 2 = 0) NOT VALID" >/dev/null
	# it fails, and stays in the catalogue as an index that is not valid
	! sql "CREATE UNIQUE INDEX CONCURRENTLY things_tag_high ON au.things (tag) WHERE feeling = 'high'" 2>/dev/null ||
		fail 'no tag is there twice'
}

@test "eval --conn: the loaded database is asked the same, and agrees" {
	pg_db loaded audit
	load_csv
	audit --conn "$DATABASE_URL"
	expect 0
	says 'by SQL'
	[ "$(metric 'm["sql_audit"]["violations"], m["sql_audit"]["queries"]')" = '(0, 19)' ]
	grep -q '## SQL audit' "$RUN/report.md"
	audit --sql
	expect 0
	says 'by SQL'
}

@test "eval --conn: files and database find the same violations, kind by kind" {
	pg_db unguarded audit
	no_constraints
	printf '%s\n' 1,7,1,BR,,1,2025-01-01,2024-01-01,t 1,,9,BR,high,,,,v 9,,9,US,high,1,,,v >>"$THINGS"
	printf '%s\n' BR,1,ana,6 BR,1,bob,3 >>"$MAKERS"
	printf '%s\n' 1,2,, ,2,PT, >>"$PAIRS"
	load_csv
	constraints_again
	audit --conn "$DATABASE_URL" --write-violations
	expect 1
	metric '[(k, c["violations"], m["constraints"][k]["violations"]) for k, c in m["sql_audit"]["constraints"].items()]' >kinds
	for kind in not_null:1:1 pk:4:4 unique:4:4 fk:4:4 check:2:2; do
		grep -qF "('${kind%%:*}', $(cut -d: -f2 <<<"$kind"), $(cut -d: -f3 <<<"$kind"))" kinds ||
			fail "$kind" "$(cat kinds)"
	done
}

@test "eval --conn: a database without the tables, or away, is an error and no verdict" {
	pg_db empty template1
	audit --conn "$DATABASE_URL"
	expect 2
	says 'asking the database'
	audit --conn 'postgresql://u:Xsecret9@/db?host=/nonexistent'
	expect 75
	run grep -r Xsecret9 "$RUN"
	expect 1
}

@test "eval: policies are the plan's: what it does not enforce is evaluated, named, and does not count" {
	edit='1,7,9,US,high,-1,2025-01-02,2025-01-01,w'
	sed -i "5s/.*/$edit/" "$THINGS"
	for mode in warn ignore; do
		"$PYTHON" - "$ROOT/tests/fixtures/audit.plan.json" $mode >plan.json <<-'END'
			import json, sys
			p = json.load(open(sys.argv[1]))
			p["rules"] = [{"type": "constraint_policy", "schema": "au", "table": "things",
				"constraint": c, "mode": sys.argv[2]}
				for c in ("check", "primary_key", "foreign_key")]
			json.dump(p, sys.stdout)
		END
		plan-check plan.json --run "$RUN" >/dev/null 2>&1
		audit
		expect 0
		says 'verdict: fails: 5 rules that the plan does not enforce'
		grep -q 'PostgreSQL refuses the rows' "$RUN/report.md"
		[ "$(grep -c 'ready to be loaded' "$RUN/report.md" "$RUN/report.html" | cut -d: -f2 | uniq)" = 0 ]
		[ "$(metric 'm["verdict"], m["violations_total"], m["other_rules"]["fails"], m["enforced_rules"]["fails"]')" = "('fails', 0, 5, 0)" ]
		[ "$(metric 'sorted((r["path"], r["answer"]) for r in m["rules"] if r["policy"] != "enforce" and r["answer"] == "fails")')" = \
			"[('au.things', 'fails'), ('au.things', 'fails'), ('au.things -> au.makers', 'fails'), ('au.things -> au.things', 'fails'), ('au.things.id', 'fails')]" ]
		metric 'sorted((w["code"], w["path"]) for w in m.get("warnings", []) if w["code"] != "no_receipt")' >warned
		grep -q "('check', 'au.things'), ('check', 'au.things'), ('foreign_key', 'au.things -> au.makers'), ('foreign_key', 'au.things -> au.things'), ('primary_key', 'au.things.id')" warned
		audit --strict
		expect 1
		says 'rules that fail and are not enforced: 5'
		audit --no-strict
		expect 0
	done
}

@test "eval: a foreign key that a strategy disables does not count, one whose column has a rule does" {
	sed -i '5s/^4,4/4,77/' "$THINGS"
	"$PYTHON" - "$ROOT/tests/fixtures/audit.plan.json" >plan.json <<-'END'
		import json, sys
		p = json.load(open(sys.argv[1]))
		p["options"] = {"allow_fk_disable": True}
		p["rules"] = [{"type": "foreign_key_strategy", "schema": "au", "table": "things", "mode": "disable"}]
		json.dump(p, sys.stdout)
	END
	plan-check plan.json --run "$RUN" >/dev/null 2>&1
	audit
	expect 0
	says 'fails (switched off by the plan): au.things -> au.things things_parent_fkey'
	[ "$(metric 'm["constraints"]["fk"]["checked"], sum(r["policy"] == "ignore" for r in m["rules"])')" = '(3, 2)' ]
	"$PYTHON" - "$ROOT/tests/fixtures/audit.plan.json" >plan.json <<-'END'
		import json, sys
		p = json.load(open(sys.argv[1]))
		p["rules"] = [{"type": "column_generator", "schema": "au", "table": "things", "column": "parent_id",
			"generator": {"id": "primitive.int.range", "params": {"min": 1, "max": 99}}}]
		json.dump(p, sys.stdout)
	END
	plan-check plan.json --run "$RUN" >/dev/null 2>&1
	audit --write-violations
	finds foreign_key 'au.things -> au.things' 4
}

# unread_run: into $RUN, a run of tests/fixtures/unread.sql whose rows are right
unread_run() {
	pg_db unread
	sql_file "$ROOT/tests/fixtures/unread.sql"
	rm -rf "$RUN"
	introspect --run "$RUN" --schema un >/dev/null
	cat >plan.json <<-'END'
		{"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-01-01"},
		 "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		 "targets": [{"schema": "un", "table": "memo", "rows": 2}, {"schema": "un", "table": "odd", "rows": 2}],
		 "rules": [{"type": "constraint_policy", "schema": "un", "table": "odd", "constraint": "unique", "mode": "warn"},
			{"type": "column_generator", "schema": "un", "table": "odd", "column": "made", "generator": "primitive.default"}]}
	END
	plan-check plan.json --run "$RUN" >check 2>&1 || fail "$(cat check)"
	mkdir -p "$RUN/data"
	printf '%s\n' id,body 1,a 2,b >"$RUN/data/un.memo.csv"
	printf '%s\n' id,made,ns,pairs,spans,address,codes,size,n \
		'1,2025-01-01 00:00:00+00,"{1,2}","{""(1,a)"",""(2,b)""}","{""[1,3)""}",10.0.0.1,"{ab,c}",1.5,7' \
		'2,2025-01-01 00:00:00+00,"{3,NULL}",,,10.0.0.2,,NaN,8' >"$RUN/data/un.odd.csv"
	for t in memo odd; do
		psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 \
			-c "\\copy un.$t ($(head -1 "$RUN/data/un.$t.csv")) FROM '$RUN/data/un.$t.csv' (FORMAT csv, HEADER)"
	done
}

@test "eval: what the files cannot tell is neither right nor wrong: the verdict says so, the database completes it" {
	unread_run
	audit
	expect 0
	says 'verdict: not evaluated: 14 rules; every other one holds' \
		'not evaluated: un.memo body_fine: function un.fine() of language plpgsql is not supported' \
		'not evaluated: un.odd.doubled doubled: function un.twice()' \
		'not evaluated: un.odd doubled_check: column doubled is not in the files: the server computes it' \
		'not evaluated: un.odd.doubled NOT NULL' \
		'not evaluated: un.odd.ns positive_check' 'not evaluated: un.odd.pairs positive_check' \
		'not evaluated: un.odd.pairs NOT NULL: a domain within an array' \
		'not evaluated: un.odd.address type' 'not evaluated: un.odd.codes length' \
		"not evaluated (the plan's policy for it is warn): un.odd.address address_key: a value of type inet may be written in several ways" \
		"not evaluated (the plan's policy for it is warn): un.odd.(expression) odd_twice" \
		'not evaluated: un.odd.size type: a number with more digits than are read'
	[ "$(metric 'm["verdict"], m["violations_total"]')" = "('not_evaluated', 0)" ]
	[ "$(metric '[r["answer"] for r in m["rules"] if r.get("constraint") == "odd_implied"]')" = "['holds']" ]
	grep -q 'Verdict: not evaluated' "$RUN/report.md"
	! grep -q 'Every rule holds, in the files and in the database' "$RUN/report.md" || fail 'unchecked is called clean'
	audit --strict
	expect 1
	says 'rules not evaluated: 14'
	audit --strict --conn "$DATABASE_URL"
	expect 0
	says 'verdict: holds: every rule was evaluated and holds'
	grep -q 'Every rule holds, in the files and in the database' "$RUN/report.md"
	[ "$(metric 'm["verdict"], sum(r["answer"] == "holds" for r in m["rules"]) == len(m["rules"])')" = "('holds', True)" ]
}

@test "eval --conn: a violation that only the database can see is one, where domains and expressions hide" {
	unread_run
	sql "ALTER DOMAIN un.positive DROP CONSTRAINT positive_check; ALTER DOMAIN un.said DROP NOT NULL;
		ALTER TABLE un.memo DROP CONSTRAINT body_fine;
		UPDATE un.memo SET body = '' WHERE id = 1;
		UPDATE un.odd SET ns = '{1,-1,-2}', pairs = ARRAY[(-1, NULL)::un.pair, NULL] WHERE id = 1;
		ALTER DOMAIN un.positive ADD CONSTRAINT positive_check CHECK (VALUE > 0) NOT VALID;
		ALTER TABLE un.memo ADD CONSTRAINT body_fine CHECK (un.fine(body)) NOT VALID" >/dev/null
	audit --conn "$DATABASE_URL"
	expect 1
	says 'verdict: fails: 4 rules with 5 violations' '5 violations'
	[ "$(metric 'sorted((r["path"], r["sql_violations"]) for r in m["rules"] if r["answer"] == "fails")')" = \
		"[('un.memo', 1), ('un.odd.ns', 2), ('un.odd.pairs', 1), ('un.odd.pairs', 1)]" ]
}

@test "eval: a value that PostgreSQL refuses is a violation, one that is too much for eval is not" {
	unread_run
	sed -i '2s/"{1,2}"/"{1,x}"/; 2s/1\.5/x/' "$RUN/data/un.odd.csv"
	audit --write-violations
	expect 1
	says '1 violation:'
	[ "$(metric '[(r["path"], r["answer"]) for r in m["rules"] if r["code"] == "type" and r["path"] in ("un.odd.ns", "un.odd.size")]')" = \
		"[('un.odd.ns', 'not_evaluated'), ('un.odd.size', 'fails')]" ]
}

@test "eval: --no-strict reports and ends with 0; the artefacts are there either way" {
	sed -i '3s/high/middle/' "$THINGS"
	audit
	expect 1
	[ -s "$RUN/metrics.json" ] && [ -s "$RUN/report.md" ] && [ -s "$RUN/report.html" ]
	[ ! -e "$RUN/violations.json" ]
	audit --no-strict
	expect 0
	audit --output json --no-strict
	"$PYTHON" -c 'import json, sys; assert json.loads(sys.argv[1])["violations_total"] == 1' "$output"
}

@test "eval: no report holds a value of a row" {
	sed -i '2s/t$/Xvalue9/; 5s/^4,4/Xvalue9,4/; 3s/t$/Xvalue9/; 5s/u$/Xvalue9/' "$THINGS"
	audit --write-violations
	expect 1
	[[ "$output" != *Xvalue9* ]]
	run grep -ls Xvalue9 "$RUN"/*.*
	expect 1
}

@test "eval: two audits give the same bytes, but for the times" {
	sed -i '3s/high/middle/' "$THINGS"
	audit --write-violations
	cp -r "$RUN" first
	rm "$RUN"/report.* "$RUN/violations.json"
	audit --write-violations --memory 0
	for f in report.md report.html violations.json; do
		cmp "first/$f" "$RUN/$f"
	done
	"$PYTHON" -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
del a["performance"], b["performance"]
assert a == b' first/metrics.json "$RUN/metrics.json"
}

@test "eval: report.html is one page that asks for nothing" {
	audit
	run grep -iE '<script|<link|src=|url\(|https?:' "$RUN/report.html"
	expect 1
	"$PYTHON" - "$RUN/report.html" <<-'END'
		import html.parser, sys
		void, stack = {"meta", "rect", "br"}, []
		class P(html.parser.HTMLParser):
		    def handle_starttag(self, tag, attrs):
		        if tag not in void:
		            stack.append(tag)
		    def handle_startendtag(self, tag, attrs):
		        pass
		    def handle_endtag(self, tag):
		        assert stack.pop() == tag, (tag, self.getpos())
		P().feed(open(sys.argv[1]).read())
		assert not stack, stack
	END
}

@test "eval: shards are one table; keys are compared across them" {
	sed -n 1,3p "$THINGS" >"$RUN/data/au.things.0-of-2.csv"
	sed -n 4,5p "$THINGS" >"$RUN/data/au.things.1-of-2.csv"
	rm "$THINGS"
	plan-check "$ROOT/tests/fixtures/audit.plan.json" --run "$RUN" --shards 2 >/dev/null 2>&1
	for t in makers pairs; do
		sed -n 1,2p "$RUN/data/au.$t.csv" >"$RUN/data/au.$t.0-of-2.csv"
		sed -n '3,$p' "$RUN/data/au.$t.csv" >"$RUN/data/au.$t.1-of-2.csv"
	done
	audit
	expect 0
	sed -i '2s/^4/2/' "$RUN/data/au.things.1-of-2.csv"
	audit --write-violations
	expect 1
	grep -q '"row_index": 4' "$RUN/violations.json"
	rm "$RUN/data/au.things.1-of-2.csv"
	audit
	expect 2
	says au.things 'shard 1 of 2' 'run gen-children'
}

# generate FORMAT [OPTION...]: the plan's tables, 2,000 rows and 3 shards each, into $RUN
generate() {
	rm -rf "$RUN/data"
	plan-check "$ROOT/tests/fixtures/audit.plan.json" --run "$RUN" --rows 2000 --shards 3 >/dev/null 2>&1
	gen-parents --run "$RUN" --format "$@" >/dev/null
	gen-children --run "$RUN" --format "$@" >/dev/null
}

@test "eval: what the generators make is right in every form, and the report is written anew" {
	for form in csv text binary jsonl 'csv --compress zstd'; do
		# shellcheck disable=SC2086
		generate $form
		cp "$RUN/generation_report.json" before
		rm "$RUN/generation_report.json"
		audit
		expect 0
		cmp before "$RUN/generation_report.json"
		metric '(m["constraints"], m["column_stats"])' >"got.${form%% *}"
		cmp got.csv "got.${form%% *}" || fail "$form"
		[ "$(metric 'sum(t["rows_found"] for t in m["tables"])')" = 6000 ]
	done
}

@test "eval: a file changed after it was written is told from one that was made wrong" {
	generate csv
	sed -i '$s/$/ /' "$RUN/data/au.makers.2-of-3.csv"
	audit --write-violations
	expect 1
	grep -q file_digest_mismatch "$RUN/violations.json"
	grep -q data/au.makers.2-of-3.csv "$RUN/violations.json"
	rm "$RUN/data/au.makers.2-of-3.csv"
	audit
	expect 2
	says data/au.makers.2-of-3.csv 'run gen-parents'
}

@test "eval: rows of another plan are refused, and the stage to rerun is named" {
	generate csv
	plan-check "$ROOT/tests/fixtures/audit.plan.json" --run "$RUN" --rows 2000 --shards 3 --seed 2 >/dev/null 2>&1
	audit
	expect 2
	says au.makers 'another plan' 'run gen-parents again'
	[ ! -e "$RUN/report.md" ]
}

@test "eval: 300,000 keys beyond the memory they may fill are told the same, and leave no file" {
	sql 'CREATE SCHEMA many; CREATE TABLE many.t (id integer PRIMARY KEY, up integer REFERENCES many.t)' >/dev/null
	introspect --run many --schema many >/dev/null
	echo '{"plan_version":"0.2","seed":1,"schema_ref":{"schema_version":"0.2","engine":"postgres"},
		"targets":[{"schema":"many","table":"t","rows":300000}],"rules":[]}' >plan.json
	plan-check plan.json --run many >/dev/null 2>&1
	mkdir -p many/data
	awk 'BEGIN { print "id,up"; for (i = 1; i <= 300000; i++)
		print (i % 100000 == 7 ? 7 : i) "," (i == 123456 ? -1 : i * 7 % 300000 + 1) }' >many/data/many.t.csv
	RUN=many
	for memory in 0 256; do
		audit --memory $memory --write-violations
		expect 1
		metric '(m["constraints"]["pk"]["violations"], m["constraints"]["fk"]["violations"])' >>got
		cp many/violations.json "violations$memory.json"
	done
	# rows 100007 and 200007 repeat key 7; two keys are gone, and row 123456 refers to nothing
	[ "$(sort -u got)" = '(2, 3)' ]
	cmp violations0.json violations256.json
	grep -q '"row_index": 100007' violations0.json
	[ -z "$(find many -name '*.tmp.*')" ]
}

@test "eval: what it cannot begin with is one clear error" {
	run "$BIN/eval"
	expect 2
	says '--run is required'
	run "$BIN/eval" --run nowhere
	expect 2
	audit --strict --no-strict
	expect 2
	says 'exclude each other'
	audit --output xml
	expect 2
	says 'text or json'
	rm "$THINGS"
	audit
	expect 2
	says au.things 'run gen-children'
	rm "$RUN/plan.msgpack"
	audit
	expect 2
	says plan.msgpack
}

# excluded_sql: a table of random ranges of every kind, and the constraints that keep them apart
excluded_sql() {
	cat <<-'END'
		CREATE SCHEMA ov;
		CREATE EXTENSION IF NOT EXISTS btree_gist;
		CREATE TABLE ov.r (id integer PRIMARY KEY, g integer, i int4range, n numrange, t tsrange, z tstzrange,
			d daterange, a integer, b integer, flag boolean, tag text);
		SELECT setseed(0.5);
		INSERT INTO ov.r SELECT k, nullif(k % 40, 0), i, numrange(lo / 100, lo / 100 + w / 1000, bounds), tsrange(s, s + w * interval '1 s', bounds),
			tstzrange(s AT TIME ZONE 'UTC', CASE WHEN k % 50 > 0 THEN (s + w * interval '1 us') AT TIME ZONE 'UTC' END, bounds),
			daterange(s::date, s::date + w), lo, lo + w, k % 3 = 0, 'T' || k % 150
		FROM (SELECT k, (ARRAY['[]', '[)', '(]', '()'])[1 + k % 4] AS bounds, CASE WHEN k % 9 = 0 THEN NULL WHEN k % 9 = 1 THEN 'empty'
				WHEN k % 99 = 2 THEN int4range(NULL, lo) ELSE int4range(lo, lo + w) END AS i, lo, w, '2026-01-01'::timestamp + lo * interval '1 hour' AS s
			FROM (SELECT k, (random() * 9000)::integer AS lo, (random() * 30)::integer AS w FROM generate_series(1, 400) k) x) y;
	END
}

# excluded_constraints: NAME|DEFINITION, a line each
excluded_constraints() {
	cat <<-'END'
		by_group|(g WITH =, i WITH &&)
		by_nothing|(n WITH &&)
		by_time|(t WITH &&) WHERE (flag)
		by_zone|(z WITH &&, g WITH =)
		by_day|(g WITH =, d WITH &&)
		by_columns|(int4range(a, b, '[]') WITH &&, lower(tag) WITH =)
		by_tag|(tag WITH =) WHERE (g > 20)
	END
}

@test "eval: the files tell the same rows that exclude each other as the database, whatever memory there is" {
	pg_db excluded
	excluded_sql | psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 >/dev/null
	rm -rf "$RUN"
	mkdir -p "$RUN/data" constrained
	psql -Xqd "$DATABASE_URL" -c "\\copy ov.r TO '$RUN/data/ov.r.csv' (FORMAT csv, HEADER)"
	pg_db constrained excluded
	sql 'TRUNCATE ov.r'
	while IFS='|' read -r name definition; do
		sql "ALTER TABLE ov.r ADD CONSTRAINT $name EXCLUDE USING gist $definition"
	done < <(excluded_constraints)
	introspect --run "$RUN" --schema ov >/dev/null
	# rows that the constraints exclude come in while their indexes are neither kept nor read
	sql "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = 'ov.r'::regclass AND indisexclusion"
	psql -Xqd "$DATABASE_URL" -c "\\copy ov.r FROM '$RUN/data/ov.r.csv' (FORMAT csv, HEADER)"
	plan='{"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-01-01"}, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		"targets": [{"schema": "ov", "table": "r", "rows": 400}],
		"rules": [{"type": "constraint_policy", "schema": "ov", "table": "r", "constraint": "unique", "mode": "warn"}]}'
	plan-check <(echo "$plan") --run "$RUN" >check 2>&1 || fail "$(cat check)"
	for memory in 0 256; do
		audit --conn "$DATABASE_URL" --memory $memory
		expect 0
		[ "$(metric '[(r["answer"], r["violations"] > 0, r["violations"] == r["sql_violations"]) for r in m["rules"] if r["code"] == "exclude"]')" = \
			"[$(printf "('fails', True, True), %.0s" {1..6})('fails', True, True)]" ] ||
			fail "$(metric '[(r["constraint"], r["answer"], r["violations"], r["sql_violations"]) for r in m["rules"] if r["code"] == "exclude"]')"
	done
}

@test "eval: 20,000 intervals beyond the memory they may fill are told the same" {
	pg_db intervals
	sql 'CREATE SCHEMA ov; CREATE TABLE ov.m (id integer PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&))' >/dev/null
	rm -rf "$RUN"
	introspect --run "$RUN" --schema ov >/dev/null
	echo '{"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		"targets": [{"schema": "ov", "table": "m", "rows": 20000}], "rules": []}' >plan.json
	plan-check plan.json --run "$RUN" >/dev/null 2>&1
	mkdir -p "$RUN/data"
	# every value once, in no order; 7 begins at 8's start, 100 reaches over the three after it
	awk 'BEGIN { print "id,r"; for (i = 1; i <= 20000; i++) { n = i * 7919 % 20011
		print i ",\"[" (n == 7 ? 80 : n * 10) "," (n == 100 ? 1031 : n == 7 ? 81 : n * 10 + 9) ")\"" } }' >"$RUN/data/ov.m.csv"
	for memory in 0 256; do
		audit --memory $memory --write-violations
		expect 1
		says '6 violations:'
		cp "$RUN/violations.json" "violations$memory.json"
	done
	cmp violations0.json violations256.json
	[ -z "$(find "$RUN" -name '*.tmp.*')" ]
}
