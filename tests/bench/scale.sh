#!/usr/bin/env bash
# scale.sh [CHILDREN [PARENTS]]: what a row costs when there are many of them.  CHILDREN rows
# (100,000,000) over PARENTS (10,000,000), and a hundredth of both, through one process, each way
# of choosing a parent: the peak of memory that is its own (RssAnon), and rows per second of CPU.
# Rows are made and encoded, not written; the parents' keys are on disk.  Fails where a process
# takes 64 MiB or more, or the many cost over twice the few.
#
#	BIN=build/gcc/bin tests/bench/scale.sh
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
export BIN=${BIN:-$root/build/gcc/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/dlscale.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >scale.sql <<'SQL'
CREATE SCHEMA s;
CREATE TABLE s.parent (id uuid PRIMARY KEY, score integer NOT NULL CHECK (score BETWEEN 0 AND 9));
CREATE TABLE s.uniform (id bigint PRIMARY KEY, parent_id uuid NOT NULL REFERENCES s.parent);
CREATE TABLE s.clustered (id bigint PRIMARY KEY, parent_id uuid NOT NULL REFERENCES s.parent);
CREATE TABLE s.shuffled (id bigint PRIMARY KEY, parent_id uuid NOT NULL REFERENCES s.parent);
CREATE TABLE s.cover (id bigint PRIMARY KEY, parent_id uuid NOT NULL REFERENCES s.parent);
CREATE TABLE s.weighted (id bigint PRIMARY KEY, parent_id uuid NOT NULL REFERENCES s.parent);
SQL
"$BIN/introspect" --ddl scale.sql --run base --schema s >/dev/null

/usr/bin/python3 - "${1:-100000000}" "${2:-10000000}" <<'PY'
import json, os, re, shutil, subprocess, sys, threading, time

BIN, CHILDREN, PARENTS = os.environ["BIN"], int(sys.argv[1]), int(sys.argv[2])
RULES = {
    "uniform": {"pick": "uniform"},
    "clustered": {"children_per_parent": {"min": 1}, "order": "clustered"},
    "shuffled": {"children_per_parent": {"min": 1, "distribution": {"zipf": {"s": 1.1}}}, "order": "shuffled"},
    "cover": {"pick": "uniform", "cover": True},
    "weighted": {"pick": {"weighted": {"by": "score"}}},
}


def measure(*args):
    """CPU seconds and peak RssAnon in MiB of a command and of nothing else."""
    p = subprocess.Popen([f"{BIN}/{args[0]}", *args[1:]], stdout=subprocess.DEVNULL)
    peak = 0

    def watch():
        nonlocal peak
        try:
            while True:
                with open(f"/proc/{p.pid}/status") as f:
                    kb = re.search(r"RssAnon:\s+(\d+)", f.read())
                peak = max(peak, int(kb.group(1)) / 1024 if kb else 0)
                time.sleep(0.005)
        except (FileNotFoundError, ProcessLookupError):
            pass

    threading.Thread(target=watch, daemon=True).start()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        sys.exit(f"scale: {' '.join(args)}: status {p.returncode}")
    return usage.ru_utime + usage.ru_stime, peak


def prepare(run, children, parents):
    plan = {"plan_version": "0.3", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
            "global": {"as_of": "2026-11-22"},
            "targets": [{"schema": "s", "table": "parent", "rows": parents}]
            + [{"schema": "s", "table": t, "rows": children} for t in RULES],
            "rules": [{"type": "relationship", "schema": "s", "table": t, "columns": ["parent_id"], **r}
                      for t, r in RULES.items()]}
    shutil.copytree("base", run)
    with open(f"{run}.json", "w") as f:
        json.dump(plan, f)
    subprocess.run([f"{BIN}/plan-check", f"{run}.json", "--run", run], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    cpu, peak = measure("gen-parents", "--run", run, "--format", "binary")
    keys = os.path.getsize(f"{run}/keys/s.parent.msgpack")
    print(f"{parents:,} parents: {parents / cpu / 1e6:.2f} M rows/s of CPU, {peak:.1f} MiB, keys {keys / 2**20:.0f} MiB")


bad = []
prepare("few", CHILDREN // 100, PARENTS // 100)
prepare("many", CHILDREN, PARENTS)
print(f"{'M rows/s of CPU':<20} {CHILDREN // 100:>12,} {CHILDREN:>13,}  ratio  MiB of its own")
for table in RULES:
    args = ("--table", f"s.{table}", "--format", "binary", "--discard", "--force")
    few = min(measure("gen-children", "--run", "few", *args) for _ in range(3))
    many = measure("gen-children", "--run", "many", *args)
    a, b = CHILDREN / 100 / few[0] / 1e6, CHILDREN / many[0] / 1e6
    ok = b * 2 >= a and many[1] < 64
    bad += [] if ok else [table]
    print(f"{table:<20} {a:>12.2f} {b:>13.2f} {b / a:>6.2f} {many[1]:>7.1f}  {'ok' if ok else 'MISS'}", flush=True)
sys.exit(f"missed: {', '.join(bad)}" if bad else 0)
PY
