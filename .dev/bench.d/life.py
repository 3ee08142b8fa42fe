"""The CPU time of a picture's life in a Python service, and that of the decoder alone.

usage: life.py make PHOTOS FOLDER
       life.py measure ACCURACY FILE…

`make` writes pictures of 1 and 12 megapixels to FOLDER, made of the photographs in PHOTOS, no two
alike. `measure` prints the median CPU milliseconds of the files as JSON.

The Python stacks do what such a service does with Pillow and imagehash: SHA-256, decode all of the
file, a perceptual hash, and thumbnails of 1,280 and 320 pixels, the small one from the large one,
as WebP (method 2) or as JPEG. They are measured twice: "bare", and as a "service" by Werkzeug,
which receives the file in a form and stores it, without TLS and without a database. "draft"
decodes a JPEG file at a fraction of its size, after which nothing is known of its last pixels'
colours. "decoder" is one request to our decoder, by ACCURACY, the program of Tests/Accuracy.
"""

import hashlib
import io
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
import venv

# copy.py beside this would stand before Python's own.
sys.path.pop(0)

# The pixels of a size, and how many pictures of each kind are made.
SIZES = {"1 MP": (1152, 864, 72), "12 MP": (4000, 3000, 24)}
KINDS = {
    "JPEG": ("jpg", {"quality": 88}),
    "PNG": ("png", {"compress_level": 6}),
    "WebP": ("webp", {"quality": 85, "method": 2}),
    "TIFF": ("tif", {"compression": "tiff_lzw"}),
}
STACKS = ("webp", "jpeg", "draft")


def own_python():
    """Runs this script again in a Python that has Pillow and imagehash."""
    folder = os.path.join(os.path.dirname(__file__), "..", "..", ".build", "life")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        venv.create(folder, with_pip=True)
        packages = ["pillow>=10.1", "imagehash", "numpy", "werkzeug"]
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LIFE="1")
    os.execve(python, [python, *sys.argv], environment)


def make(photos, folder):
    """Writes the pictures: SIZE-KIND-NUMBER.SUFFIX."""
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    names = sorted(name for name in os.listdir(photos) if name.lower().endswith(".jpg"))
    for size, (width, height, count) in SIZES.items():
        for number in range(count):
            photo = Image.open(os.path.join(photos, names[number % len(names)])).convert("RGB")
            # Another part of the photograph each time.
            left = 2 * (number // len(names)) + number % 2
            photo = photo.crop((left, left, photo.width, photo.height))
            scaled = photo.resize((width, height), Image.LANCZOS)
            for kind, (suffix, options) in KINDS.items():
                name = f"{size}-{kind}-{number:02}.{suffix}"
                scaled.save(os.path.join(folder, name), **options)


def stack(data, name):
    """What a Python service does with the bytes of a picture; returns the thumbnails."""
    import imagehash
    from PIL import Image, ImageOps

    hashlib.sha256(data).digest()
    picture = Image.open(io.BytesIO(data))
    if name == "draft":
        picture.draft("RGB", (1280, 1280))
    picture.load()
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    imagehash.phash(picture)
    thumbnails = []
    for side, quality in ((1280, 80), (320, 85)):
        picture.thumbnail((side, side))
        target = io.BytesIO()
        if name == "webp":
            picture.save(target, "WEBP", quality=80, method=2)
        else:
            picture.save(target, "JPEG", quality=quality)
        thumbnails.append(target.getvalue())
    return thumbnails


def milliseconds(work):
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


class Service:
    """The Python stacks as an HTTP service, in a process of its own."""

    def __enter__(self):
        ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=self._serve, args=(theirs,), daemon=True)
        self._process.start()
        self._port = ours.recv()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.join()

    def milliseconds(self, path, name):
        """The CPU that the service spends on a form with a file, after its headers."""
        boundary = uuid.uuid4().hex
        with open(path, "rb") as file:
            data = file.read()
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n")
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        url = f"http://127.0.0.1:{self._port}/{name}"
        request = urllib.request.Request(url, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return float(answer.read())

    @staticmethod
    def _serve(pipe):
        from werkzeug.serving import WSGIRequestHandler, make_server
        from werkzeug.wrappers import Request, Response

        class Silent(WSGIRequestHandler):
            def log(self, *_):
                pass

        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            @Request.application
            def application(request):
                def work():
                    data = request.files["file"].read()
                    files = [data, *stack(data, request.path[1:])]
                    for number, content in enumerate(files):
                        with open(os.path.join(folder, str(number)), "wb") as file:
                            file.write(content)
                            file.flush()
                            os.fsync(file.fileno())
                return Response(str(milliseconds(work)))

            server = make_server("127.0.0.1", 0, application, request_handler=Silent)
            pipe.send(server.port)
            server.serve_forever()


def decoder(accuracy, path):
    return float(subprocess.check_output([accuracy, "life", path], text=True))


def measure(accuracy, paths):
    """The medians over the files, by what was measured."""
    times = {}
    with Service() as service:
        for name in STACKS:  # imports
            service.milliseconds(paths[0], name)
            with open(paths[0], "rb") as file:
                stack(file.read(), name)
        for path in paths:
            times.setdefault("decoder", []).append(decoder(accuracy, path))
            with open(path, "rb") as file:
                data = file.read()
            for name in STACKS:
                bare = milliseconds(lambda: stack(data, name))
                times.setdefault(f"bare {name}", []).append(bare)
                whole = service.milliseconds(path, name)
                times.setdefault(f"service {name}", []).append(whole)
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
