"""The search for near duplicates, beside the decoder alone and beside imagededup's PHash.

imagededup is compared where Python can install it.
"""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

from measure import SCRIPTS, TICKS, memory, process_fields, shrink
from shared.instance import CHECKOUT, Failure, output, photographs
from table import figure, target

ACCURACY = str(CHECKOUT / ".build/release/Accuracy")
IMAGEDEDUP = CHECKOUT / ".build/imagededup"
MODULES = "import pywt, sklearn, matplotlib, tqdm, PIL, scipy"


def report(bench):
    # Always built: one of other sources than those of ASSAY_BIN would measure something else.
    subprocess.run(
        ["timeout", "1200", "swift", "build", "-c", "release", "--product", "Accuracy"],
        cwd=CHECKOUT, stdout=sys.stderr, check=True)
    speed(bench)
    measure_worker(bench)


def python_with_imagededup():
    """A Python with imagededup, without PyTorch, which its PHash does not use; None without."""
    python = str(IMAGEDEDUP / "bin/python")
    pip = [python, "-m", "pip", "-q", "install"]
    try:
        if not os.access(python, os.X_OK):
            venv.create(IMAGEDEDUP, with_pip=True)
        if subprocess.run([python, "-c", MODULES], capture_output=True, check=False).returncode:
            output([*pip, "--no-deps", "imagededup==0.3.3.post2"])
            output([*pip, "pillow", "numpy", "scipy", "PyWavelets", "scikit-learn", "matplotlib",
                    "tqdm"])
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        print(f"no imagededup, not compared: {error}")
        return None
    return python


def pictures_of(bench, size):
    """A folder of the photographs at a size."""
    folder = bench.work / size
    folder.mkdir(exist_ok=True)
    for number, photo in enumerate(photographs(), 1):
        shrink(photo, size, folder / f"{number}.jpg", "--smartcrop", "centre")
    return folder


def figures(*arguments):
    """The figures that the program Accuracy prints, by their names."""
    lines = (line.split() for line in output([ACCURACY, *arguments]).splitlines())
    return {words[0]: float(words[1]) for words in lines if len(words) > 1 and is_number(words[1])}


def is_number(word):
    """Whether a word is a number."""
    return re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", word) is not None


def speed(bench):
    """Prints the CPU of the search for each picture."""
    python = python_with_imagededup()
    print(f"{'':<10} {'decoding':>10} {'hash':>10} {'likeness':>10} {'imagededup':>12}"
          "   CPU ms a picture")
    for size, least in ("500x375", 3.5), ("4000x3000", 6):
        folder = pictures_of(bench, size)
        ours = figures("speed", str(folder))
        theirs = None
        if python:
            program = str(CHECKOUT / "Tests/Accuracy/phash.py")
            theirs = float(output(
                [python, program, str(folder)], env={**os.environ, "OMP_NUM_THREADS": "1"}))
        shown = "" if theirs is None else f"{theirs:.3f}"
        print(f"{size:<10} {ours['limit']:10.3f} {ours['hash']:10.3f} {ours['likeness']:10.3f}"
              f" {shown:>12}")
        target(f"hash at {size}, of decoding alone", ours["hash"] / ours["limit"], "<=", 1.15)
        target(f"imagededup at {size}, of our hash", theirs and theirs / ours["hash"], ">=", least)
        if size == "500x375":
            target("all windows, ms beyond decoding", ours["likeness"] - ours["limit"], "<=", 1.2)
    target("all pairs of 5,000, CPU s", figures("pairs", "5000")["pairs"], "<=", 2)


def measure_worker(bench):
    """Prints the CPU and memory of a worker that compares new pictures with 100,000 others."""
    bench.instance.query_file(SCRIPTS / "quality.sql")
    files = sorted((bench.work / "500x375").iterdir())
    # A request of its own: the others have thousands of pictures that were not checked.
    client = bench.customer
    body = {"title": "quality", "classes": ["any"]}
    path = f"/requests/{client.call('POST', '/requests', json=body).json['id']}"
    client.call("POST", path + "/uploads", files=files)
    worker = bench.instance.children("worker")[0]
    before = used(worker)
    client.call("POST", path + "/qc/run")
    if client.wait(path + "/qc", lambda run: run["state"] == "completed", 120) is None:
        raise Failure("quality control did not complete within two minutes")
    figure("  CPU s a picture, with 100,000 to compare", (used(worker) - before) / len(files))
    target("worker with 100,000 pictures, MB at most", memory(worker, "VmHWM"), "<=", 200)


def used(pid):
    """The CPU seconds of one process."""
    return sum(map(int, process_fields(Path(f"/proc/{pid}"))[11:13])) / TICKS
