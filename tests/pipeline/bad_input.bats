#!/usr/bin/env bats
# What may go wrong, through the stages as they are used: one clear line, the right status,
# nothing half-written, and the next run goes on.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	crm_base
	export SMALL=$BATS_FILE_TMPDIR/small.plan.json
	cat >"$SMALL" <<'JSON'
{ "plan_version": "0.2", "seed": 3,
  "schema_ref": { "schema_version": "0.2", "engine": "postgres" },
  "global": { "locale": "pt_BR", "as_of": "2026-01-01" },
  "targets": [ { "schema": "crm", "table": "leads", "rows": 2000 },
               { "schema": "crm", "table": "contatos", "rows": 2000 },
               { "schema": "crm", "table": "empresas", "rows": 1000 } ],
  "rules": [] }
JSON
	export REF=$BATS_FILE_TMPDIR/ref
	new_run "$REF" "$SMALL" --shards 2
	make_rows "$REF"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" crm
}

# files_of DIR: every file there but the log, with its digest
files_of() {
	find "$1" -type f ! -name logs.ndjson -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
}

# ---- servers -------------------------------------------------------------------------

@test "a server that is away is worth a retry; one that says no is not; neither leaves a file" {
	cp -r "$REF" run
	files_of run >before
	away="postgresql://u:hidden7@/db?host=$BATS_TEST_TMPDIR"
	for cmd in "introspect --run new" "$BIN/load --run run" "$BIN/eval --run run"; do
		run $cmd --conn "$away"
		refused 75
		[[ "$output" != *hidden7* ]]
		run $cmd --conn "postgresql://u:hidden7@127.0.0.1:1/db"
		refused 75
		run $cmd --conn "$(pg_url no_such_database)"
		refused 2 no_such_database
		run $cmd --conn "${DATABASE_URL/user=*/user=no_such_role}"
		refused 2 no_such_role
		run $cmd --conn 'nonsense in=='
		refused 2
	done
	[ -z "$(find new -name 'schema.*' 2>/dev/null)" ]
	files_of run | diff before -
	run "$BIN/load" --run run
	expect 0
}

@test "a role without privileges is told which it lacks, and nothing is loaded" {
	sql "DROP ROLE IF EXISTS poor" 2>/dev/null
	sql "CREATE ROLE poor LOGIN"
	poor=${DATABASE_URL/user=*/user=poor}
	run introspect --run new --schema crm --conn "$poor"
	expect 0
	says 'schema crm: this role has no USAGE on it'
	cp -r "$REF" run
	run "$BIN/load" --run run --conn "$poor"
	refused 2 crm. GRANT
	run "$BIN/eval" --run run --conn "$poor"
	refused 2 'permission denied' crm
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 0 ]
	sql "GRANT USAGE ON SCHEMA crm TO poor; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA crm TO poor"
	run "$BIN/load" --run run --conn "$poor"
	expect 0
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 2000 ]
	sql "DROP OWNED BY poor; DROP ROLE poor"
}

@test "a database that changes under introspection is read whole, or not at all" {
	(
		while [ ! -e stop ]; do
			sql "BEGIN; ALTER TABLE crm.leads ADD COLUMN later int; CREATE TABLE crm.brief (id int PRIMARY KEY,
				l uuid REFERENCES crm.leads); COMMIT; DROP TABLE crm.brief; ALTER TABLE crm.leads DROP COLUMN later"
			sql "ALTER TABLE crm.contatos RENAME TO moved; DROP TYPE IF EXISTS crm.t;
				CREATE TYPE crm.t AS ENUM ('a'); ALTER TABLE crm.moved RENAME TO contatos"
		done >/dev/null 2>&1
	) &
	changer=$!
	done=0
	# a slow build meets a change in nearly every reading: until one was whole
	for ((i = 0; i < 8 || (done == 0 && i < 200); i++)); do
		rm -rf run
		run introspect --run run --schema crm
		if [ "$status" -eq 0 ]; then
			done=$((done + 1))
			plan-check --init --bare --run run >all.json
			plan-check all.json --run run >/dev/null 2>&1 || fail "a catalogue that no plan fits"
		else
			refused 75
			[ ! -e run/schema.msgpack ] || fail "half a catalogue"
		fi
	done
	touch stop
	wait $changer || true
	[ $done -gt 0 ] || fail "never read"
	introspect --run after --schema crm >/dev/null
}

