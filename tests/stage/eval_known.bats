#!/usr/bin/env bats
# eval --conn: what schema.msgpack says is asked of a database only where its catalogue says it too.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db known
	sql_file "$ROOT/tests/fixtures/known.sql"
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	of_catalogue "$RUNS/true"
	sql "INSERT INTO kn.t VALUES (1, 2, '[1,3)', 'a', '{2,4}'), (2, 4, '[1,3)', 'b', NULL)"
	sql "INSERT INTO kn.p VALUES (1, 5, 1), (2, 6, 2), (3, -7, 3)"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
}

# of_catalogue RUN: a run of the catalogue of $DATABASE_URL, whose rows are right
of_catalogue() {
	introspect --run "$1" --schema kn >/dev/null
	cat >"$1.plan" <<-'END'
		{"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-01-01"},
		 "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		 "targets": [{"schema": "kn", "table": "t", "rows": 2}, {"schema": "kn", "table": "p", "rows": 3}],
		 "rules": [{"type": "constraint_policy", "schema": "kn", "table": "t", "constraint": "unique", "mode": "warn"},
			{"type": "constraint_policy", "schema": "kn", "table": "t", "constraint": "check", "mode": "warn"},
			{"type": "constraint_policy", "schema": "kn", "table": "p", "constraint": "check", "mode": "warn"}]}
	END
	plan-check "$1.plan" --run "$1" >"$1.check" 2>&1 || fail "$(cat "$1.check")"
	mkdir -p "$1/data"
	printf '%s\n' id,n,r,tag,deep '1,2,"[1,3)",a,"{2,4}"' '2,4,"[1,3)",b,' >"$1/data/kn.t.csv"
	printf '%s\n' id,n,k 1,5,1 2,6,2 3,-7,3 >"$1/data/kn.p.csv"
}

# forged SQL: into $RUN, a run of the catalogue as it is after SQL in another database.  The file is
# whole and its digests are right, but the database that is asked has other definitions.
forged() {
	local true_url
	true_url=$(pg_url known)
	pg_db forged
	sql_file "$ROOT/tests/fixtures/known.sql"
	sql "CREATE OR REPLACE FUNCTION kn.mark(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
		AS 'BEGIN RETURN true; END'; $1" >/dev/null
	of_catalogue "$RUN"
	DATABASE_URL=$true_url
	export DATABASE_URL PG_NOW=$true_url
}

# marks: the files that kn.mark() left
marks() {
	sql "SELECT string_agg(f, ' ' ORDER BY f) FROM pg_ls_dir(current_setting('data_directory')) f WHERE f LIKE 'mark.%'"
}

# metric EXPRESSION: of metrics.json, which is m
metric() {
	"$PYTHON" -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$RUN/metrics.json" "$1"
}

# asked CONSTRAINT: the queries about it
asked() {
	metric "'\\n'.join(q['sql'] for q in m['sql_audit']['questions'] if q.get('constraint') == '$1')"
}

DIFFERS='the database has another definition of it, or none'

# differ: constraints of which the database has another definition, and the kinds of those without a name
differ() {
	metric "' '.join(sorted(r.get('constraint', r['code']) for r in m['rules'] if r.get('not_asked_of_database') == '$DIFFERS'))"
}

@test "eval --conn asks the database for every text that it has too" {
	cp -r "$RUNS/true" "$RUN"
	DATABASE_URL=$(pg_url known)
	run "$BIN/eval" --run "$RUN" --strict --conn "$DATABASE_URL"
	expect 0
	says 'every rule was evaluated and holds'
	[ -z "$(differ)" ] || fail "$(differ)"
	# each partition's check is asked of its own rows, the check that two of them share too
	asked p_check >queries
	grep -q 'FROM ONLY "kn"."p1" WHERE NOT ((n > 0))' queries
	grep -q 'FROM ONLY "kn"."p2" WHERE NOT ((n > 0))' queries
	[ "$(wc -l <queries)" = 2 ]
	[ "$(asked p3_check)" = 'SELECT pg_catalog.count(*) FROM ONLY "kn"."p3" WHERE NOT ((n < 0))' ]
	[ -z "$(asked 'the partitions')" ]
	# what the tests below hold to have happened nowhere can happen here
	[ "$(sql "SELECT kn.mark('self')")" = t ]
	[ "$(marks)" = mark.self ]
	sql "COPY (SELECT 1) TO PROGRAM 'rm mark.self'"
	[ -z "$(marks)" ]
}

