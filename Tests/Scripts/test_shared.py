"""Tests of what the Python scripts of .dev/ share."""

import struct
import tempfile
import unittest
from pathlib import Path

import scripts

from shared import client, pictures, terminal


class PictureTests(unittest.TestCase):
    def test_size_of_png(self):
        data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480)
        self.assertEqual(pictures.measure(data), (640, 480))

    def test_size_of_jpeg_behind_other_segments(self):
        self.assertEqual(pictures.measure(jpeg(640, 480)), (640, 480))

    def test_declared_jpeg_keeps_its_size(self):
        declared = pictures.declare_generated(jpeg(640, 480))
        self.assertIn(b"trainedAlgorithmicMedia", declared)
        self.assertEqual(pictures.measure(declared), (640, 480))

    def test_noise_is_a_picture_that_its_seed_decides(self):
        self.assertEqual(pictures.measure(pictures.noise(1)), (96, 64))
        self.assertEqual(pictures.noise(1), pictures.noise(1))
        self.assertNotEqual(pictures.noise(1), pictures.noise(2))

    def test_no_picture_has_no_size(self):
        for data in (b"", b"text", b"\x89PNG", jpeg(640, 480)[:8]):
            self.assertEqual(pictures.measure(data), (0, 0))


class FormTests(unittest.TestCase):
    def test_length_is_that_of_the_body(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ('a "b".jpg', "ä.txt")]
            files[0].write_bytes(b"x" * 100)
            files[1].write_bytes(b"y" * (3 << 20))
            body = b"".join(client.form(files))
            self.assertEqual(client.form_length(files), len(body))
        self.assertIn(b'filename="a %22b%22.jpg"', body)
        self.assertEqual(body.count(client.BOUNDARY.encode()), 3)


class TableTests(unittest.TestCase):
    def test_columns_are_as_wide_as_their_longest_text(self):
        lines = terminal.table_lines([["a", "b"], ["long", "c"], ["x", "d"]])
        self.assertEqual(lines, ["a     b", "long  c", "x     d"])

    def test_control_characters_do_not_reach_the_terminal(self):
        self.assertEqual(terminal.printable("a\033[2J\n"), "a?[2J?")

    def test_long_text_is_cut(self):
        self.assertEqual(len(terminal.printable("x" * 100)), terminal.LONGEST)


class DemoTests(unittest.TestCase):
    def test_labels_follow_the_size(self):
        demo = scripts.load("demo")
        self.assertEqual(demo.labels_of(jpeg(640, 480)), ["wide"])
        self.assertEqual(demo.labels_of(jpeg(480, 640)), ["tall"])
        self.assertEqual(demo.labels_of(jpeg(4000, 4000)), ["square", "large"])

    def test_batches_stay_below_the_largest_request(self):
        demo = scripts.load("demo")
        demo.BATCH_LIMIT = 250
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / str(number) for number in range(5)]
            for file in files:
                file.write_bytes(b"x" * 100)
            self.assertEqual([len(batch) for batch in demo.batches(files)], [2, 2, 1])


class ScriptTests(unittest.TestCase):
    def test_every_python_script_compiles(self):
        found = scripts.python_files()
        self.assertIn(scripts.CHECKOUT / ".dev/demo", found)
        for file in found:
            compile(file.read_text(encoding="utf-8"), str(file), "exec")


def jpeg(width, height):
    """The beginning of a JPEG: a comment, a Huffman table, the frame."""
    comment = b"\xff\xfe\0\4ab"
    table = b"\xff\xc4\0\3x"
    frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
    return b"\xff\xd8" + comment + table + frame
