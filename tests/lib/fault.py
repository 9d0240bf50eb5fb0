#!/usr/bin/python3
"""Fail one call of a stage to libc, then the next, and look at what is left.

    fault.py WORK SHIM every|some|few STAGE BEFORE AFTER CLASS -- COMMAND...

COMMAND is run in a copy of the run directory BEFORE, which it knows as "run", with the N-th of its
calls of a CLASS failing (tests/shim/fault.c); AFTER is what it leaves if nothing fails.  For every N
(or some, more and more seldom) until no call is left:

  - it ends with status 75, because all that fails here may work another time; or with 0, if the call does not matter;
  - with one line on stderr, beside warnings, that the stage begins with its name;
  - nothing is left under a temporary name; what has a final name is as before, or as in AFTER;
  - the same command again, with nothing failing, leaves what AFTER has.

Prints how many calls failed, of which names.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from relay import Relay  # noqa: E402
from run_files import PENDING, differs, files, whole  # noqa: E402

WORK, SHIM, HOW, STAGE, BEFORE, AFTER, CLASS = sys.argv[1:8]
COMMAND = sys.argv[9:]
KIND, *MODES = CLASS.split("-")  # memory-libs: those of libraries too; files-on: all calls after it as well
CALLS = {
    "memory": "malloc,calloc,realloc,aligned_alloc,strdup,strndup,asprintf",
    "files": "open,openat,fopen,fdopen,opendir,readdir,read,pread,write,pwrite,fsync,rename,unlink,unlinkat,rmdir,mkdir,"
             "mkdtemp,mkostemp,memfd_create,ftruncate,posix_fallocate,fstat,stat,statvfs,access,fchmod,mmap,flock,close,"
             "pipe2,fork,pthread_create,fwrite,fflush,getrandom,poll,recv,send",
    "sends": "send",  # of the few stages that talk to a server, where the others would hide them
    "server": None,  # not a call: the connection ends within the N-th message of the server; server-whole: before it
}
CHECK = os.environ.get("FAULT_CHECK")  # a command that must end well after each
WORK = os.path.abspath(WORK)
RUN = os.path.join(WORK, "run")


def broken_server(n, out):
    """the command's server is reached through a relay that closes at its N-th message"""
    host = re.search("host=([^&]*)", os.environ["DATABASE_URL"]).group(1)
    with tempfile.TemporaryDirectory(prefix="dlrelay.", dir="/tmp") as folder:
        relay = Relay(folder, host + "/.s.PGSQL.5432", ["hear=%d:%s" % (n, "bytes=0" if "whole" in MODES else "cut")])
        env = dict(os.environ, DATABASE_URL=os.environ["DATABASE_URL"].replace("host=" + host, "host=" + folder))
        done = subprocess.run(COMMAND, cwd=WORK, env=env, stdout=out, stderr=subprocess.PIPE, timeout=60)
        relay.stop()
    return done.returncode, done.stderr.decode(), ["message" for _ in relay.done]


def call(n, out):
    if n and KIND == "server":
        return broken_server(n, out)
    env = dict(os.environ)
    hit = os.path.join(WORK, "hit")
    if os.path.exists(hit):
        os.remove(hit)
    if n:
        env.update(LD_PRELOAD=SHIM, FAULT_STAGE=STAGE, FAULT_CALLS=CALLS[KIND], FAULT_AT=str(n), FAULT_HIT=hit,
                   MALLOC_PERTURB_="165", **{"FAULT_" + m.upper(): "1" for m in MODES})
    done = subprocess.run(COMMAND, cwd=WORK, env=env, stdout=out, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stderr.decode(), open(hit).read().split() if os.path.exists(hit) else []


def wrong(status, err, names):
    """what the failed call has made worse, or None"""
    said = [x for x in err.splitlines() if ": warning: " not in x and not x.startswith(("warning ", "    hint: "))]
    # where no call works any more, unlink() does not either: a later call sweeps
    broken = "on" in MODES
    if status == 0:
        return whole(RUN, AFTER, broken)
    if status != 75:
        return "status %d, %s" % (status, said)
    if len(said) != 1 or not said[0].startswith(STAGE + ": "):
        return "said: %r" % said
    left = [f for f in files(RUN) if ".tmp." in f and not broken]
    if left:
        return "left: %s" % left
    return next(("%s is neither as before nor as after" % f for f in files(RUN)
                 if f != PENDING and ".tmp." not in f and differs(RUN, f, BEFORE, AFTER)), None)


def look(n, tally, bad):
    """one call fails; False: there was none left"""
    shutil.rmtree(RUN, ignore_errors=True)
    shutil.copytree(BEFORE, RUN)
    status, err, names = call(n, subprocess.DEVNULL)
    if not names:
        return False
    tally[(names[0], status)] += 1
    why = wrong(status, err, names)
    if why is None and CHECK and subprocess.run(CHECK, shell=True, cwd=WORK).returncode:
        why = "the check after it failed"
    if why is None and status != 0:
        status, err, _ = call(0, subprocess.DEVNULL)
        why = "again: status %d, %s" % (status, err) if status else whole(RUN, AFTER, "on" in MODES and STAGE == "load")
    if why is not None:
        bad.append("%s %s, call %d (%s): %s" % (STAGE, CLASS, n, names[0], why))
    return True


def main():
    tally, bad, n = collections.Counter(), [], 1
    while look(n, tally, bad):
        n += {"every": 1, "some": n // 2 or 1, "few": n}[HOW]
    for line in bad:
        print(line)
    print("%s %s: %d calls failed, up to the %d-th: %s" % (STAGE, CLASS, sum(tally.values()), n - 1, ", ".join(
        "%s %d (%d)" % (name, status, k) for (name, status), k in sorted(tally.items()))))
    sys.exit(1 if bad or not tally else 0)


main()
