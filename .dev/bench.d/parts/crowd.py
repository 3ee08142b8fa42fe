"""500 people ask for the next of a million open pictures; claim and submit, beside pgbench.

The million pictures are in tasks of one, and once more in tasks of ten. A wave is one request of
each person, all sent at once.
"""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

from at_once import Wave
from measure import SCRIPTS, percentiles, progress
from parts.labels import padded
from shared.instance import Failure, as_user, output
from statements import record, script
from table import figure, target

ITEMS = int(os.environ.get("BENCH_ITEMS", "1000000"))
PEOPLE = range(3001, 3501)
ONE, TEN = 3000009001, 3000009010
NEXT = {ONE: "POST next, 500 at once, tasks of 1", TEN: "POST next, 500 at once, tasks of 10"}
PAIR, BENCH = "claim + submit, two requests", "pgbench: claim + submit"
# The tasks of one picture; the last ones are for the recorded request.
TASK, ITEM, SPARE = 96010000000, 95010000000, ITEMS - 100
SETS = [
    "labeler 3001 + :client_id", "number :first + :count * 16 + :client_id", "count :count + 1",
    "session 9000000000 + :labeler", "account 2000000000 + :labeler",
    f"task {TASK} + :number", f"item {ITEM} + :number"]


def prepare(bench):
    instance = bench.instance
    address = f"host={instance.sockets} dbname=assay user=postgres"
    output(as_user(instance.database_user, [
        "psql", "-X", "-q", "-v", f"items={ITEMS}", "-f", str(SCRIPTS / "crowd.sql"), address]),
        cwd=instance.state)
    progress("signing 500 people in")
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(bench.labeler, [*PEOPLE, 3901, 3902]))
    bench.crowd_powerful, bench.crowd_finished = clients[-2:]
    bench.crowd = [client.token for client in clients[:-2]]
    bench.crowd_tokens = bench.lines("crowd", bench.crowd[:16])
    bench.crowd_script = pair_script(bench, clients[0])


def pair_script(bench, client):
    """The statements of a claim and a submit as a script for pgbench."""
    numbers = iter(range(SPARE, ITEMS))

    def send():
        number = send.number = next(numbers)
        client.call("POST", f"/tasks/{padded(TASK + number)}/claim")
        client.call("POST", f"/tasks/{padded(TASK + number)}/submit", json={"label": "cat"})

    sent = record(bench, send)
    account, task, item = padded(2000003001), padded(TASK + send.number), padded(ITEM + send.number)
    assignment = bench.instance.query(
        f"select assignment_id from assignment where task_id = '{task}'").strip()
    made = script(
        bench, "crowd.sql", sent, SETS,
        {account: "account", task: "task", item: "item", assignment: "assignment"})
    text = made.file.read_text(encoding="utf-8")
    # The claim makes the assignment: pgbench looks it up where the application knows it.
    text = text.replace(
        "lpad(:assignment, 32, '0')::uuid",
        "(select a.assignment_id from assignment a where a.task_id = lpad(:task, 32, '0')::uuid"
        " and a.account_id = lpad(:account, 32, '0')::uuid)")
    for name, value in list(made.variables.items()):
        if re.fullmatch(r"\{[0-9a-f-]{36}\}", value):
            new = "lpad(:item, 32, '0')::uuid" if item in value else "uuid_v7()"
            text = re.sub(rf":{name}\b", f"array[{new}]", text)
            del made.variables[name]
    made.file.write_text(text, encoding="utf-8")
    return made


def measure(bench, number):
    for project in (ONE, TEN):
        ask(bench, project, NEXT[project])
    # Each round has tasks of its own, behind those that are answered in part.
    first = 20_000 + number * 20_000
    bench.statements(BENCH, bench.crowd_script, first=first, count=0)
    bench.requests(
        PAIR, bench.url + "/", "crowd.lua", tokens=bench.crowd_tokens, first=first + 10_000,
        threads=16)


def ask(bench, project, name=None):
    """Lets 500 people ask at once, and ends their leases."""
    with Wave(bench.url, "/tasks/next", {"request_id": padded(project)}, bench.crowd) as wave:
        before = bench.cpu()
        took, statuses, lasted = wave.send()
    if name:
        wrong = sum(status != 200 for status in statuses)
        bench.note(name, before, len(took), lasted, *percentiles(took), wrong)
    end_leases(bench)


def end_leases(bench):
    bench.instance.query(
        "select count(count_answers(assignment_id, '{}', '{}', 'released')) from assignment"
        " where state = 'leased' and lease_expires_at > now()")


def finish(bench):
    """PostgreSQL's own time, from its log: one request at a time, and 500 at once."""
    progress("PostgreSQL's time of claims")
    client, finished, powerful = (
        bench.labeler(3001), bench.crowd_finished, bench.crowd_powerful)

    def one_by_one(client, project, times):
        for _ in range(times):
            answer = client.call("POST", "/tasks/next", json={"request_id": padded(project)})
            if answer.status != 204:
                client.call("POST", f"/tasks/{answer.json['id']}/release")

    bench.crowd_time = {
        "one at a time, tasks of 1": timed(bench, lambda: one_by_one(client, ONE, 100)),
        "one at a time, tasks of 10": timed(bench, lambda: one_by_one(client, TEN, 100)),
        "20,000 answered, still open": timed(bench, lambda: one_by_one(powerful, ONE, 50)),
        "204, 20,000 answered": timed(bench, lambda: one_by_one(finished, 3000009900, 20)),
        "500 at once, tasks of 1": timed(bench, lambda: ask(bench, ONE)),
        "500 at once, tasks of 10": timed(bench, lambda: ask(bench, TEN)),
    }


def timed(bench, send):
    """The sorted milliseconds that PostgreSQL took for `claim_next` while `send` ran."""
    log = bench.instance.state / "log/postgres.log"
    set_timing(bench, 0)
    try:
        begin = log.stat().st_size
        send()
        time.sleep(0.3)
        with log.open("rb") as file:
            file.seek(begin)
            text = file.read().decode(errors="replace")
    finally:
        set_timing(bench, -1)
    took = re.findall(r"duration: ([\d.]+) ms  execute [^:]*: select claim_next\(", text)
    if not took:
        raise Failure(f"no claim is in PostgreSQL's log: {text[-500:]}")
    return sorted(map(float, took))


def set_timing(bench, milliseconds):
    bench.instance.superuser(
        f"alter system set log_min_duration_statement = {milliseconds}", "select pg_reload_conf()")
    time.sleep(0.5)


def report(bench):
    table = bench.table
    for name, took in bench.crowd_time.items():
        p50, p99 = percentiles(took)
        if name == "one at a time, tasks of 1":
            target(f"claim_next ms, {name}, p50", p50, "<=", 5)
        else:
            figure(f"claim_next ms, {name}, p50", p50)
        figure(f"claim_next ms, {name}, p99", p99)
    for name in NEXT.values():
        figure(f"{name}, p99 ms", table.value(name, "p99"))
    pairs = table.value(PAIR)
    if pairs is not None:
        target("claim + submit, of pgbench", pairs / 2 / table.value(BENCH), ">=", 0.5)
