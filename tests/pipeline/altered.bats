#!/usr/bin/env bats
# Files of a run that somebody has altered, and signed again: every member of every receipt, plan and catalogue (FAULTS=every; else some).

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/relay

setup_file() {
	pg_start
	pg_db altered
	sql 'CREATE SCHEMA s; CREATE TABLE s.p (id int PRIMARY KEY, name text NOT NULL, born date);
		CREATE TABLE s.c (id int PRIMARY KEY, p int NOT NULL REFERENCES s.p, n int CHECK (n > 3))'
	export BASE=$BATS_FILE_TMPDIR/base
	introspect --run "$BASE" >/dev/null
	cd "$BATS_FILE_TMPDIR" || return
	small_plan s 7 'p=30 c=60' '[{"type": "column_generator", "schema": "s", "table": "p", "column": "name",
		"generator": "semantic.br.name", "transforms": [{"transform": "transform.mask", "params": {"mode": "format_preserving"}}]}]'
	plan-check plan.json --run "$BASE" --shards 2 >/dev/null 2>&1
	gen-parents --run "$BASE" --header each >/dev/null
	gen-children --run "$BASE" --header each >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# What is proven by others, or is nobody's but the report's, stage by stage: python patterns of members.
#   tool_version            says who made the rows: the generators make the shard again; rows of another version are rows all the same
#   schema_fingerprint      the table's digest covers what of the catalogue decides its rows; eval --receipts compares it
#   inputs                  from which keys rows were made: the generators compare, and eval --receipts; load copies rows as they are
#   header                  eval --receipts reads no row; eval and load find rows that are none, or too few, but
#                           of the first shard, of which "first" and "each" say the same
#   outputs.1               the keys, which load does not read
#   compress                the level of zstd: any gives the same rows
#   retries ... issues      what the report counts and warns of: nobody else knows it
COUNTS='retries|attempts_most|(generator_usage|transform_usage|pii_columns_touched|nulls|checks_failed|issues)(\..*)?'
WHO="tool_version|schema_fingerprint|compress"

# altered STAGE PATTERN TELLS COMMAND...: with each alteration of each receipt, the command ends with a status that is not 0 and
# names the receipt, or TELLS is in what it says; but for members that fit PATTERN, and are counts still
altered() {
	"$PYTHON" - "$ROOT/tests/lib" "$BASE" "$@" <<'PY' >&3
import json, re, shutil, subprocess, sys, os, glob
sys.path.insert(0, sys.argv[1])
from resign import alterations
base, free, tells, command = sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]
shutil.copytree(base, "run", dirs_exist_ok=True)
n = held = 0
for path in sorted(glob.glob("run/receipts/gen.*.json")):
    text = open(path, "rb").read()
    for place, what, new in alterations(json.loads(text), 11):
        n += 1
        open(path, "w").write(json.dumps(new))
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        if done.returncode in (1, 2) and (os.path.basename(path) in said or re.search(tells, said)):
            held += 1
        else:
            assert done.returncode == 0 and re.fullmatch(free, place), (path, place, what, done.returncode, said)
    open(path, "wb").write(text)
print("#", n, "altered", held, "refused")
assert n > 60 and held > n / 3
PY
}

@test "every member of a receipt that is altered is refused by eval, or counts for nothing but a report" {
	altered "$WHO|header|inputs(\..*)?|$COUNTS" '(files intact|row counts) +[0-9]+ +[1-9]|were made from another' "$BIN/eval" --run run
}

@test "every member of a receipt that is altered is refused by eval --receipts, or counts for nothing but a report" {
	altered "tool_version|compress|header|$COUNTS" '(is not what was generated|made from another|no receipt of this plan)' "$BIN/eval" --run run --receipts
}

@test "every member of a receipt that is altered is refused by load, or counts for nothing but a report" {
	altered "$WHO|inputs(\..*)?|outputs\.1\.(bytes|xxh3_128)|$COUNTS" 'is not what was generated|made from another|loading s\.|one --header' "$BIN/load" --run run --dry-run
}

