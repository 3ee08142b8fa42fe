"""An instance that .dev/up has started: its folders, settings, users and processes."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


class Failure(Exception):
    """An error to print as one sentence, without a traceback."""


def run(program):
    """Runs the main function of a script; a Failure becomes one line and exit code 1."""
    name = Path(sys.argv[0]).name
    # Ended by a signal, it still deletes what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(program())
    except Failure as failure:
        sys.stdout.flush()
        print(f"{name}: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def output(command, errors_too=False, **options):
    """The output of a command; raises a Failure with its errors when it fails."""
    errors = subprocess.STDOUT if errors_too else subprocess.PIPE
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=errors, text=True, check=False, **options)
    if done.returncode != 0:
        lines = ((done.stderr or "").strip() or done.stdout.strip()).splitlines()[-5:]
        raise Failure(f"{Path(command[0]).name} failed with {done.returncode}: " + "\n".join(lines))
    return done.stdout


def photographs():
    """The files of the real photographs that .dev/photos brings, sorted."""
    folder = Path(output([str(CHECKOUT / ".dev/photos")]).strip())
    return sorted(file.resolve() for file in folder.iterdir())


class Instance:
    """An instance in the folder `run`, as .dev/lib.sh lays it out."""

    def __init__(self, run=None):
        self.run = Path(run or os.environ.get("ASSAY_RUN") or CHECKOUT / ".run")
        self.state = (self.run / "state").resolve()
        self.settings = self._settings()
        self.url = self.settings["ASSAY_URL"]
        self.plain_url = self.settings["ASSAY_PLAIN_URL"]
        self.authority = self.settings["ASSAY_CA"]
        # Root starts the service and PostgreSQL as these users; anybody else runs all of it.
        own = pwd.getpwuid(os.geteuid()).pw_name
        is_root = os.geteuid() == 0
        self.app_user = "www-data" if is_root else own
        self.database_user = "postgres" if is_root else own

    def _settings(self):
        file = self.run / "instance.env"
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise Failure(f"{file} cannot be read: does the service run?") from error
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def account(self, role):
        """The name and the password of the account of a role: `CUSTOMER`, `ADMIN`, …"""
        return self.settings[f"ASSAY_{role}_USERNAME"], self.settings[f"ASSAY_{role}_PASSWORD"]

    @property
    def sockets(self):
        """The folder of PostgreSQL's socket."""
        return self.state / "postgres/socket"

    def pid(self, name):
        """The process id in a pid file: `nginx`, `pool` or `postgresql`."""
        postgres = self.state / "postgres/data/postmaster.pid"
        file = postgres if name == "postgresql" else self.state / "pids" / name
        return int(file.read_text(encoding="utf-8").split()[0])

    def children(self, duty):
        """The process ids of the pool's children with one duty: `api` or `worker`."""
        file = self.state / "pool/api.sock.pids"
        lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
        return [int(words[1]) for words in lines if words[0] == duty]

    def script(self, name, *arguments):
        """Runs a script of .dev/ on this instance and returns its output."""
        environment = {**os.environ, "ASSAY_RUN": str(self.run)}
        return output([str(CHECKOUT / ".dev" / name), *arguments], env=environment)

    def query(self, statement):
        """Runs SQL as the owner of the tables; the rows come as text, columns divided by |."""
        return self.script("psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def query_file(self, file):
        """Runs a file of SQL as the owner of the tables."""
        return self.script("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file))

    def superuser(self, *statements):
        """Runs SQL as PostgreSQL's superuser, each statement by itself."""
        words = [word for statement in statements for word in ("-c", statement)]
        address = f"host={self.sockets} dbname=postgres user=postgres"
        return output(
            as_user(self.database_user, ["psql", "-X", "-q", "-At", address, *words]), cwd=self.state)


def as_user(user, command):
    """The command line that runs a command as another user."""
    if user == pwd.getpwuid(os.geteuid()).pw_name:
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *command]


def newest_postgres():
    """The folder of the programs of the newest PostgreSQL."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda folder: float(folder.parent.name))


def answers(port):
    """Whether a server accepts connections on a port of this host."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    """A free TCP port, below those that the kernel gives to outgoing connections."""
    for _ in range(50):
        port = random.randrange(20000, 30000)
        if not answers(port):
            return port
    raise Failure("no free port was found")


class Temporary:
    """Starts an instance of its own for a `with` block, and deletes it afterwards."""

    def __init__(self, folder, **settings):
        self.run = tempfile.mkdtemp(prefix="assay-instance.", dir=folder)
        self.environment = {
            "ASSAY_RUN": self.run,
            "ASSAY_PORT": str(free_port()),
            "ASSAY_PLAIN_PORT": str(free_port()),
            **settings,
        }

    def __enter__(self):
        try:
            output(
                [str(CHECKOUT / ".dev/up"), "--quiet"], env={**os.environ, **self.environment})
            return Instance(self.run)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        environment = {**os.environ, **self.environment}
        down = [str(CHECKOUT / ".dev/down"), "--purge"]
        subprocess.run(down, env=environment, capture_output=True, check=False)
        shutil.rmtree(self.run, ignore_errors=True)