# ---- files that are not ours ---------------------------------------------------------

@test "a plan for another schema, or for another state of it, is refused before any byte" {
	cp -r "$REF" run
	files_of run >before
	sed 's/"engine": "postgres"/&, "schema_fingerprint": "00"/' "$SMALL" >other.json
	run plan-check other.json --run run
	expect 1
	says schema_fingerprint_mismatch /schema_ref/schema_fingerprint
	sed 's/"crm"/"shop"/' "$SMALL" >other.json
	run plan-check other.json --run run
	expect 1
	says unknown_schema
	files_of run | diff before -

	# a plan resolved for one schema beside another schema
	psql -Xqd "$DATABASE_URL" -c 'ALTER TABLE crm.leads ADD COLUMN later int'
	introspect --run changed --schema crm >/dev/null
	cp changed/schema.msgpack run
	for cmd in gen-parents gen-children "$BIN/eval" "$BIN/load"; do
		run $cmd --run run
		refused 2 plan-check
	done
	plan-check "$SMALL" --run run --shards 2 >/dev/null 2>&1
	make_rows run
	run "$BIN/eval" --run run
	expect 0
}

# damaged FILE: twenty copies of it, cut, and sixty with a byte flipped, one after the other
# at FILE; "$@" must refuse each by that name, and leave every other file as it was
refuses_damage() {
	local file=$1 name=${1##*/}
	cp "$file" good
	"$PYTHON" - good <<'PY'
import random, sys
data = open(sys.argv[1], "rb").read()
r = random.Random(len(data))
for i in range(20):
    open(f"bad.cut.{i:02}", "wb").write(data[:r.choice([0, 1, len(data) - 1, r.randrange(len(data))])])
at = [0, 5, 14, 60, len(data) - 1, len(data) - 20, len(data) - 34] + [r.randrange(len(data)) for _ in range(25)]
for i, k in enumerate(at):
    bad = bytearray(data)
    bad[k] ^= 1 << r.randrange(8)
    open(f"bad.flip.{i:02}.{k}", "wb").write(bad)
PY
	for bad in bad.*; do
		cp "$bad" "$file"
		run "${@:2}"
		[ "$status" -eq 2 ] || fail "$bad of $name: status $status: $output"
		[ "$(wc -l <<<"$output")" = 1 ] || fail "$bad of $name: $output"
		[[ "$output" == *"$name"* ]] || fail "$bad: $output"
	done
	rm bad.*
	mv good "$file"
}

@test "a key snapshot cut anywhere, or with any bit flipped, is refused by name" {
	cp -r "$REF" run
	rm run/data/crm.contatos.* run/receipts/gen.crm.contatos.*
	files_of run >before
	refuses_damage run/keys/crm.empresas.0-of-2.msgpack gen-children --run run --table crm.contatos
	files_of run | diff before -
	no_leftovers run
	gen-children --run run
	same_run "$REF" run
}

@test "a schema or a plan cut anywhere, or with any bit flipped, is refused by name, by every stage" {
	cp -r "$REF" run
	files_of run >before
	refuses_damage run/schema.msgpack gen-children --run run
	refuses_damage run/plan.msgpack gen-children --run run
	for file in schema plan; do
		cp run/$file.msgpack good
		head -c 1000 good >run/$file.msgpack
		for cmd in gen-parents "$BIN/eval" "$BIN/load"; do
			run $cmd --run run
			refused 2 $file.msgpack
		done
		mv good run/$file.msgpack
	done
	files_of run | diff before -
}

@test "snapshots of another run are not taken for this one's" {
	new_run other "$SMALL" --shards 2 --seed 4
	make_rows other
	new_run run "$SMALL" --shards 2
	cp -r other/keys run
	run gen-children --run run
	refused 2 'another plan' gen-parents
	# nor are its rows, or its receipts
	make_rows run
	cp other/data/crm.leads.0-of-2.csv run/data
	run "$BIN/eval" --run run
	expect 1
	says 'files intact'
	cp other/receipts/* run/receipts
	run "$BIN/load" --run run
	expect 2
	make_rows run
	same_run "$REF" run
}

@test "a table with no parents to pick is refused by its foreign key" {
	cp -r "$REF" run
	for shard in 0 1; do
		"$PYTHON" -c '
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from snapshot import write
write(sys.argv[2], "keys", 0, [({"col": "id", "type": "uuid", "enc": "packed", "row0": 0, "rows": 0,
                                 "nulls": 0, "width": 16}, b"")])' "$ROOT/tests/lib" "run/keys/crm.empresas.$shard-of-2.msgpack"
	done
	rm run/data/crm.contatos.* run/receipts/gen.crm.contatos.*
	run gen-children --run run --table crm.contatos
	refused 1 crm.contatos contatos_empresa_id_fkey crm.empresas 'no rows'
	[ -z "$(find run -name '*contatos*' -path '*data*')" ]
	no_leftovers run
	gen-parents --run run
	gen-children --run run
	same_run "$REF" run
}

@test "tables, shards and stages that are not there are named" {
	cp -r "$REF" run
	files_of run >before
	run gen-children --run run --table crm.leads --shard 2
	refused 2 crm.leads '0 to 1'
	run gen-parents --run run --table crm.leads
	refused 2 gen-children
	run gen-children --run run --table crm.nothing
	refused 2 crm.nothing
	for cmd in gen-parents gen-children "$BIN/eval" "$BIN/load" "plan-check $SMALL"; do
		run $cmd --run nowhere
		refused 2 nowhere
		mkdir -p empty
		run $cmd --run empty
		refused 2 introspect
	done
	run snapshot nowhere.msgpack
	refused 2 nowhere.msgpack
	files_of run | diff before -
}

# ---- descriptors ------------------------------------------------------------------------

@test "too few descriptors are 75 and one line from every stage: what cannot be read now is not called bad" {
	cp -r "$REF" run
	for cmd in "plan-check $SMALL --shards 2 --run run" "gen-parents --run run" "gen-children --run run" \
		"gen-children --run run --force" "$BIN/eval --run run" "$BIN/load --run run --truncate"; do
		for n in 5 6 7 8; do
			# shellcheck disable=SC2086
			run bash -c 'exec 3>&- 4>&-; ulimit -n $1; shift; exec "$@" >/dev/null' - $n $cmd
			[ "$status" = 0 ] || refused 75 'Too many open files'
		done
	done
	rm run/receipts/load.json
	same_run "$REF" run
}

@test "a report that cannot be written is no success, though all rows are there" {
	cp -r "$REF" run
	rm run/generation_report.json
	mkdir run/generation_report.json
	for cmd in "gen-children --run run" "$BIN/eval --run run"; do
		run bash -c "$cmd >out"
		refused 2 'run/generation_report.json: Is a directory'
	done
	rmdir run/generation_report.json
	run gen-children --run run
	expect 0
	same_run "$REF" run
}

# ---- disks ---------------------------------------------------------------------------

@test "a run directory that cannot be written is one line, and 2 or 75, from every stage" {
	cp -r "$REF" run
	cat >inside <<'EOS'
mount --bind run run && mount -o remount,bind,ro run || exit 99
for cmd in "introspect --run run --schema crm" "plan-check $SMALL --run run --seed 9" "gen-parents --run run --force" \
	"gen-children --run run --force" "$BIN/eval --run run"; do
	$cmd >out 2>err
	echo "$? $(grep -v warning err | grep -c '^[a-z-]*: ') ${cmd##*/}: $(tail -n 1 err)"
done
EOS
	run own_mounts bash inside
	[ "$status" -ne 99 ] || skip "no read-only mount here"
	expect 0
	[ "$(grep -cE '^(2|75) 1 .*run.*Read-only file system' <<<"$output")" = 5 ] || fail "$output"
	same_run "$REF" run
}

