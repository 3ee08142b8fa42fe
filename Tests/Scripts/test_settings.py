"""Tests of the settings that .dev/up passes on to the service."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from scripts import CHECKOUT

SCRIPT = """
set -euo pipefail
. .dev/pool.sh
state=$0 sockets=/sockets
write_settings
"""


def written(**variables):
    """The names that the instance's settings have with these variables."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["bash", "-c", SCRIPT, folder], cwd=CHECKOUT, check=True,
            env={"PATH": os.environ["PATH"], **variables})
        text = (Path(folder) / "assay.env").read_text(encoding="utf-8")
    return set(re.findall("^(ASSAY_[A-Z0-9_]+)=", text, re.M))


class SettingTests(unittest.TestCase):
    def test_every_setting_is_passed_on(self):
        source = (CHECKOUT / "Sources/Site/SettingNames.swift").read_text(encoding="utf-8")
        names = set(re.findall('"(ASSAY_[A-Z0-9_]+)"', source))
        self.assertGreater(len(names), 30)
        self.assertEqual(written(**{name: "1" for name in names}), names)

    def test_a_wrong_name_is_passed_on(self):
        """The service refuses it."""
        self.assertIn("ASSAY_TREADS", written(ASSAY_TREADS="4"))

    def test_variables_of_the_scripts_are_kept_back(self):
        names = [
            "ASSAY_RUN", "ASSAY_BIN", "ASSAY_PORT", "ASSAY_PLAIN_PORT", "ASSAY_PROCESSES",
            "ASSAY_WORKERS", "ASSAY_URL", "ASSAY_CUSTOMER_PASSWORD", "ASSAY_TEST_SEED",
            "ASSAY_GOLDEN"]
        self.assertEqual(written(**{name: "1" for name in names}), written())


if __name__ == "__main__":
    unittest.main()
