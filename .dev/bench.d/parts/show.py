"""GET /tasks/{id}: 100 images, beside pgbench with the same statements."""

from statements import record, script
from table import target

TASK = "00000000-0000-0000-0000-006002001900"
NAME, LIST = "GET /tasks/{id}, 100 images", "GET /tasks, 50 tasks, beside it"


def prepare(bench):
    client = bench.labeler(2002)
    bench.show_token = client.token
    bench.beside_token = bench.labeler(2001).token
    sent = record(bench, lambda: client.get(f"/tasks/{TASK}"))
    bench.show_script = script(
        bench, "show.sql", sent,
        ["session 9000002002", "account 2000002002", "task 6002001900"],
        {"00000000-0000-0000-0000-002000002002": "account", TASK: "task"})


def measure(bench, _):
    bench.statements("pgbench: GET /tasks/{id}", bench.show_script)
    bench.requests(NAME, f"{bench.url}/tasks/{TASK}", token=bench.show_token)
    bench.requests(LIST, bench.url + "/tasks", token=bench.beside_token)


def report(bench):
    table = bench.table
    target("GET /tasks/{id}, of pgbench", table.ratio(NAME, "pgbench: GET /tasks/{id}"), ">=", 0.5)
    target("CPU of GET /tasks/{id}, of GET /tasks", table.ratio(NAME, LIST, "cpu"), "<=", 2)
