"""The CPU of a picture's whole life through nginx, beside Python stacks: `life.py` in this folder's
parent.

The life of a picture is its upload, quality control, and previews: the CPU of nginx, the pool with
its decoders and workers, and PostgreSQL. Most pictures are sent in one form, as people upload them,
and these are compared with the stacks. The others are sent in a request each ("alone"), which has
a decoder process and a connection of its own; they also share the cost of a quality control job.
"""

import json
import secrets
import statistics
import subprocess
import sys

from measure import SCRIPTS
from shared.client import Client
from shared.instance import CHECKOUT, Failure
from table import target

ACCURACY = str(CHECKOUT / ".build/release/Accuracy")
ROUNDS = 3
# Of seven pictures, this many are sent in one form.
TOGETHER = 6
# The default of ASSAY_FILE_LIMIT.
LARGEST = 20 << 20
GOALS = {  # of the whole life, beside Python: size, stack, at most
    ("1 MP", "webp"): 0.35,
    ("12 MP", "webp"): 0.3,
    ("1 MP", "jpeg"): 0.75,
}


def report(bench):
    # Always built: one of other sources than those of ASSAY_BIN would measure something else.
    subprocess.run(
        ["timeout", "1200", "swift", "build", "-c", "release", "--product", "Accuracy"],
        cwd=CHECKOUT, stdout=sys.stderr, check=True)
    folder = bench.folder(bench.work / "life")
    life("make", bench.instance.script("photos").strip(), str(folder))
    kinds, left_out = {}, {}
    for file in sorted(folder.iterdir()):
        size, kind, _ = file.name.split("-")
        if file.stat().st_size > LARGEST:
            left_out[size, kind] = left_out.get((size, kind), 0) + 1
            continue
        kinds.setdefault((size, kind), []).append(file)
    print(f"{'CPU ms a picture':16} {'whole':>7} {'alone':>7} {'decoder':>8} "
          f"{'Python, WebP':>13} {'JPEG':>7} {'draft':>7} {'of WebP':>8} {'of JPEG':>8}")
    for (size, kind), count in left_out.items():
        print(f"left out, larger than an upload may be: {count} files of {size} {kind}")
    for (size, kind), files in kinds.items():
        if len(files) > TOGETHER * ROUNDS:
            show(size, kind, rounds(bench, customer(bench), files))


def life(*arguments):
    """The output of `life.py`."""
    return subprocess.run(
        ["python3", str(SCRIPTS / "life.py"), *arguments], check=True, stdout=subprocess.PIPE,
        text=True).stdout


def customer(bench):
    """A new customer: the same picture of another type would be a duplicate in its organization."""
    client, name, password = Client(bench.instance), secrets.token_hex(8), secrets.token_hex(16)
    body = {"username": name, "email": f"{name}@example.org", "password": password}
    client.call("POST", "/api/auth/register", json=body)
    client.sign_in(name, password)
    return client


def rounds(bench, client, files):
    """The medians over the rounds, which take turns with the stacks."""
    spent = {}
    for number in range(ROUNDS):
        some = files[number::ROUNDS]
        times = json.loads(life("measure", ACCURACY, *map(str, some)))
        alone = some[TOGETHER::TOGETHER + 1]
        together = [file for file in some if file not in alone]
        times["whole"] = through_nginx(bench, client, [together])
        times["alone"] = through_nginx(bench, client, [[file] for file in alone])
        for name, value in times.items():
            spent.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in spent.items()}


def through_nginx(bench, client, forms):
    """The CPU milliseconds a picture that the instance spends on forms of files."""
    body = {"title": "life", "classes": ["any"]}
    project = client.call("POST", "/requests", json=body).json["id"]
    path = f"/requests/{project}"
    before = sum(bench.cpu())
    for files in forms:
        client.call("POST", f"/api/upload?project={project}", files=files)
    client.call("POST", path + "/qc/run")
    if client.wait(path + "/qc", lambda run: run["state"] == "completed", 120) is None:
        raise Failure("quality control did not complete within two minutes")
    if not all("-320." in row["preview_url"] for row in client.get(path + "/uploads")):
        raise Failure("a picture has no preview")
    return (sum(bench.cpu()) - before) / sum(map(len, forms)) * 1000


def show(size, kind, spent):
    """Prints the line of a kind of pictures, and its goals."""
    of_webp, of_jpeg = (spent["whole"] / spent[name] for name in ("webp", "jpeg"))
    draft = f"{spent['draft']:7.1f}" if kind == "JPEG" else " " * 7
    print(f"{size + ' ' + kind:16} {spent['whole']:7.1f} {spent['alone']:7.1f} "
          f"{spent['decoder']:8.1f} {spent['webp']:13.1f} {spent['jpeg']:7.1f} {draft} "
          f"{of_webp:8.2f} {of_jpeg:8.2f}")
    for stack, ratio in (("webp", of_webp), ("jpeg", of_jpeg)):
        if (size, stack) in GOALS:
            target(f"  of the stack with {stack} thumbnails", ratio, "<=", GOALS[size, stack])
