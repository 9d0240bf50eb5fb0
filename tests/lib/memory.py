"""memory.py COMMAND...: run it; the most anonymous memory it had, in KiB, as the last line."""
import os, subprocess, sys, time

# what AddressSanitizer keeps of memory given back is not the program's
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
most = 0
while p.poll() is None:
    try:
        with open(f"/proc/{p.pid}/status") as f:
            for line in f:
                if line.startswith("RssAnon:"):
                    most = max(most, int(line.split()[1]))
    except OSError:
        pass
    time.sleep(0.002)
print(most)
sys.exit(p.returncode)
