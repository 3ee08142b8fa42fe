"""A fit of 100,000 answers by Dawid and Skene's algorithm on one core, beside crowd-kit's.

crowd-kit is compared where Python can install it. The answers are of 500 people, who are right in
55 to 95 of 100 cases, to 20,000 items of 5 classes.
"""

import os
import random
import statistics
import subprocess
import sys
import venv

from measure import SCRIPTS
from parts.quality import ACCURACY
from shared.instance import CHECKOUT, Failure, output
from table import figure, target

CROWD_KIT = CHECKOUT / ".build/crowd-kit"
ITEMS, PEOPLE, CLASSES, EACH, ROUNDS = 20_000, 500, 5, 5, 3


def report(bench):
    # Always built: one of other sources than those of ASSAY_BIN would measure something else.
    subprocess.run(
        ["timeout", "1200", "swift", "build", "-c", "release", "--product", "Accuracy"],
        cwd=CHECKOUT, stdout=sys.stderr, check=True)
    file = bench.lines("votes.csv", votes())
    python = python_with_crowd_kit()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(fit(file))
        if python:
            theirs.append(crowd_kit(python, file))
    figure("consensus: fit of 100,000 answers, CPU s", statistics.median(ours), 3)
    if theirs:
        figure("  crowd-kit, CPU s", statistics.median(theirs), 3)
        target("  of crowd-kit", statistics.median(ours) / statistics.median(theirs), "<=", 0.25)


def votes(seed=1):
    """Lines of item, person and class; the same for the same seed."""
    chance = random.Random(seed)
    for item in range(ITEMS):
        truth = chance.randrange(CLASSES)
        for person in chance.sample(range(PEOPLE), EACH):
            is_right = chance.random() < 0.55 + 0.4 * person / PEOPLE
            yield f"{item},{person},{truth if is_right else chance.randrange(CLASSES)}"


def fit(file):
    """The CPU seconds of our fit."""
    lines = output([ACCURACY, "votes", file]).splitlines()
    words = next(line.split() for line in lines if line.startswith("dawid-skene seconds"))
    return float(words[2])


def crowd_kit(python, file):
    """The CPU seconds of crowd-kit's fit with 100 rounds at most."""
    program = str(SCRIPTS / "crowd_kit.py")
    return float(output([python, program, file], env={
        **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}))


def python_with_crowd_kit():
    """A Python with crowd-kit; None where it cannot be installed."""
    python = str(CROWD_KIT / "bin/python")
    try:
        if not os.access(python, os.X_OK):
            venv.create(CROWD_KIT, with_pip=True)
        if subprocess.run(
                [python, "-c", "import crowdkit"], capture_output=True, check=False).returncode:
            output([python, "-m", "pip", "-q", "install", "crowd-kit==1.4.2"])
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        print(f"no crowd-kit, not compared: {error}")
        return None
    return python
