"""The CPU of a picture's whole life, beside Python stacks: `life.py` in this folder's parent."""

import subprocess
import sys

from measure import SCRIPTS
from shared.instance import CHECKOUT


def report(bench):
    # Always built: one of other sources than those of ASSAY_BIN would measure something else.
    subprocess.run(
        ["timeout", "1200", "swift", "build", "-c", "release", "--product", "Accuracy"],
        cwd=CHECKOUT, stdout=sys.stderr, check=True)
    photos = bench.instance.script("photos").strip()
    sys.stdout.flush()
    subprocess.run(
        ["python3", str(SCRIPTS / "life.py"), str(CHECKOUT / ".build/release/Accuracy"),
         photos, str(bench.work / "life")], check=True)
