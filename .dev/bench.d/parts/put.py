"""PUT of pictures to signed addresses, beside nginx alone."""

import re

from measure import REQUEST
from table import target

OURS, ALONE = "PUT to a signed address", "nginx alone: PUT, a JPEG"


def prepare(bench):
    bench.pictures()
    files = [{"filename": f"{n}.jpg", "content_type": "image/jpeg"} for n in range(1, 1001)]
    body = {"request_id": REQUEST, "files": files}
    answer = bench.customer.call("POST", "/uploads/presign", json=body)
    signed = re.findall(r'"https://[^/"]*(/incoming/[^"]*)"', answer.body.decode())
    bench.signed = bench.lines("signed.list", signed)
    bench.dav = bench.lines("dav.list", [f"/dav/{n}.jpg" for n in range(1, 1001)])


def measure(bench, _):
    pictures = bench.work / "pictures.list"
    bench.requests(ALONE, bench.floor_url, "put.lua", paths=bench.dav, pictures=pictures)
    bench.requests(OURS, bench.url, "put.lua", paths=bench.signed, pictures=pictures)


def report(bench):
    target("PUT to a signed address, of nginx alone", bench.table.ratio(OURS, ALONE), ">=", 0.9)
