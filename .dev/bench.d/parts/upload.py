"""Uploads of twenty pictures a request, with inspections and previews, beside copies with fsync."""

import os
import random
import shutil

from measure import REQUEST, percentiles
from table import figure, target
from threads import together

COPIES = "cp and fsync, a JPEG"


def prepare(bench):
    bench.copies = bench.folder(bench.work / "copies")
    bench.upload_name = f"upload, 20 JPEG of {bench.kilobytes()} KB"
    bench.warm = bench.uploaded = None


def measure(bench, number):
    copy(bench)
    bench.requests(
        bench.upload_name, f"{bench.url}/requests/{REQUEST}/uploads", "upload.lua",
        token=bench.customer.token, pictures=bench.work / "pictures.list",
        first=f"{number}-{random.randrange(32768)}",
        authorization=f"Bearer {bench.customer.token}")
    # Each thread's first uploads make its arena and its stack: flat begins after the first round.
    bench.uploaded = sum(bench.resident())
    bench.warm = bench.uploaded if number <= 1 else bench.warm


def copy(bench):
    """Adds the row of copies of the pictures, each with an fsync."""
    pictures = bench.pictures()

    def once(thread, count):
        source, target_ = pictures[count % len(pictures)], bench.copies / f"{thread}-{count}"
        with open(source, "rb") as opened, open(target_, "wb") as written:
            shutil.copyfileobj(opened, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())

    before = bench.cpu()
    took, lasted = together(bench.connections, bench.seconds, once)
    bench.note(COPIES, before, len(took), lasted, *percentiles(took))
    for file in bench.copies.iterdir():
        file.unlink()


def report(bench):
    later = bench.table.rounds[bench.upload_name][1:]
    uploads = int(sum(row.rate * bench.seconds * 20 for row in later))
    target(f"resident after {uploads} uploads, of before", bench.uploaded / bench.warm, "<=", 1.1)
    rate = bench.table.value(bench.upload_name) * 20
    figure("pictures uploaded a second", rate, 0)
    figure("  in MB a second", rate * bench.kilobytes() / 1024, 1)
    for what, row in ("  of nginx alone, PUT", "nginx alone: PUT, a JPEG"), (
            "  of cp and fsync", COPIES):
        other = bench.table.value(row)
        figure(what, rate / other if other else None)
