#!/usr/bin/python3
"""Kill stages with SIGKILL at random moments, and look at what is left.

    kills.py WORK N REF SEED STAGES.json

STAGES.json: [{"name", "before", "after", "command", "reset", "look"}]: COMMAND is run in a copy of the run directory REF/BEFORE, which
it knows as "run", and leaves REF/AFTER if nobody ends it.  It is killed at a random moment of the time that it takes: alone, with the
workers that it has started, or as process 1 of a container (unshare --pid), with all that is in there.  After each kill

  - what has a final name is as before, or as in AFTER;
  - the same command again, perhaps while workers of the first live on, ends with 0 and leaves what AFTER has, byte for byte, and
    nothing under a temporary name;
  - RESET has put the database right before, and LOOK, a shell command, ends well after the kill and after the second call.

Prints how many kills of which kind met a stage that was still running, and how many found it ended.
"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from run_files import PENDING, differs, files, whole  # noqa: E402

WORK, COUNT, REF, SEED = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
STAGES = json.load(open(sys.argv[5]))
RUN = os.path.join(WORK, "run")
ALONE = ["unshare", "--pid", "--fork", "--kill-child", "--"]
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def reset(stage):
    shutil.rmtree(RUN, ignore_errors=True)
    shutil.copytree(os.path.join(REF, stage["before"]), RUN)
    if stage.get("reset"):
        subprocess.run(stage["reset"], shell=True, check=True, cwd=WORK, **QUIET)


def duration(stage):
    reset(stage)
    begin = time.monotonic()
    subprocess.run(stage["command"], cwd=WORK, check=True, **QUIET)
    return time.monotonic() - begin


def group_ends(group):
    """waits for the workers of a stage that was killed alone"""
    for _ in range(1000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise SystemExit("workers live on 10 s after their stage was killed")


def kill(stage, how, after):
    """whether the stage was still running"""
    command = (ALONE if how == "container" else []) + stage["command"]
    p = subprocess.Popen(command, cwd=WORK, start_new_session=True, **QUIET)
    time.sleep(after)
    running = p.poll() is None
    try:
        (os.killpg if how == "group" else os.kill)(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    p.wait()
    return running, p.pid


def trial(stage, how, after, takes):
    """takes: seconds by stage, corrected by whether it was met"""
    reset(stage)
    before, want = os.path.join(REF, stage["before"]), os.path.join(REF, stage["after"])
    running, group = kill(stage, how, after)
    half = [f for f in files(RUN) if f != PENDING and ".tmp." not in f and os.path.exists(os.path.join(RUN, f)) and differs(RUN, f, before, want)]
    if half:
        return running, "%s is neither as before nor as after" % half
    if stage.get("look") and subprocess.run(stage["look"], shell=True, cwd=WORK).returncode:
        return running, "the database is neither as before nor as after"
    again = subprocess.run(stage["command"], cwd=WORK, capture_output=True, text=True, timeout=120)
    takes[stage["name"]] *= 1.02 if running else 0.95  # the machine may have been busier, or idler
    group_ends(group)
    if again.returncode:
        return running, "again: status %d: %s" % (again.returncode, again.stderr)
    # what workers that lived on have left is swept by who comes next
    if any(".tmp." in f for f in files(RUN)):
        subprocess.run(stage["command"], cwd=WORK, timeout=120, **QUIET)
    why = whole(RUN, want)
    if why is None and stage.get("look") and subprocess.run(stage["look"], shell=True, cwd=WORK).returncode:
        why = "the database is not as it should be"
    return running, why


def main():
    r = random.Random(SEED)
    kinds = ["alone", "group"]
    if subprocess.run(ALONE + ["true"], **QUIET).returncode == 0:
        kinds.append("container")
    takes = {s["name"]: min(duration(s), duration(s)) for s in STAGES}
    tally, bad, begin = collections.Counter(), [], time.monotonic()
    for i in range(COUNT):
        stage, how = STAGES[i % len(STAGES)], kinds[i // len(STAGES) % len(kinds)]
        after = r.uniform(0, takes[stage["name"]])
        running, why = trial(stage, how, after, takes)
        tally[stage["name"], how, running] += 1
        if why is not None:
            bad.append("kill %d of seed %d: %s %s after %.1f ms: %s" % (i, SEED, stage["name"], how, after * 1000, why))
    for line in bad:
        print("#", line)
    for name in takes:
        print("# %s (%.0f ms): %s" % (name, takes[name] * 1000, ", ".join("%s %d of %d" % (
            how, tally[name, how, True], tally[name, how, True] + tally[name, how, False]) for how in kinds)))
    met = sum(n for (_, _, running), n in tally.items() if running)
    print("# %d kills, %d while the stage ran: %d held" % (COUNT, met, COUNT - len(bad)))
    sys.exit(1 if bad or met == 0 else 0)


main()
