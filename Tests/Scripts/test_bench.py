"""Tests of the bench: its table, its parts, and how it reads PostgreSQL's log."""

import contextlib
import io
import tempfile
import types
import unittest
import unittest.mock
from pathlib import Path

import scripts

import parts
import statements
import table

LOG = """\
2026-11-30 09:03:23.378 UTC [5105] assay_app LOG:  execute s3: select admit($1, $2, $3::role, $4)
2026-11-30 09:03:23.378 UTC [5105] assay_app DETAIL:  parameters: $1 = '{new}', $2 = '{known}', \
$3 = 'labeler', $4 = NULL
2026-11-30 09:03:23.378 UTC [5200] assay_worker LOG:  execute s1: select 1
2026-11-30 09:03:23.378 UTC [5105] assay_app LOG:  execute s15: insert into note
\tvalues ($1, $2, $3)
2026-11-30 09:03:23.378 UTC [5105] assay_app DETAIL:  parameters: $1 = '{new}', $2 = '{known}', \
$3 = 'it''s
\ttwo lines'
2026-11-30 09:03:23.773 UTC [4783]  LOG:  received SIGHUP, reloading configuration files
""".format(new="01a22bb1-ce5b-781f-b202-72350d7cda2f", known="00000000-0000-0000-0000-000000000007")


def row(rate, errors=0, name="a"):
    """A row with a rate."""
    return table.Row(name, rate, 1, 2, 3, 4, 5, errors)


class TableTests(unittest.TestCase):
    def test_median_is_a_whole_round_with_all_errors(self):
        rows = table.Table()
        for rate, errors in (30, 1), (10, 0), (20, 2):
            rows.add(row(rate, errors))
        self.assertEqual(rows.median("a"), row(20, 3))

    def test_ratio_needs_both_rows(self):
        rows = table.Table()
        rows.add(row(30))
        self.assertIsNone(rows.ratio("a", "b"))
        rows.add(row(10, name="b"))
        self.assertEqual(rows.ratio("a", "b"), 3)

    def test_missed_target_says_so(self):
        self.assertIn("ok", printed(table.target, "x", 0.5, ">=", 0.5))
        self.assertIn("MISSED", printed(table.target, "x", 0.4, ">=", 0.5))
        self.assertIn("MISSED", printed(table.target, "x", 0.6, "<=", 0.5))
        self.assertEqual(printed(table.target, "x", None, "<=", 0.5), "")

    def test_columns_of_head_and_rows_end_alike(self):
        rows = table.Table()
        rows.add(row(30))
        self.assertEqual(len({len(line) for line in list(rows.lines())[1:]}), 1)


class StatementTests(unittest.TestCase):
    def test_log_gives_the_statements_of_one_user(self):
        found = statements.parse(LOG, "assay_app")
        self.assertEqual([statement.text for statement in found], [
            "select admit($1, $2, $3::role, $4)", "insert into note\nvalues ($1, $2, $3)"])
        self.assertIsNone(found[0].parameters[4])
        self.assertEqual(found[1].parameters[3], "it's\ntwo lines")

    def test_values_become_ids_variables_and_nulls(self):
        with tempfile.TemporaryDirectory() as folder:
            script = statements.script(
                types.SimpleNamespace(work=Path(folder)), "x.sql",
                statements.parse(LOG, "assay_app"), ["account 7"],
                {"00000000-0000-0000-0000-000000000007": "account"})
            text = script.file.read_text(encoding="utf-8")
        self.assertEqual(text, (
            "\\set account 7\n"
            "select admit(lpad(:session, 32, '0')::uuid, lpad(:account, 32, '0')::uuid,"
            " :v0_3::role, null);\n"
            "insert into note\nvalues (uuid_v7(), lpad(:account, 32, '0')::uuid, :v1_3);\n"))
        self.assertEqual(script.variables, {"v0_3": "labeler", "v1_3": "it's\ntwo lines"})


class PartTests(unittest.TestCase):
    def test_every_file_is_a_part_that_measures(self):
        files = {file.stem for file in Path(parts.__file__).parent.glob("*.py")} - {"__init__"}
        self.assertEqual(files, set(parts.NAMES))
        for name in parts.NAMES:
            part = parts.load(name)
            self.assertTrue(part.__doc__)
            self.assertTrue({"measure", "finish", "report"} & set(vars(part)), name)

    def test_unknown_part_is_refused(self):
        bench = scripts.load("bench")
        with unittest.mock.patch("sys.argv", ["bench", "--only", "list,nonsense"]):
            self.assertIn("no part is named nonsense", printed(bench.arguments))


def printed(function, *arguments):
    """What a function prints; a program's exit ends only the function."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        with contextlib.suppress(SystemExit):
            function(*arguments)
    return text.getvalue()
