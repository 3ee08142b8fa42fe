"""Previews by their signed links, beside the same files by nginx alone."""

import re

from measure import REQUEST
from shared.instance import Failure
from table import target

OURS, ALONE = "previews by signed links", "nginx alone: the files of previews"


def prepare(bench):
    files = bench.pictures()
    client = bench.customer
    client.call("POST", f"/requests/{REQUEST}/uploads", files=files)

    def previews(uploads):
        links = [str(value) for upload in uploads for value in upload.values()]
        return [link for link in links if re.search(r"/media/.*-320\.\w+\?", link)]

    def are_there(uploads):
        return len(previews(uploads)) == len(files)

    found = client.wait(f"/requests/{REQUEST}/uploads?limit=20", are_there, 60)
    if found is None:
        raise Failure("the previews were not made within a minute")
    paths = [re.sub(r"^https://[^/]*", "", link) for link in previews(found)]
    static = [re.sub(r"^/media/(..)(.*)\?.*", r"/previews/\1/\2", path) for path in paths]
    bench.preview_links = bench.lines("previews.list", paths)
    bench.preview_files = bench.lines("static.list", static)


def measure(bench, _):
    bench.requests(ALONE, bench.floor_url, "get.lua", paths=bench.preview_files)
    bench.requests(OURS, bench.url, "get.lua", paths=bench.preview_links)


def report(bench):
    target("previews by signed links, of nginx alone", bench.table.ratio(OURS, ALONE), ">=", 0.9)
