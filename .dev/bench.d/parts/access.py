"""GET /auth/me, with and without the database's check of the session.

The token's signature, which a thread verifies once, is checked in both.
"""

from measure import SCRIPTS
from table import target


def prepare(bench):
    bench.access_token = bench.labeler(2001).token
    bench.admit = bench.lines(
        "admit.sql", [bench.instance.query("select pg_get_functiondef('admit'::regproc)")])


def measure(bench, _):
    bench.requests("GET /auth/me", bench.url + "/auth/me", token=bench.access_token)
    bench.instance.query_file(SCRIPTS / "unasked.sql")
    bench.requests(
        "GET /auth/me, unauthenticated", bench.url + "/auth/me", token=bench.access_token)
    bench.instance.query_file(bench.admit)


def report(bench):
    ratio = bench.table.ratio("GET /auth/me", "GET /auth/me, unauthenticated")
    target("GET /auth/me, of the same unauthenticated", ratio, ">=", 0.77)
