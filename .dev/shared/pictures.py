"""Sizes of pictures, copies that customers send besides, and pictures of noise."""

import random
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

# A start of frame holds the size; the others of C0 to CF are tables.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
GENERATED = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    " Iptc4xmpExt:DigitalSourceType="
    '"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
    "</rdf:RDF></x:xmpmeta>"
)


def measure(data):
    """Width and height of a JPEG or PNG; (0, 0) when they are not found."""
    if data[:4] == b"\x89PNG" and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    at = 2
    # A segment: FF, its kind, its length.
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data):
        if data[at + 1] in FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return 0, 0


def declare_generated(jpeg):
    """The JPEG with the IPTC's term for a generated picture, as XMP behind its first two bytes."""
    packet = b"http://ns.adobe.com/xap/1.0/\0" + GENERATED.encode()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + jpeg[2:]


def resize(source, target, size=1000):
    """Writes a smaller JPEG with the program that is installed; false when there is none."""
    return write(
        target, ["vips", "thumbnail", str(source), f"{target}[Q=80]", str(size)],
        ["convert", str(source), "-resize", f"{size}x{size}", "-quality", "80", str(target)])


def crop(source, target, width, height):
    """Writes the middle of a picture as a JPEG of a size; false when no program can."""
    size = f"{width}x{height}"
    return write(
        target,
        ["vips", "thumbnail", str(source), f"{target}[Q=80]", str(width), "--height", str(height),
         "--crop", "centre"],
        ["convert", str(source), "-resize", f"{size}^", "-gravity", "center", "-extent", size,
         str(target)])


def write(target, by_vips, by_convert):
    """Runs the command whose program is installed; true when it wrote the target."""
    command = by_vips if shutil.which("vips") else by_convert
    if not shutil.which(command[0]):
        return False
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return True
    Path(target).unlink(missing_ok=True)
    return False


def noise(seed):
    """A small PNG of random colours, the same for the same seed."""
    draw = random.Random(seed)
    width, height = 96, 64
    rows = b"".join(b"\0" + draw.randbytes(3 * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)
