"""Runs a command. Prints its seconds, its CPU seconds and the largest resident memory of one of its processes in MB, as JSON."""
import json, resource, subprocess, sys, time

start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": seconds, "cpuSeconds": used.ru_utime + used.ru_stime, "rssMb": used.ru_maxrss / 1024}))
sys.exit(status)
