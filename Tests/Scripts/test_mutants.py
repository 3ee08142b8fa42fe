"""Tests of the list of bugs, and of the program that puts them into a copy of the checkout."""

import contextlib
import io
import os
import re
import tempfile
import unittest
from pathlib import Path

import scripts

mutants = scripts.load("mutants")


def bug(name, **fields):
    """A bug with these fields."""
    return mutants.Mutant(**{
        "name": name, "breaks": "a rule", "file": f"Sources/{name}", "old": "a", "new": "b",
        "tests": (f"Tests.{name}/x",), **fields})


class ListTests(unittest.TestCase):
    def test_every_old_text_is_once_in_its_file(self):
        faults = {one.name: one.fault(scripts.CHECKOUT) for one in mutants.load()}
        self.assertEqual({name: fault for name, fault in faults.items() if fault}, {})

    def test_names_are_different(self):
        names = [one.name for one in mutants.load()]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 80)

    def test_every_test_exists(self):
        texts = {
            folder.name: "\n".join(
                file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.swift")))
            for folder in (scripts.CHECKOUT / "Tests").iterdir() if folder.name.endswith("Tests")}
        for one in mutants.load():
            for test in one.tests:
                if test.endswith(".py"):
                    self.assertTrue((scripts.CHECKOUT / test).is_file(), test)
                    continue
                target, _, path = test.partition(".")
                *suites, function = path.split("/")
                self.assertRegex(texts[target], rf"\bfunc {function}\(", test)
                for suite in suites:
                    self.assertRegex(texts[target], rf"\b(struct|enum) {suite}\b", test)

    def test_every_part_has_bugs(self):
        kinds = {re.split("[./]", one.file.lstrip("."))[0] for one in mutants.load()}
        self.assertEqual(kinds, {"Sources", "sql", "nginx", "dev"})


class BatchTests(unittest.TestCase):
    def test_bugs_of_one_test_are_not_tried_at_once(self):
        one, other = bug("a", tests=("T.A/x", "T.A/y")), bug("b", tests=("T.A/y",))
        self.assertEqual(mutants.batches([one, other, bug("c")], 8), [[one, bug("c")], [other]])

    def test_changes_of_one_text_are_not_tried_at_once(self):
        one, other = bug("a", file="Sources/f", old="abc"), bug("b", file="Sources/f", old="b")
        self.assertEqual(mutants.batches([one, other], 8), [[one], [other]])
        third = bug("b", file="Sources/f", old="x")
        self.assertEqual(len(mutants.batches([one, third], 8)), 1)

    def test_a_wide_bug_is_tried_alone(self):
        wide = bug("a", wide=True)
        self.assertEqual(mutants.batches([wide, bug("b")], 8), [[wide], [bug("b")]])

    def test_what_needs_no_build_is_tried_alone(self):
        one, other = bug("a", file="sql/functions/a.sql"), bug("b", file="sql/functions/b.sql")
        self.assertEqual(mutants.batches([bug("c"), one, other], 8), [[bug("c")], [one], [other]])

    def test_few_bugs_are_tried_at_once(self):
        found = mutants.batches([bug(str(number)) for number in range(5)], 2)
        self.assertEqual([len(group) for group in found], [2, 2, 1])


class VerdictTests(unittest.TestCase):
    def test_passing_tests_mean_that_the_bug_survived(self):
        self.assertEqual(
            mutants.verdict(0, "✔ Test run with 1 test in 1 suite passed"), "survived")
        self.assertEqual(mutants.verdict(0, "Ran 5 tests in 0.1s\n\nOK"), "survived")

    def test_failing_tests_catch_it(self):
        text = "✘ Test x() recorded an issue at X.swift:1:1\n✘ Test run with 1 test failed"
        self.assertEqual(mutants.verdict(1, text), "caught")
        self.assertEqual(mutants.verdict(1, "FAIL: test_x (y)\nRan 5 tests in 1s"), "caught")
        self.assertTrue(
            mutants.verdict(1, "error: Exited with unexpected signal code 4").startswith("caught"))
        self.assertTrue(mutants.verdict(124, "").startswith("caught"))

    def test_failing_tests_catch_it_although_their_lines_are_lost(self):
        text = "◇ Test run started.\n↳ Testing Library Version: 6"
        self.assertEqual(mutants.verdict(1, text), "caught")
        for code in (0, 143):
            with self.assertRaises(mutants.Failure):
                mutants.verdict(code, text)

    def test_each_test_of_one_process_has_its_verdict(self):
        text = (
            "✘ Test one() recorded an issue at X.swift:1:1: x\n✔ Test two() passed after 0.1 seconds."
            "\n✘ Test one() failed after 0.2 seconds with 1 issue.\n"
            "✘ Test three(_:) with 2 test cases failed after 1 seconds with 1 issue.\n"
            "◇ Test four() started.\n✘ Test run with 4 tests in 1 suite failed after 3 seconds")
        self.assertEqual(
            mutants.outcomes(text), {"one": "caught", "two": "survived", "three": "caught"})

    def test_tests_that_did_not_run_catch_nothing(self):
        for code, text in (
            (0, "Test run with 0 tests in 0 suites passed"), (0, "Ran 0 tests in 0s"), (0, ""),
            (1, "error: no package")):
            with self.assertRaises(mutants.Failure):
                mutants.verdict(code, text)


class TrialTests(unittest.TestCase):
    def test_a_test_that_fails_without_any_bug_finds_none(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, rule in (("right", "True"), ("wrong", "False")):
                (root / f"test_{name}.py").write_text(
                    "import unittest\nclass T(unittest.TestCase):\n"
                    f"    def test_it(self): self.assertTrue({rule})\n", encoding="utf-8")
            right, wrong = [
                bug(name, tests=(f"./test_{name}.py",)) for name in ("right", "wrong")]
            trial = mutants.Trial(mutants.Checkout(root), 8)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(trial.passing([right, wrong]), [right])
            self.assertEqual(trial.results, {
                "wrong": "not applicable: ./test_wrong.py fails without any bug"})

    def test_what_survives_together_with_others_is_tried_again_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name in ("found", "hidden", "missed"):
                (root / name).write_text("a", encoding="utf-8")
            # The bug `found` hides the bug `hidden`.
            for name, rule in (
                ("found", 'text("found") == "a"'), ("missed", "True"),
                ("hidden", 'text("found") == "b" or text("hidden") == "a"')):
                (root / f"test_{name}.py").write_text(
                    "import unittest, pathlib\n"
                    "text = lambda name: pathlib.Path(name).read_text()\n"
                    "class T(unittest.TestCase):\n"
                    f"    def test_it(self): self.assertTrue({rule})\n", encoding="utf-8")
            trial = mutants.Trial(mutants.Checkout(root), 8)
            with contextlib.redirect_stdout(io.StringIO()):
                trial.try_groups([[
                    bug(name, file=name, tests=(f"./test_{name}.py",))
                    for name in ("found", "hidden", "missed")]])
            self.assertEqual(
                trial.results, {"found": "caught", "hidden": "caught", "missed": "survived"})


class CheckoutTests(unittest.TestCase):
    def test_a_bug_is_put_in_and_the_edition_follows(self):
        with tempfile.TemporaryDirectory() as folder:
            functions = Path(folder) / "sql/functions"
            functions.mkdir(parents=True)
            for name in ("one", "two"):
                (functions / f"{name}.sql").write_text(f"select {name}", encoding="utf-8")
            (functions / "edition").write_text("7 x\n", encoding="utf-8")
            checkout = mutants.Checkout(Path(folder))
            before = checkout.put([bug("a", file="sql/functions/one.sql", old="one", new="1")])
            self.assertEqual((functions / "one.sql").read_text(encoding="utf-8"), "select 1")
            self.assertRegex((functions / "edition").read_text(encoding="utf-8"), r"^7 \w{64}\n$")
            self.assertEqual(before, {
                functions / "one.sql": "select one", functions / "edition": "7 x\n"})

    def test_a_changed_header_compiles_what_imports_it(self):
        with tempfile.TemporaryDirectory() as folder:
            sources = Path(folder) / "Sources"
            for name, text in (
                ("CX/x.h", "a"), ("One/A.swift", "import Glibc\ninternal import CX\n"),
                ("One/B.swift", "internal import CXY\n")):
                (sources / name).parent.mkdir(parents=True, exist_ok=True)
                (sources / name).write_text(text, encoding="utf-8")
            swift = [sources / "One/A.swift", sources / "One/B.swift"]
            checkout = mutants.Checkout(Path(folder))
            before = {}
            for change in (
                lambda: before.update(checkout.put([bug("a", file="Sources/CX/x.h")])),
                lambda: checkout.restore(before)):
                for file in swift:
                    os.utime(file, (0, 0))
                change()
                self.assertEqual([file.stat().st_mtime > 0 for file in swift], [True, False])

    def test_the_edition_is_that_of_the_release(self):
        edition = scripts.CHECKOUT / "sql/functions/edition"
        text = edition.read_text(encoding="utf-8")
        self.assertEqual(mutants.Checkout(scripts.CHECKOUT).edition(text), text)
