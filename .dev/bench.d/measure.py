"""Measures requests and statements on an instance: rate, latency, CPU, memory."""

import os
import re
import shutil
import sys
import time
from pathlib import Path

from shared.client import Client
from shared.instance import CHECKOUT, as_user, newest_postgres, output, photographs
from table import Row, Table

CONNECTIONS = 16
SCRIPTS = CHECKOUT / ".dev/bench.d"
# As the application's connections do. A limit costs a timer, whatever its value is.
POSTGRES_OPTIONS = (
    "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
    " -c plan_cache_mode=force_generic_plan")
REQUEST = "00000000-0000-0000-0000-003000009999"
TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """The instance that is measured, and the table of what was measured."""

    def __init__(self, instance, seconds, rounds):
        self.instance = instance
        self.seconds = seconds
        self.rounds = rounds
        self.connections = CONNECTIONS
        self.table = Table()
        self.url = instance.url.replace("localhost", "127.0.0.1")
        self.customer = Client(instance, seconds=60)
        # For files that PostgreSQL's clients, who are another user, read and write.
        self.work = instance.state / "bench"
        self.folder(self.work)
        self._pictures = None

    def folder(self, path):
        """Makes a folder that the service's user writes to."""
        path.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(path, self.instance.app_user)
        return path

    # --- people and pictures -----------------------------------------------------------------

    def labeler(self, number):
        """A client that is signed in as a labeler of the seed: 2001, 2002, 2101 to 2116."""
        client = Client(self.instance)
        client.sign_in(f"bench-{number}", self.instance.account("LABELER")[1])
        return client

    def pictures(self):
        """Twenty JPEG files of about 200 KB, made of real photographs."""
        if self._pictures is None:
            folder = self.work / "pictures"
            folder.mkdir()
            sources = (photographs() * 20)[:20]
            self._pictures = [
                shrink(photo, f"{1000 + number * 4}x", folder / f"{number}.jpg")
                for number, photo in enumerate(sources, 1)]
            self.lines("pictures.list", self._pictures)
        return self._pictures

    def kilobytes(self):
        """The average size of the pictures."""
        return sum(file.stat().st_size for file in self.pictures()) // 1024 // 20

    def lines(self, name, lines):
        """Writes a file of lines for wrk's scripts; returns its path."""
        file = self.work / name
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(file)

    # --- load --------------------------------------------------------------------------------

    def requests(self, name, url, script="report.lua", token="none", status=200, connections=None,
                 threads=2, **settings):
        """Adds a row: wrk's requests to an address. The settings are the script's, `BENCH_…`."""
        environment = {f"BENCH_{key.upper()}": str(value) for key, value in settings.items()}
        command = [
            "wrk", "-t", str(threads), "-c", str(connections or self.connections), "-d",
            f"{self.seconds}s", "--timeout", "10s", "-s", str(SCRIPTS / script),
            "-H", f"Authorization: Bearer {token}", url]
        before = self.cpu()
        text = output(
            command, env={**os.environ, "BENCH_SCRIPTS": str(SCRIPTS), **environment})
        words = next(line.split()[1:] for line in text.splitlines() if line.startswith("RESULT "))
        count, lasted, p50, p99, wrong, lost = map(float, words)
        # wrk counts answers other than 2xx and 3xx.
        wrong = count - wrong if status == 404 else wrong
        if wrong or lost:
            progress(f"{name}: {wrong:.0f} with another status, {lost:.0f} without an answer")
        self.note(name, before, count, lasted, p50, p99, wrong, lost)

    def statements(self, name, script, **variables):
        """Adds a row: pgbench with a script, on as many connections."""
        for file in self.work.glob("latency.*"):
            file.unlink()
        definitions = [word for key, value in (script.variables | variables).items()
                       for word in ("-D", f"{key}={value}")]
        command = [
            str(newest_postgres() / "pgbench"), "-n", "-M", "prepared", "-c",
            str(self.connections), "-j", "2", "-T", str(self.seconds), "-f", str(script.file),
            *definitions, "-l", "--log-prefix", str(self.work / "latency"), "--sampling-rate",
            "0.2", f"host={self.instance.sockets} dbname=assay user=assay_app"]
        before = self.cpu()
        text = output(
            as_user(self.instance.app_user, command), cwd=self.work,
            env={**os.environ, "PGOPTIONS": POSTGRES_OPTIONS})
        count = float(re.search(r"actually processed: (\d+)", text)[1])
        failed = float(re.search(r"failed transactions: (\d+)", text)[1])
        rate = float(re.search(r"^tps = ([\d.]+)", text, re.MULTILINE)[1])
        took = sorted(
            int(line.split()[2]) / 1000 for file in self.work.glob("latency.*")
            for line in file.read_text(encoding="utf-8").splitlines())
        self.note(name, before, count, count / rate, *percentiles(took), failed, 0)

    def note(self, name, before, count, lasted, p50, p99, wrong=0, lost=0):
        """Adds a row from counts and from the CPU before them."""
        # A process that has ended counts when its parent has seen it.
        time.sleep(0.2)
        count = count or 1e-9
        cpu = [(now - then) / count * 1000 for now, then in zip(self.cpu(), before)]
        self.table.add(Row(name, count / lasted, p50, p99, *cpu, wrong + lost))

    # --- the processes -----------------------------------------------------------------------

    def cpu(self):
        """CPU seconds of postgres, assay and nginx, with those of their children that ended."""
        trees = {self.instance.pid(name): place
                 for place, name in enumerate(["postgresql", "pool", "nginx"])}
        parents, used = {}, {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and (fields := process_fields(folder)):
                parents[int(folder.name)] = int(fields[1])
                used[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS
        sums = [0.0, 0.0, 0.0]
        for pid, seconds in used.items():
            while pid > 1 and pid not in trees:
                pid = parents.get(pid, 0)
            if pid in trees:
                sums[trees[pid]] += seconds
        return sums

    def resident(self):
        """Megabytes of each API process, sorted."""
        return sorted(memory(pid, "VmRSS") for pid in self.instance.children("api"))


def process_fields(folder):
    """The fields of /proc/PID/stat from the state on; None when the process has ended."""
    try:
        # The name stands in brackets and may hold anything.
        return (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def memory(pid, field):
    """A field of /proc/PID/status in megabytes: VmRSS now, VmHWM at most."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(rf"^{field}:\s*(\d+)", status, re.MULTILINE)[1]) / 1024


def percentiles(took):
    """The median and the 99th percentile of sorted times."""
    if not took:
        return 0.0, 0.0
    return took[(len(took) - 1) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]


def shrink(photo, size, target, *options):
    """Writes a JPEG of a photograph at a size; returns its path."""
    output(["vipsthumbnail", str(photo), "--size", size, *options, "-o", f"{target}[Q=88,strip]"])
    return target


def progress(text, began=time.monotonic()):
    """Prints a line for who waits, with the seconds since the start."""
    print(f"{time.monotonic() - began:4.0f} s  {text}", file=sys.stderr, flush=True)
