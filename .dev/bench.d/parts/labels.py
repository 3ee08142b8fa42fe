"""POST /tasks/{id}/labels by sixteen labelers, beside pgbench with the same statements."""

from statements import record, script
from table import target

NAME = "POST labels, durable"
# The last picture of pgbench's last labeler, to which no round comes.
LABELER, TASK, ITEM = 2132, 6000000000 + 2132 * 1000 + 199, 5002014999
SETS = [
    "labeler 2117 + :client_id", "picture (:first + :count) % 4000", "count :count + 1",
    "session 9000000000 + :labeler", "account 2000000000 + :labeler",
    "task 6000000000 + :labeler * 1000 + :picture / 20", "item 5002011000 + :picture"]


def prepare(bench):
    clients = [bench.labeler(number) for number in range(2101, 2117)]
    bench.label_tokens = bench.lines("tokens", [client.token for client in clients])
    client = bench.labeler(LABELER)
    body = {"image_id": padded(ITEM), "labels": ["class-2", "class-4"]}
    path = f"/tasks/{padded(TASK)}/labels"
    sent = record(bench, lambda: client.call("POST", path, json=body))
    bench.label_script = script(
        bench, "labels.sql", sent, SETS,
        {padded(2000000000 + LABELER): "account", padded(TASK): "task", padded(ITEM): "item"})


def padded(number):
    """The seed's id of a number."""
    digits = f"{number:032d}"
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def measure(bench, number):
    # Each round has first answers of its own: 1,000 pictures a labeler and second.
    first = number * 1200 % 4000
    bench.statements("pgbench: POST labels", bench.label_script, first=first, count=0)
    bench.requests(NAME, bench.url + "/", "labels.lua", tokens=bench.label_tokens, first=first)


def report(bench):
    table = bench.table
    target("POST labels, of pgbench", table.ratio(NAME, "pgbench: POST labels"), ">=", 0.4)
    target("POST labels, CPU s per 1,000", table.value(NAME, "cpu"), "<=", 0.5)
