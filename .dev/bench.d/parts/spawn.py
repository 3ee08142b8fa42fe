"""The time from the start of an API process to its first answer."""

import shlex

from measure import SCRIPTS
from shared.instance import as_user, output
from table import target


def finish(bench):
    program = bench.work / "spawn.py"
    program.write_bytes((SCRIPTS / "spawn.py").read_bytes())
    state = bench.instance.state
    # With the instance's settings and no others. /health asks the database; an unknown path
    # would be answered sooner.
    command = f"set -a; . {shlex.quote(str(state))}/assay.env; exec \"$@\""
    words = output(as_user(bench.instance.app_user, [
        "env", "-i", "PATH=/usr/bin:/bin", "bash", "-c", command, "spawn", "python3",
        str(program), str(state / "bin/assay"), "/health", "20"]), cwd=state).split()
    bench.spawned = [float(word) for word in words]


def report(bench):
    fastest, median, slowest = bench.spawned
    target("new process, ms to its first answer, median", median, "<=", 30)
    print(f"{'  fastest and slowest of 20':<44} {fastest:7.1f} … {slowest:.1f}")