@test "eval --conn runs no changed expression of a file: the rule is not evaluated, and nothing happens" {
	forged "
		ALTER TABLE kn.t DROP CONSTRAINT t_check, DROP CONSTRAINT t_apart, DROP COLUMN twice, DROP COLUMN deep;
		ALTER DOMAIN kn.even DROP CONSTRAINT even_check;
		ALTER DOMAIN kn.even ADD CONSTRAINT even_check CHECK (VALUE % 2 = 0 AND kn.mark('domain'));
		ALTER TABLE kn.t ADD deep kn.even[], ADD twice integer GENERATED ALWAYS AS (CASE WHEN kn.mark('generated') THEN id * 2 END) STORED,
			ADD CONSTRAINT t_check CHECK (id > 0 AND kn.mark('check')),
			ADD CONSTRAINT t_apart EXCLUDE USING gist (id WITH =, r WITH &&) WHERE (id > 0 AND kn.mark('exclude'));
		DROP INDEX kn.t_lower, kn.t_some;
		CREATE UNIQUE INDEX t_lower ON kn.t (lower(tag::text || kn.mark('element')));
		CREATE UNIQUE INDEX t_some ON kn.t (tag) WHERE id > 0 AND kn.mark('predicate');
		ALTER TABLE kn.p3 DROP CONSTRAINT p3_check, ADD CONSTRAINT p3_check CHECK (n < 0 AND kn.mark('partition'))"
	run "$BIN/eval" --run "$RUN" --conn "$DATABASE_URL"
	[ -z "$(marks)" ] || fail "called: $(marks)"
	expect 0
	[ "$(differ)" = 'even_check even_check p3_check t_apart t_check t_lower t_some twice' ] || fail "$(differ)"
	[ "$(metric '{r["answer"] for r in m["rules"] if "not_asked_of_database" in r}')" = "{'not_evaluated'}" ]
	! grep -q 'kn\.mark' <(metric '[q["sql"] for q in m["sql_audit"]["questions"]]') || fail 'a query has the text of the file'
	says "not evaluated (the plan's policy for it is warn): kn.t t_check: $DIFFERS"
	grep -qF "$DIFFERS" "$RUN/report.md"
	grep -qF 'introspect this database, or ask the one that was introspected' "$RUN/report.md"
	grep -qF "$DIFFERS" "$RUN/report.html"
}

@test "eval --conn runs no expression of an object that the database does not have, nor one under another's name" {
	forged "
		ALTER TABLE kn.t ADD CONSTRAINT t_more CHECK (kn.mark('more')),
			ADD CONSTRAINT \"the partitions\" CHECK (kn.mark('named'));
		ALTER TABLE kn.p ADD CONSTRAINT \"the partitions\" CHECK (kn.mark('rooted'));
		CREATE UNIQUE INDEX t_new ON kn.t (id) WHERE kn.mark('index');
		ALTER TABLE kn.t DROP CONSTRAINT t_tag, ADD CONSTRAINT t_tag CHECK (id > 0)"
	run "$BIN/eval" --run "$RUN" --conn "$DATABASE_URL"
	[ -z "$(marks)" ] || fail "called: $(marks)"
	expect 0
	[[ " $(differ) " == *' t_more '* && " $(differ) " == *' t_new '* && " $(differ) " == *' t_tag '* ]] || fail "$(differ)"
}

@test "eval --conn takes a check whose casts a dump and a reload print in another way for the same" {
	cp -r "$RUNS/true" "$RUN"
	pg_db reloaded
	pg_dump -d "$(pg_url known)" | psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 >/dev/null
	def="SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 't_tag'"
	[ "$(sql "$def")" != "$(DATABASE_URL=$(pg_url known) sql "$def")" ]
	run "$BIN/eval" --run "$RUN" --strict --conn "$DATABASE_URL"
	expect 0
	[ -z "$(differ)" ] || fail "$(differ)"
}
