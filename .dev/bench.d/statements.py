"""The statements that a request sends, as a script for pgbench.

PostgreSQL logs them while one request runs, so they are what this build really sends.
"""

import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from shared.instance import Failure

ENTRY = re.compile(r"^\S+ \S+ \S+ \[\d+\] (\S*) (LOG|DETAIL):  (.*)$", re.DOTALL)
EXECUTED = re.compile(r"^(?:execute [^:]*|statement): (.*)$", re.DOTALL)
PARAMETER = re.compile(r"\$(\d+) = (?:NULL|'((?:[^']|'')*)')")


@dataclass
class Script:
    """A file for pgbench and the variables that it needs."""

    file: Path
    variables: dict = field(default_factory=dict)


@dataclass
class Statement:
    """A statement as it was executed; a null parameter is None."""

    text: str
    parameters: dict = field(default_factory=dict)


def record(bench, send):
    """The statements that `send`, one request, makes the application execute."""
    log = bench.instance.state / "log/postgres.log"
    # The first one prepares what the connection keeps.
    send()
    set_logging(bench, "all")
    try:
        begin = log.stat().st_size
        send()
        time.sleep(0.3)
        text = log.read_bytes()[begin:].decode()
    finally:
        set_logging(bench, "none")
    found = parse(text, "assay_app")
    if not any("admit(" in statement.text for statement in found):
        raise Failure(f"the request's statements are not in PostgreSQL's log: {text[-500:]}")
    return found


def set_logging(bench, what):
    """Sets which statements PostgreSQL logs, and waits until its processes know."""
    bench.instance.superuser(f"alter system set log_statement = '{what}'", "select pg_reload_conf()")
    time.sleep(0.5)


def parse(log, user):
    """The statements of a user in a part of PostgreSQL's log, in order."""
    entries = []
    for line in log.splitlines():
        if line.startswith("\t") and entries:
            entries[-1] += "\n" + line[1:]
        else:
            entries.append(line)
    found = []
    for entry in filter(None, map(ENTRY.match, entries)):
        who, kind, text = entry.groups()
        if who != user:
            continue
        if kind == "LOG" and (executed := EXECUTED.match(text)):
            found.append(Statement(executed[1]))
        elif kind == "DETAIL" and found and text.startswith("parameters: "):
            values = PARAMETER.finditer(text)
            found[-1].parameters = {
                int(value[1]): None if value[2] is None else value[2].replace("''", "'")
                for value in values}
    return found


def padded(name):
    """A variable as an id: the seed's ids are numbers, padded with zeros."""
    return f"lpad(:{name}, 32, '0')::uuid"


def script(bench, name, statements, sets, ids):
    """Writes a script of statements with `ids`, from a value to its variable, in their place.

    Other values become variables. `sets` are pgbench's commands before the statements.
    """
    lines, variables = [f"\\set {line}" for line in sets], {}
    for number, statement in enumerate(statements):
        def expression(match, number=number, statement=statement):
            place = int(match[1])
            value = statement.parameters.get(place)
            if value is None:
                return "null"
            if value in ids:
                return padded(ids[value])
            if is_new_id(value, ids):
                # The admitted session is one of the seed's; other new ids are made anew.
                return padded("session") if "admit(" in statement.text else "uuid_v7()"
            variables[f"v{number}_{place}"] = value
            return f":v{number}_{place}"

        lines.append(re.sub(r"\$(\d+)", expression, statement.text) + ";")
    file = bench.work / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Script(file, variables)


def is_new_id(value, ids):
    """Whether a value is an id that the application has made."""
    try:
        # Not an array: UUID reads braces.
        return not value.startswith("{") and uuid.UUID(value).version == 7 and value not in ids
    except ValueError:
        return False
