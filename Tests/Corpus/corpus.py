"""The files of the corpus, each with its verdict."""

import random
import struct

# Width and height: different, and not multiples of a block.
W, H = 37, 23
DAMAGED = "truncated or damaged"
NOT_ONE = "is not a"
KIND = "is not supported"
TOO_MANY = "at most 100 megapixels"

noise = random.Random(1)
files = {}


def accept(name, data, width=W, height=H):
    """A file that must be taken, with its size when upright."""
    put(name, data, f"{width}\t{height}")


def refuse(name, data, reason=DAMAGED):
    """A file that must be refused, with words of the reason."""
    put(name, data, reason)


def either(name, data):
    """A file that one library takes and another refuses as damaged: PNG is decoded by libpng on
    Debian 12 and by libspng on Debian 13."""
    put(name, data, f"{W}\t{H}\t{DAMAGED}")


def put(name, data, verdict):
    assert name not in files and all(data != other for other, _ in files.values()), name
    files[name] = (data, verdict)


def exif(orientation, order="<", kind=3, tag=0x112):
    """An EXIF block whose one entry is the orientation."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + "HH", orientation, 0)
    if kind == 4:
        value = struct.pack(order + "I", orientation)
    entry = struct.pack(order + "HHI", tag, kind, 1) + value
    return mark + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0)


def upright(orientation):
    """The corpus's size when a file says that it lies that way."""
    return (H, W) if 5 <= orientation <= 8 else (W, H)