@test "a full disk is 75 and names the file; with room again the same command goes on" {
	# a file as large as leaves so much: a disk that is full here, there and further on
	cat >inside <<'EOS'
set -u
mkdir small
mount -t tmpfs -o size=64m none small || exit 99
attempt() {
	for left in 0 4 24 64 200 500 1200; do
		fallocate -l "$(($(df --output=avail -k small | tail -n 1) - left))K" small/full
		"$@" >out 2>err && break
		status=$?
		[ $status = 75 ] && [ "$(grep -v warning err | grep -c '^[a-z-]*: ')" = 1 ] && grep -q 'small/.*No space left on device' err ||
			echo "BAD $1 with $left: $status $(cat err)"
		half=$(find small -name '*.tmp*')
		[ -z "$half" ] || echo "BAD $1 with $left leaves $half"
		echo "full"
		rm small/full
	done
	rm -f small/full
	"$@" >out 2>err || echo "BAD $1 in the end: $(cat err)"
}
attempt introspect --run small/run --schema crm --conn "$CRM"
attempt plan-check "$SMALL" --run small/run --shards 2
for format in csv binary; do
	attempt gen-parents --run small/run --format $format
	attempt gen-children --run small/run --format $format --jobs 2
	attempt "$BIN/eval" --run small/run
	rm -rf small/run/data small/run/receipts
done
gen-parents --run small/run >out && gen-children --run small/run >out && cp -r small/run .
EOS
	CRM=$(pg_url crm) run own_mounts bash inside
	[ "$status" -ne 99 ] || skip "no tmpfs here"
	expect 0
	[[ "$output" != *BAD* ]] || fail "$output"
	[ "$(grep -c full <<<"$output")" -ge 8 ] || fail "$output"
	same_run "$REF" run
}

