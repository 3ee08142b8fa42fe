"""The CPU time of a picture's life in a Python service, and that of the decoder alone.

usage: life.py make PHOTOS FOLDER
       life.py measure ACCURACY FILE…

`make` writes pictures of 1 and 12 megapixels to FOLDER: parts of the photographs in PHOTOS. No two
of a size and kind show the same part, because pictures that are alike cost a closer comparison.
`measure` prints the median CPU milliseconds of the files as JSON.

The Python stacks do what such a service does with Pillow and imagehash: read the file, SHA-256,
decode all of it, a perceptual hash, and thumbnails of 1,280 and 320 pixels, the small one from the
large one, as WebP (method 2) or as JPEG. They receive and store nothing. "draft" decodes a JPEG
file at a fraction of its size, after which nothing is known of its last pixels' colours; it is
shown and not compared. "decoder" is one request to our decoder, by ACCURACY, the program of
Tests/Accuracy.
"""

import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
import venv

# copy.py beside this would stand before Python's own.
sys.path.pop(0)

# The pixels of a size, how many pictures of each kind are made, and the parts of a photograph,
# beside and below each other.
SIZES = {"1 MP": (1152, 864, 72, 3, 2), "12 MP": (4000, 3000, 45, 2, 2)}
KINDS = {
    "JPEG": ("jpg", {"quality": 88}),
    "PNG": ("png", {"compress_level": 6}),
    "WebP": ("webp", {"quality": 85, "method": 2}),
    "TIFF": ("tif", {"compression": "tiff_lzw", "tiffinfo": {317: 2}}),  # differences of pixels
}
STACKS = ("webp", "jpeg", "draft")


def own_python():
    """Runs this script again in a Python that has Pillow and imagehash."""
    folder = os.path.join(os.path.dirname(__file__), "..", "..", ".build", "life")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        venv.create(folder, with_pip=True)
        packages = ["pillow>=10.1", "imagehash", "numpy"]
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LIFE="1")
    os.execve(python, [python, *sys.argv], environment)


def make(photos, folder):
    """Writes the pictures: SIZE-KIND-NUMBER.SUFFIX."""
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    names = sorted(name for name in os.listdir(photos) if name.lower().endswith(".jpg"))
    for size, (width, height, count, columns, rows) in SIZES.items():
        for number in range(count):
            photo = Image.open(os.path.join(photos, names[number % len(names)])).convert("RGB")
            row, column = divmod(number // len(names), columns)
            box = (photo.width * column // columns, photo.height * row // rows,
                   photo.width * (column + 1) // columns, photo.height * (row + 1) // rows)
            scaled = photo.resize((width, height), Image.LANCZOS, box)
            for kind, (suffix, options) in KINDS.items():
                name = f"{size}-{kind}-{number:02}.{suffix}"
                scaled.save(os.path.join(folder, name), **options)


def stack(path, name):
    """Does the work of a Python service for a picture."""
    import imagehash
    from PIL import Image, ImageOps

    with open(path, "rb") as file:
        data = file.read()
    hashlib.sha256(data).digest()
    picture = Image.open(io.BytesIO(data))
    if name == "draft":
        picture.draft("RGB", (1280, 1280))
    picture.load()
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    imagehash.phash(picture)
    for side, quality in ((1280, 80), (320, 85)):
        picture.thumbnail((side, side))
        target = io.BytesIO()
        if name == "webp":
            picture.save(target, "WEBP", quality=80, method=2)
        else:
            picture.save(target, "JPEG", quality=quality)


def milliseconds(work):
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def decoder(accuracy, path):
    quiet = dict(os.environ, VIPS_WARNING="0")
    return float(subprocess.check_output([accuracy, "life", path], text=True, env=quiet))


def measure(accuracy, paths):
    """The medians over the files, by what was measured."""
    stack(paths[0], "webp")  # imports
    times = {}
    for path in paths:
        times.setdefault("decoder", []).append(decoder(accuracy, path))
        for name in STACKS:
            times.setdefault(name, []).append(milliseconds(lambda: stack(path, name)))
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    task, *rest = sys.argv[1:]
    if task == "make":
        make(*rest)
    else:
        print(json.dumps(measure(rest[0], rest[1:])))


if __name__ == "__main__":
    if not os.environ.get("LIFE"):
        own_python()
    main()
