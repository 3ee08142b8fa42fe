"""Tests that the fuzz script still finds the sources of its targets."""

import unittest

import scripts


class FuzzTests(unittest.TestCase):
    def test_every_fuzz_file_is_a_target(self):
        fuzz = scripts.load("fuzz")
        folder = scripts.CHECKOUT / "Tests/Fuzz"
        files = {file.stem.removesuffix("Fuzz") for file in folder.glob("*Fuzz.*")}
        self.assertEqual({target.name for target in fuzz.targets()}, files)

    def test_missing_sources_are_named(self):
        fuzz = scripts.load("fuzz")
        with self.assertRaisesRegex(fuzz.Failure, "HTTP/Nonsense"):
            fuzz.find("HTTP/Nonsense*.swift")