@test "a shard whose receipt is altered is made again, but for what only the report counts" {
	"$PYTHON" - "$ROOT/tests/lib" "$BASE" "schema_fingerprint|$COUNTS" <<'PY' >&3
import filecmp, glob, json, os, re, shutil, subprocess, sys
sys.path.insert(0, sys.argv[1])
from resign import alterations
base, free = sys.argv[2:4]
shutil.copytree(base, "run")
n = again = 0
for path in sorted(glob.glob("run/receipts/gen.*0-of-2.json")):
    text = open(path, "rb").read()
    stage = json.loads(text)["stage"]
    for place, what, new in alterations(json.loads(text), 11):
        n += 1
        open(path, "w").write(json.dumps(new))
        done = subprocess.run([stage, "--run", "run", "--header", "each"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (path, place, what, done.stderr)
        if open(path, "rb").read() == text:
            again += 1
        else:
            assert re.fullmatch(free, place), (path, place, what)
            open(path, "wb").write(text)
print("#", n, "altered", again, "made again")
assert n > 30 and again > n / 3
for d in ("data", "keys", "receipts"):
    assert filecmp.cmpfiles(base + "/" + d, "run/" + d, os.listdir(base + "/" + d), shallow=False)[1:] == ([], [])
PY
}

# walk FILE EVERY COMMAND...: with each alteration of that file of JSON the command refuses it, in one line with its name
walk() {
	"$PYTHON" - "$ROOT/tests/lib" "$@" <<'PY' >&3
import json, os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from resign import alterations
path, every, command = sys.argv[2], int(sys.argv[3]), sys.argv[4:]
text = open(path, "rb").read()
n = 0
for place, what, new in alterations(json.loads(text), every):
    if (place, what) == ("digest", "gone"):
        continue # as earlier versions write it, and it says the same
    n += 1
    open(path, "w").write(json.dumps(new))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = [x for x in done.stderr.splitlines() if ": warning: " not in x]
    assert done.returncode == 2 and len(said) == 1 and os.path.basename(path) in said[0], (place, what, done)
print("#", path, n, "altered and refused")
assert n > 2
open(path, "wb").write(text)
PY
}

@test "every member of what load writes that is altered is refused by file, and no row comes twice" {
	cp -r "$BASE" run
	"$BIN/load" --run run >/dev/null 2>&1
	walk run/receipts/load.json 5 "$BIN/load" --run run --check --resume
	walk run/receipts/load.json 29 "$BIN/eval" --run run --sql
	rm run/receipts/load.json
	sql 'TRUNCATE s.p, s.c'
	relayed say=COMMIT:deaf -- "$BIN/load" --run run --append
	expect 75
	walk run/receipts/load.pending.json 1 "$BIN/load" --run run --append
	[ "$(sql 'SELECT (SELECT count(*) FROM s.p), (SELECT count(*) FROM s.c)')" = '30|60' ]
	# as an earlier version has left it
	jq 'del(.digest)' run/receipts/load.pending.json >p && cp p run/receipts/load.pending.json
	run "$BIN/load" --run run --append
	expect 0
	says 'an earlier call committed them'
	[ "$(sql 'SELECT (SELECT count(*) FROM s.p), (SELECT count(*) FROM s.c)')" = '30|60' ]
}

# What is not in the fingerprint of a catalogue (common/FORMATS, 2.), and so may be anything of its type.
ASIDE='database|server_version|introspected_on|zones(\..*)?|tables\.[0-9]+\.(row_estimate|extension|filled)'
ASIDE+='|tables\.[0-9]+\.columns\.[0-9]+\.(position|virtual)|tables\.[0-9]+\.triggers\.[0-9]+\.effects(\..*)?'
ASIDE+='|tables\.[0-9]+\.constraints\.check\.[0-9]+\.definition'

@test "every member of a catalogue that is altered is refused by file and member, but for what its fingerprint leaves out" {
	"$PYTHON" - "$ROOT/tests/lib" "$BASE" "$ASIDE" <<'PY' >&3
import os, re, shutil, subprocess, sys
sys.path.insert(0, sys.argv[1])
from resign import alterations, parts, sign
base, free = sys.argv[2:4]
shutil.copytree(base, "run")
path = "run/schema.msgpack"
header, body, _ = parts(open(path, "rb").read())
n = held = 0
for place, what, new in alterations(body, 7):
    n += 1
    open(path, "wb").write(sign(header, new))
    done = subprocess.run(["gen-children", "--run", "run"], capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        assert what == "one more" or re.fullmatch(free, place), (place, what)
        continue
    held += 1
    assert done.returncode == 2 and "schema.msgpack" in done.stderr and done.stderr.count("\n") == 1, (place, what, done)
print("#", n, "altered", held, "refused")
assert n > 50 and held > n / 2
PY
}

@test "every member of a plan that is altered is refused in one line, or makes rows that hold" {
	"$PYTHON" - "$ROOT/tests/lib" "$BASE" <<'PY' >&3
import os, shutil, subprocess, sys
sys.path.insert(0, sys.argv[1])
from resign import alterations, parts, sign
base = sys.argv[2]
shutil.copytree(base, "run")
path = "run/plan.msgpack"
header, body, _ = parts(open(path, "rb").read())
n = held = rows = fails = 0
wrong = []
def call(*words):
    done = subprocess.run([*words, "--run", "run"], capture_output=True, text=True, timeout=60)
    lines = [x for x in done.stderr.splitlines() if ": warning: " not in x]
    if done.returncode not in (0, 1, 2) or len(lines) != (done.returncode != 0):
        wrong.append((place, what, done.args[0], done.returncode, done.stderr))
    return done.returncode
for place, what, new in alterations(body, 13):
    if place.endswith(".rows") and what.isdigit() and int(what) > 2**30:
        continue # as many rows as that are made
    n += 1
    open(path, "wb").write(sign(header, new))
    for d in ("data", "keys", "receipts"):
        shutil.rmtree("run/" + d, ignore_errors=True)
    if call("gen-parents") != 0 or call("gen-children") != 0:
        held += 1
        continue
    rows += 1
    fails += call(os.environ["BIN"] + "/eval") != 0
print("#", n, "altered", held, "refused", rows, "made rows,", fails, "of which eval does not let pass")
assert wrong == [], wrong
assert n > 20 and held > n / 4
PY
}

@test "a plan that is altered behind the back of its own digest is refused by every stage, whatever was altered" {
	"$PYTHON" - "$ROOT/tests/lib" "$BASE" <<'PY' >&3
import os, shutil, subprocess, sys
sys.path.insert(0, sys.argv[1])
from resign import alterations, parts, sign
base, bin = sys.argv[2], os.environ["BIN"] + "/"
shutil.copytree(base, "run")
path = "run/plan.msgpack"
header, body, _ = parts(open(path, "rb").read())
n = 0
for place, what, new in alterations(body, 17):
    if (place, what) == ("digest", "gone"):
        continue # as earlier versions write it, and it says the same
    n += 1
    open(path, "wb").write(sign(header, new, False))
    for words in (["gen-children"], [bin + "load", "--dry-run"], [bin + "eval"])[n % 3:n % 3 + 1]:
        done = subprocess.run([*words, "--run", "run"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "run/plan.msgpack" in done.stderr, (place, what, done)
print("#", n, "altered and refused")
assert n > 20
PY
}

@test "a plan of more than 65,536 shards of a table is refused at once, in no memory" {
	cp -r "$BASE" run
	for shards in 65537 2147483648 4294967295 9223372036854775807; do
		cp "$BASE/plan.msgpack" run
		"$PYTHON" "$ROOT/tests/lib/resign.py" set run/plan.msgpack resolved.tables.0.shards $shards
		for cmd in gen-parents gen-children "$BIN/eval" "$BIN/load"; do
			run bash -c 'ulimit -v 200000; exec "$@"' - "$cmd" --run run
			refused 2 run/plan.msgpack s. shards
		done
	done
	cp "$BASE/plan.msgpack" run
	"$PYTHON" "$ROOT/tests/lib/resign.py" set run/plan.msgpack resolved.tables.0.shards 2
	run "$BIN/eval" --run run
	expect 0
}
