"""The CPU time of a picture's life: SHA-256, verification, inspection and two previews.

usage: life.py ACCURACY PHOTOS FOLDER

ACCURACY is the program of Tests/Accuracy; PHOTOS holds JPEG files; pictures of 1 and 12 megapixels
are made of them in FOLDER. Beside ours, in turns, stand what a Python service would do with Pillow
and imagehash: decode all of the file, SHA-256, a perceptual hash, and thumbnails of 1,280 and 320
pixels, the small one from the large one, as WebP (method 2) or as JPEG. "draft" decodes a JPEG
file at a fraction of its size, after which nothing is known of its last pixels' colours; it is
shown and not compared. Prints the medians over photographs and rounds.
"""

import hashlib
import os
import statistics
import subprocess
import sys
import time
import venv

# copy.py beside this would stand before Python's own.
sys.path.pop(0)

ROUNDS = 5
PICTURES = 3
SIZES = {"1 MP": (1152, 864), "12 MP": (4000, 3000)}
KINDS = {
    "JPEG": ("jpg", {"quality": 88}),
    "PNG": ("png", {"compress_level": 6}),
    "WebP": ("webp", {"quality": 85, "method": 2}),
    "TIFF": ("tif", {"compression": "tiff_lzw"}),
}
GOALS = {  # of one request, beside Python: size, stack, at most
    ("1 MP", "webp"): 0.35,
    ("12 MP", "webp"): 0.3,
    ("1 MP", "jpeg"): 0.75,
}


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


def pictures(photos, folder):
    """Paths of the pictures made of the photographs, by size and kind."""
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    names = sorted(name for name in os.listdir(photos) if name.lower().endswith(".jpg"))
    made = {}
    for number, name in enumerate(names[:PICTURES]):
        photo = Image.open(os.path.join(photos, name)).convert("RGB")
        for size, sides in SIZES.items():
            scaled = photo.resize(sides, Image.LANCZOS)
            for kind, (suffix, options) in KINDS.items():
                path = os.path.join(folder, f"{size[:-3]}-{number}.{suffix}")
                scaled.save(path, **options)
                made.setdefault((size, kind), []).append(path)
    return made


def stack(path, output, draft=False):
    """What a Python service would do with a picture."""
    import io

    import imagehash
    from PIL import Image, ImageOps

    with open(path, "rb") as file:
        data = file.read()
    hashlib.sha256(data).digest()
    picture = Image.open(io.BytesIO(data))
    if draft:
        picture.draft("RGB", (1280, 1280))
    picture.load()
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    imagehash.phash(picture)
    for side, quality in ((1280, 80), (320, 85)):
        picture.thumbnail((side, side))
        target = io.BytesIO()
        if output == "webp":
            picture.save(target, "WEBP", quality=80, method=2)
        else:
            picture.save(target, "JPEG", quality=quality)


def milliseconds(work):
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def ours(accuracy, path):
    shown = subprocess.run([accuracy, "life", path], check=True, capture_output=True, text=True)
    return dict((line.split()[0], float(line.split()[1])) for line in shown.stdout.splitlines())


def measure(accuracy, path, times):
    for name, spent in ours(accuracy, path).items():
        times.setdefault(name, []).append(spent)
    for name, work in {
        "webp": lambda: stack(path, "webp"),
        "jpeg": lambda: stack(path, "jpeg"),
        "draft": lambda: stack(path, "jpeg", draft=True),
    }.items():
        times.setdefault(name, []).append(milliseconds(work))


def main():
    accuracy, photos, folder = sys.argv[1:4]
    made = pictures(photos, folder)
    stack(made["1 MP", "JPEG"][0], "webp")  # imports
    print(f"{'CPU ms a picture':16} {'one request':>11} {'three':>8} "
          f"{'Python, WebP':>13} {'JPEG':>8} {'draft':>8} {'of WebP':>8} {'of JPEG':>8}")
    for (size, kind), paths in made.items():
        times = {}
        for _ in range(ROUNDS):
            for path in paths:
                measure(accuracy, path, times)
        spent = {name: statistics.median(values) for name, values in times.items()}
        of_webp, of_jpeg = (spent["one"] / spent[name] for name in ("webp", "jpeg"))
        draft = f"{spent['draft']:8.1f}" if kind == "JPEG" else " " * 8
        print(f"{size + ' ' + kind:16} {spent['one']:11.1f} {spent['three']:8.1f} "
              f"{spent['webp']:13.1f} {spent['jpeg']:8.1f} {draft} {of_webp:8.2f} {of_jpeg:8.2f}")
        for output, ratio in (("webp", of_webp), ("jpeg", of_jpeg)):
            goal = GOALS.get((size, output))
            if goal:
                print(f"  of the stack with {output} thumbnails {ratio:.2f} <= {goal} "
                      f"{'ok' if ratio <= goal else 'MISSED'}")


if __name__ == "__main__":
    if not os.environ.get("LIFE"):
        own_python()
    main()
