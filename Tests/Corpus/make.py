"""Writes the corpus into a folder: awkward images made from nothing, and verdicts.tsv.

Each line of it names a file and either its upright width and height, or words of the reason for
which it is refused, or both, when both may be. The ideas are those of the public suites (PngSuite, bmpsuite, libtiff's
pictures, EXIF orientation samples) and of fuzzers' finds; no byte is theirs.
"""

import os
import sys

import corpus
import jpeg
import png
import small
import tiff

for make in (png.kinds, png.oddities, png.bombs, jpeg.kinds, jpeg.oddities, small.gif, small.webp, small.bmps,
             small.none, tiff.kinds, tiff.oddities):
    make()
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name, (data, _) in corpus.files.items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)
with open(os.path.join(folder, "verdicts.tsv"), "w") as table:
    for name, (_, verdict) in corpus.files.items():
        table.write(f"{name}\t{verdict}\n")