# ---- names ---------------------------------------------------------------------------

names() {
	sql 'DROP SCHEMA crm CASCADE'
	sql_file "$ROOT/tests/fixtures/names.sql"
	introspect --run "$1" >/dev/null
	plan-check --init --bare --run "$1" >names.json
}

# violations by PostgreSQL, of what it was told to leave unchecked never
names_loaded() {
	[ "$(sql "SELECT count(*) FROM \"..\".\"-rf *\" c JOIN \"..\".\"../filho
da outra linha\" p ON p.id = c.\"filho id\"")" -ge 50 ]
	[ "$(sql 'SELECT count(*) FROM pg_constraint WHERE NOT convalidated')" = 0 ]
	[ "$(sql 'SELECT (SELECT count(*) FROM ".."."a.b"), (SELECT count(*) FROM "...a".b)')" = '100|100' ]
}

@test "names of every kind go through make, load and eval" {
	names run
	run run_mk RUN=run PLAN=names.json CHECKFLAGS='--shards 2' -j4 load
	expect 0
	names_loaded
	run run_mk RUN=run PLAN=names.json CHECKFLAGS='--shards 2' -j4
	expect 0
	[[ "$output" != *gen-* ]] || fail "$output"
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(find run/data -type f | wc -l)" = 10 ]
	[ -z "$(find . -mindepth 1 -maxdepth 1 ! -name run ! -name names.json)" ]
}

@test "names of every kind go through run.sh, in every format, with jobs" {
	names cat
	for format in csv text binary; do
		sql "$(sql "SELECT string_agg(format('TRUNCATE %I.%I CASCADE', nspname, relname), ';') FROM pg_class c
			JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname !~ '^(pg_|information)'")"
		run bash "$ROOT/pipelines/run.sh" --plan names.json --run "run $format" --shards 3 --jobs 3 \
			--format $format --load
		expect 0
		grep -q 'every rule was evaluated and holds' "run $format/report.md"
		names_loaded
	done
}

