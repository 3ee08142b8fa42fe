"""The parts of the bench, a module each.

A part has some of these functions, each with the Bench as its first argument:

    prepare(bench)        once, before the first round
    measure(bench, round) a round: adds rows to the table; round 0 warms up, its rows are dropped
    finish(bench)         once, after all rounds of all parts; for what has no rounds
    report(bench)         prints figures and targets below the table
"""

import importlib

# In the order in which they run. A new part is a file here and its name in this list.
NAMES = [
    "floor", "access", "login", "list", "show", "labels", "serve", "put", "upload", "spawn",
    "quality", "life", "crowd", "consensus",
]


def load(name):
    """The module of a part."""
    return importlib.import_module(f"parts.{name}")
