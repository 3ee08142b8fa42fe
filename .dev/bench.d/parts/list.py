"""GET /tasks: 50 tasks, beside pgbench with the same statements."""

from statements import record, script
from table import target

NAME = "GET /tasks, 50 tasks"


def prepare(bench):
    client = bench.labeler(2001)
    bench.list_token = client.token
    sent = record(bench, lambda: client.get("/tasks"))
    bench.list_script = script(
        bench, "list.sql", sent, ["session 9000002001", "account 2000002001"],
        {"00000000-0000-0000-0000-002000002001": "account"})


def measure(bench, _):
    bench.statements("pgbench: GET /tasks", bench.list_script)
    bench.requests(NAME, bench.url + "/tasks", token=bench.list_token)


def report(bench):
    table = bench.table
    target("GET /tasks, of pgbench", table.ratio(NAME, "pgbench: GET /tasks"), ">=", 0.4)
    target("GET /tasks, CPU s per 1,000", table.value(NAME, "cpu"), "<=", 0.35)