@test "a name that means two tables is asked again" {
	names run
	plan-check names.json --run run >/dev/null 2>&1
	run gen-parents --run run --table ...a.b
	refused 2 '%2E%2E.a%2Eb' '%2E%2E%2Ea.b'
	[ -z "$(ls run/data)" ]
	run gen-parents --run run --table %2E%2E.a%2Eb
	expect 0
	[ "$(ls run/data)" = %2E%2E.a%2Eb.csv ]
	# and a line break in a name is none in a message
	run gen-parents --run run --table '..'.$'../filho\nda outra linha'
	refused 2 'filho da outra linha' gen-children
}

# ---- secrets -------------------------------------------------------------------------

@test "no password and no value of a row is in logs, reports, receipts or process titles" {
	secret="$DATABASE_URL&password=Xk7secret"
	DATABASE_URL=$secret "$ROOT/scripts/datalchemy" run --plan "$CRM_PLAN" --run run --schema crm \
		--rows "$(crm_rows 200)" --conn "$secret" --load >out 2>&1
	# a wrong row: what the reports say of it
	"$PYTHON" - <<'PY'
import csv
rows = list(csv.reader(open("run/data/crm.contatos.csv", newline="")))
rows[5] = rows[4]
rows[9][rows[0].index("email")] = "no-at-sign-here"
csv.writer(open("run/data/crm.contatos.csv", "w", newline=""), lineterminator="\n").writerows(rows)
PY
	run "$BIN/eval" --run run --conn "$secret" --write-violations
	expect 1
	run "$BIN/load" --run run --conn "$secret" --truncate
	expect 2
	echo "$output" >>out
	! grep -rlF -e Xk7secret run out || fail "the password is there"
	"$PYTHON" - <<'PY'
import csv, glob, html, os, re
values = {"no-at-sign-here"}
for f in glob.glob("run/data/*.csv"):
    for row in csv.reader(open(f, newline="")):
        values |= {v for v in row if len(v) >= 14 and f.count(".") == 2}
    values -= set(next(csv.reader(open(f, newline=""))))
said = open("run/resolved_plan.json").read() + open("run/schema.json").read()
values = {v for v in values if v not in said}
text = {f: open(f, errors="replace").read() for f in ["out"] + [os.path.join(d, n) for d, _, ns in os.walk("run")
        for n in ns if n.endswith((".json", ".ndjson", ".md", ".mk", ".digest"))]}
# report.html shows the first rows of tables that were made, and how often the values of a column
# of few stand there; it says so, and has values nowhere else
page = html.unescape(open("run/report.html").read())
some = r'<tbody class="rows">.*?</tbody>|<ul class="few">.*?</ul>'
shown = re.findall(some, page, re.S)
assert page.count('<tbody class="rows">') == page.count("Every value is made, and tells of nobody") > 10
assert any(v in t for t in shown for v in values)
assert "No receipt says that all of its rows were made" in page
text["report.html"] = re.sub(some, "", page, flags=re.S)
# nor is there one of the table that somebody has changed, but for its keys, which others have
elsewhere = "".join(open(f).read() for f in glob.glob("run/data/*.csv") if "contatos" not in f)
changed = {v for row in csv.reader(open("run/data/crm.contatos.csv", newline="")) for v in row if v not in elsewhere} & values
assert len(changed) > 100 and not any(v in t for t in shown for v in changed)
assert len(values) > 1000
for f, t in text.items():
    for v in values:
        assert v not in t, (f, v)
PY
	# while it waits for a lock, anybody may read its arguments
	sql "CREATE TABLE gate (); BEGIN; LOCK TABLE crm.leads; SELECT pg_sleep(2)" >/dev/null &
	for ((i = 0; i < 200; i++)); do
		[ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'crm.leads'::regclass AND mode = 'AccessExclusiveLock'")" = 0 ] || break
		sleep 0.01
	done
	for cmd in load eval; do
		"$BIN/$cmd" --run run --conn "$secret" >/dev/null 2>&1 &
		pid=$!
		for ((i = 0; i < 200; i++)); do
			[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%$cmd%'")" = 0 ] || break
			sleep 0.01
		done
		title=$(tr '\0' ' ' <"/proc/$pid/cmdline")
		[[ "$title" == *--conn* && "$title" != *Xk7secret* ]] || fail "$title"
		kill $pid
		wait $pid || true
	done
	wait
}
