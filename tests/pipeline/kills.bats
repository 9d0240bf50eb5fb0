#!/usr/bin/env bats
# Stages that are killed at random moments leave nothing half-written under a final name, and the same call makes what an undisturbed
# one does.  Some kills here; make kills takes a thousand (KILLS, KILLS_SEED; KILLS_STAGE: of one).

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db killed
	sql 'CREATE SCHEMA s; CREATE TABLE s.p (id int PRIMARY KEY, name text NOT NULL, born date);
		CREATE TABLE s.c (id int PRIMARY KEY, p int NOT NULL REFERENCES s.p, n int CHECK (n > 3), note text)'
	export REF=$BATS_FILE_TMPDIR/ref
	cd "$BATS_FILE_TMPDIR" || return
	small_plan s 7 'p=9000 c=12000'
	mkdir -p "$REF/empty"
	URL=$(pg_url killed)
	export URL
	step empty schema introspect --schema s
	step schema plan plan-check plan.json --shards 4
	step plan parents gen-parents --jobs 2
	step parents rows gen-children --jobs 2
	step rows report "$BIN/eval"
	# the rows go elsewhere: they change what a catalogue estimates
	pg_db loaded killed
	step rows loaded "$BIN/load" --truncate
}

teardown_file() {
	pg_stop
}

# step BEFORE AFTER CMD...: what CMD --run makes of one run directory, as another
step() {
	cp -r "$REF/$1" "$REF/$2"
	"${@:3}" --run "$REF/$2" >/dev/null
}

@test "a stage that is killed at any moment leaves a run that the same call finishes, byte for byte" {
	cd "$BATS_TEST_TMPDIR" || return
	count='$(psql -XqAt -d "$DATABASE_URL" -c "SELECT (SELECT count(*) FROM s.p) + (SELECT count(*) FROM s.c)")'
	# while several connections load, the rows are those of the shards that are marked as copied; else all or none
	cat >look.sh <<-'END'
		rows='((SELECT count(*) FROM s.p) + (SELECT count(*) FROM s.c))'
		[ "$(psql -XqAtd "$DATABASE_URL" -c "SELECT $rows = (SELECT coalesce(sum(rows), 0) FROM s.datalchemy_load_shards)" 2>/dev/null)" = t ] ||
			[ "$(psql -XqAtd "$DATABASE_URL" -c "SELECT $rows IN (0, 21000) AND to_regclass('s.datalchemy_load') IS NULL")" = t ]
	END
	jq -n --arg plan "$BATS_FILE_TMPDIR/plan.json" --arg bin "$BIN" --arg count "$count" '[
		{name: "introspect", before: "empty", after: "schema", command: ["introspect", "--conn", env.URL, "--schema", "s", "--run", "run"]},
		{name: "plan-check", before: "schema", after: "plan", command: ["plan-check", $plan, "--shards", "4", "--run", "run"]},
		{name: "gen-parents", before: "plan", after: "parents", command: ["gen-parents", "--run", "run"]},
		{name: "gen-children", before: "parents", after: "rows", command: ["gen-children", "--run", "run"]},
		{name: "gen-children --jobs 2", before: "parents", after: "rows", command: ["gen-children", "--jobs", "2", "--run", "run"]},
		{name: "eval", before: "rows", after: "report", command: [$bin + "/eval", "--run", "run"]},
		{name: "load", before: "rows", after: "loaded", command: [$bin + "/load", "--truncate", "--run", "run"],
			reset: "psql -Xqd \"$DATABASE_URL\" -c \"TRUNCATE s.p, s.c\"", look: "n=\($count); [ $n = 0 ] || [ $n = 21000 ]"},
		{name: "load --jobs 2", before: "rows", after: "loaded", command: [$bin + "/load", "--truncate", "--jobs", "2", "--run", "run"],
			reset: "\($bin)/load --abandon --run run; psql -Xqd \"$DATABASE_URL\" -c \"TRUNCATE s.p, s.c\"", look: "sh look.sh"}
		] | map(select(env.KILLS_STAGE == null or .name == env.KILLS_STAGE))' >stages.json
	"$PYTHON" "$ROOT/tests/lib/kills.py" "$BATS_TEST_TMPDIR" "${KILLS:-32}" "$REF" "${KILLS_SEED:-1}" stages.json >&3
	[ "$(sql 'SELECT (SELECT count(*) FROM s.p) + (SELECT count(*) FROM s.c)')" = 21000 ]
}
