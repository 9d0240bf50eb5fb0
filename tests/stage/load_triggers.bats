#!/usr/bin/env bats
# load: which insert triggers fire, and that all are as they were afterwards.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER"
	RUN=$BATS_TEST_TMPDIR/run
}

# made ROWS [FORMAT]: a run of everything in the database, up to its files
made() {
	introspect --run "$RUN" >/dev/null 2>&1
	plan-check --init --run "$RUN" plan.json --rows "$1" 2>/dev/null
	plan-check plan.json --run "$RUN" --shards 3 >/dev/null
	gen-parents --run "$RUN" --format "${2:-binary}" >/dev/null
	gen-children --run "$RUN" --format "${2:-binary}" >/dev/null
}

# on_insert TABLE NAME BODY [BEFORE|AFTER]: a row trigger with that body in PL/pgSQL
on_insert() {
	sql "CREATE FUNCTION $2() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN $3 END \$\$;
		CREATE TRIGGER $2 ${4:-BEFORE} INSERT ON $1 FOR EACH ROW EXECUTE FUNCTION $2()"
}

# all_on: no trigger is off
all_on() {
	[ "$(sql "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")" = 0 ]
}

@test "load: --triggers on fires them, off none, and auto those that neither fail nor write into the plan" {
	sql 'CREATE TABLE a_tally (n int NOT NULL); CREATE TABLE book (id int PRIMARY KEY, seen int NOT NULL DEFAULT 0)'
	on_insert book count_it 'UPDATE a_tally SET n = -7; RETURN NEW;'
	on_insert book see 'NEW.seen := -7; RETURN NEW;'
	made 250
	counts="SELECT (SELECT count(*) FROM a_tally WHERE n = -7), (SELECT count(*) FROM book WHERE seen = -7)"
	for policy in on off auto ''; do
		run "$BIN/load" --run "$RUN" --truncate ${policy:+--triggers $policy}
		expect 0
		echo "$policy $(sql "$counts")" >>got
		all_on
	done
	[ "$(sort got)" = $' 250|250\nauto 0|250\noff 0|0\non 250|250' ] || fail "$(cat got)"
}

@test "load: a trigger that fails only at a later row is switched off then, whatever the format" {
	sql 'CREATE TABLE step (id int PRIMARY KEY, t text NOT NULL, b bytea, j jsonb)'
	on_insert step late "IF NEW.id > 400 THEN RAISE 'later'; END IF; RETURN NEW;"
	for format in binary text csv; do
		rm -rf "$RUN" plan.json
		made 600 "$format"
		run "$BIN/load" --run "$RUN" --truncate
		expect 0
		says 'public.step: trigger late was off during the load: with it, rows fail'
		[ "$(sql 'SELECT count(*) FROM step')" = 600 ]
		all_on
	done
	run "$BIN/load" --run "$RUN" --truncate --triggers on
	expect 2
	says later
	[ "$(sql 'SELECT count(*) FROM step')" = 600 ]
	all_on
}

@test "load: the sample that triggers are tried with ends at a row in every format" {
	sql "CREATE TABLE odd (id int PRIMARY KEY, t text NOT NULL CHECK (length(t) > 3), n text)"
	made 150 csv
	python3 - "$RUN"/data/public.odd.*csv <<-'END'
		import csv, sys
		for name in sys.argv[1:]:
		    rows = list(csv.reader(open(name)))
		    head = name.endswith("0-of-3.csv")
		    with open(name, "w") as f:
		        for i, r in enumerate(rows):
		            f.write(",".join(r if head and i == 0 else [r[0], '"a\n""b"",\nc"', '"\n"']) + "\n")
	END
	sql "CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
			IF (SELECT count(*) FROM new_rows) NOT IN (100, 150) THEN RAISE ''cut at another row''; END IF; RETURN NULL; END';
		CREATE TRIGGER hear AFTER INSERT ON odd REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hear()"
	run "$BIN/load" --run "$RUN" --no-verify
	expect 0
	says 'public.odd: trigger hear fired'
	[ "$(sql "SELECT count(DISTINCT t), count(*) FROM odd")" = '1|150' ]
}

@test "load: constraint triggers stay on unless they are named, and the message names them" {
	sql "CREATE TABLE guarded (id int PRIMARY KEY, v int NOT NULL);
		CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not this one''; END';
		CREATE CONSTRAINT TRIGGER guard AFTER INSERT ON guarded DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION guard()"
	made 20
	for option in '' --no-triggers '--triggers auto'; do
		# shellcheck disable=SC2086
		run "$BIN/load" --run "$RUN" $option
		expect 2
		says 'not this one' '--without-trigger public.guarded.guard'
	done
	run "$BIN/load" --run "$RUN" --without-trigger public.guarded.guards
	expect 2
	says '--without-trigger public.guarded.guards: no table of the plan has an insert trigger'
	run "$BIN/load" --run "$RUN" --without-trigger public.guarded.guard
	expect 0
	[ "$(sql 'SELECT count(*) FROM guarded')" = 20 ]
	all_on
}

@test "load: --triggers takes its three words, and not beside --no-triggers" {
	run "$BIN/load" --run "$RUN" --triggers maybe
	expect 2
	says '--triggers is on, off or auto, not maybe'
	run "$BIN/load" --run "$RUN" --triggers on --no-triggers
	expect 2
	says 'exclude each other'
}

@test "introspect: says of insert triggers what their functions may do, by their text" {
	sql 'CREATE TABLE tally (n int); CREATE TABLE book (id int PRIMARY KEY, seen int)'
	on_insert book busy "NEW.seen := current_setting('a.b'); -- RAISE 'not this'
		INSERT INTO public.tally VALUES (1); UPDATE tally SET n = 2;
		IF NEW.id < 0 THEN RAISE 'no'; END IF; RETURN NULL;"
	on_insert book idle "RAISE NOTICE 'x'; RETURN NEW;" AFTER
	run introspect --run "$RUN"
	expect 0
	says 'trigger busy acts on INSERT: it may change or reject rows. By its text it changes the row, raises errors, reads settings, takes rows away, writes to public.tally, writes to tally'
	grep -q 'trigger idle acts on INSERT: it may change or reject rows$' <<<"$output"
	grep -q '"writes to public.tally"' "$RUN/schema.json"
	"$BIN/snapshot" "$RUN/schema.msgpack" | grep -q 'reads settings'
}
