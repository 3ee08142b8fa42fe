"""Finds and loads the Python scripts of .dev/ for their tests."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / ".dev"), str(CHECKOUT / ".dev/bench.d")]


def load(name):
    """A script of .dev/ as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(CHECKOUT / ".dev" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def python_files():
    """The Python files of the checkout's scripts and tests."""
    files = [file for folder in (".dev", "Tests") for file in (CHECKOUT / folder).rglob("*")]
    return [file for file in files if file.is_file() and is_python(file)]


def is_python(file):
    """Whether a file is Python, by its name or its first line."""
    if file.suffix:
        return file.suffix == ".py"
    with open(file, "rb") as opened:
        return b"python3" in opened.readline(100)
