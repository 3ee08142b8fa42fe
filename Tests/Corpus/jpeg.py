"""JPEG: pictures of flat blocks in every coding, and segments that lie."""

import struct

from corpus import DAMAGED, H, KIND, NOT_ONE, TOO_MANY, W, accept, exif, noise, refuse, upright

END = b"\xff\xd9"


class Bits:
    """Bits of a scan, with a zero behind each 0xff."""

    def __init__(self):
        self.text = []

    def put(self, value, count):
        self.text.append(format(value, f"0{count}b") if count else "")

    def bytes(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        return bytes(int(text[at:at + 8], 2) for at in range(0, len(text), 8)).replace(b"\xff", b"\xff\0")


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def tables():
    quantities = segment(0xdb, b"\0" + b"\x08" * 64)
    # Sizes 0 to 11 of a difference, four bits each; the end of a block, one bit.
    differences = segment(0xc4, b"\0" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12)))
    return quantities + differences + segment(0xc4, b"\x10" + bytes([1] + [0] * 15) + b"\0")


def scan(count, alternating, restart=0):
    """The blocks' differences, each small, and back."""
    parts, bits, sign = [], Bits(), 1
    for block in range(count):
        if restart and block and block % restart == 0:
            parts.append(bits.bytes() + bytes([0xff, 0xd0 + (block // restart - 1) % 8]))
            bits, sign = Bits(), 1
        value = noise.choice((0, 1))
        bits.put(value, 4)
        if value:
            bits.put(1 if sign > 0 else 0, 1)
            sign = -sign
        if alternating:
            bits.put(0, 1)
    return b"".join(parts) + bits.bytes()


def jpeg(width=W, height=H, parts=((1, 1),) * 3, frame=0xc0, precision=8, restart=0, more=b"", said=None,
         start=b"JFIF\0\1\1\0\0\1\0\1\0\0", progressive=False):
    across, down = max(a for a, _ in parts), max(d for _, d in parts)
    blocks = -(-width // (8 * across)) * -(-height // (8 * down)) * sum(a * d for a, d in parts)
    if len(parts) == 1:
        blocks = -(-width // 8) * -(-height // 8)
    components = b"".join(bytes([n + 1, a << 4 | d, 0]) for n, (a, d) in enumerate(parts))
    wide, high = said or (width, height)
    file = b"\xff\xd8" + (segment(0xe0, start) if start else b"") + more + tables()
    file += segment(0xc2 if progressive else frame, struct.pack(">BHHB", precision, high, wide, len(parts)) + components)
    if restart:
        file += segment(0xdd, struct.pack(">H", restart // max(1, sum(a * d for a, d in parts))))
    names = b"".join(bytes([n + 1, 0]) for n in range(len(parts)))
    file += segment(0xda, bytes([len(parts)]) + names + (b"\0\0\0" if progressive else b"\0\x3f\0"))
    return file + scan(blocks, not progressive, restart) + END


def kinds():
    accept("plain.jpg", jpeg())
    accept("gray.jpg", jpeg(parts=((1, 1),)))
    accept("four-colours.jpg", jpeg(parts=((1, 1),) * 4))
    accept("adobe-four.jpg", jpeg(parts=((1, 1),) * 4, start=None, more=segment(0xee, b"Adobe\0\x64\0\0\0\0\2")))
    for parts in (((2, 1), (1, 1), (1, 1)), ((2, 2), (1, 1), (1, 1)), ((1, 2), (1, 1), (1, 1)), ((4, 1), (1, 1), (1, 1)), ((1, 1), (2, 2), (2, 2))):
        name = "-".join(f"{a}{d}" for a, d in parts)
        accept(f"sampled-{name}.jpg", jpeg(parts=parts))
    accept("restarts.jpg", jpeg(restart=3))
    accept("progressive.jpg", jpeg(progressive=True))
    accept("extended.jpg", jpeg(frame=0xc1))
    for width, height in ((1, 1), (8, 8), (65_500, 1), (1, 65_500)):
        accept(f"side-{width}-{height}.jpg", jpeg(width, height), width, height)
    for orientation in range(1, 9):
        for order in "<>":
            block = segment(0xe1, b"Exif\0\0" + exif(orientation, order))
            accept(f"exif-{orientation}-{'little' if order == '<' else 'big'}.jpg", jpeg(more=block), *upright(orientation))
    for name, block in {
        "0": exif(0), "9": exif(9), "empty": b"", "junk": b"junkjunkjunk", "cut": exif(6)[:15],
        "far": b"II*\0\xff\xff\xff\x7f", "many": b"II*\0\x08\0\0\0\xff\xff" + bytes(60_000), "other-tag": exif(6, tag=0x100),
    }.items():
        accept(f"exif-{name}.jpg", jpeg(more=segment(0xe1, b"Exif\0\0" + block)))
    accept("exif-long.jpg", jpeg(more=segment(0xe1, b"Exif\0\0" + exif(6, kind=4))), H, W)
    accept("exif-alone.jpg", jpeg(start=None, more=segment(0xe1, b"Exif\0\0" + exif(6))), H, W)
    accept("exif-first-counts.jpg", jpeg(more=b"".join(segment(0xe1, b"Exif\0\0" + exif(n)) for n in (6, 1))), H, W)


def oddities():
    whole = jpeg(200, 150)
    for percent in (10, 50, 90, 99):
        refuse(f"cut-{percent}.jpg", whole[:len(whole) * percent // 100])
    refuse("end-missing.jpg", jpeg()[:-2])
    accept("end-early.jpg", whole[:len(whole) * 3 // 4] + END, 200, 150)
    accept("end-passed.jpg", jpeg() + noise.randbytes(1000))
    accept("zip.jpg", jpeg() + b"PK\5\6" + bytes(18))
    accept("html.jpg", jpeg(more=segment(0xfe, b"<html><script>alert(1)</script></html>")))
    accept("php.jpg", jpeg(more=segment(0xfe, b"<?php phpinfo(); ?>")))
    accept("pdf.jpg", jpeg(more=segment(0xfe, b"%PDF-1.4\n1 0 obj<<>>endobj")) + b"%%EOF")
    accept("twice.jpg", jpeg() + jpeg())
    accept("comments.jpg", jpeg(more=segment(0xfe, b"hi") * 5_000))
    accept("thumbnail.jpg", jpeg(start=b"JFIF\0\1\2\0\0\1\0\1\x10\x10" + bytes(768)))
    accept("large-profile.jpg", jpeg(more=b"".join(segment(0xe2, b"ICC_PROFILE\0" + bytes([n, 50]) + bytes(65_000)) for n in range(1, 51))))
    accept("broken-profile.jpg", jpeg(more=segment(0xe2, b"ICC_PROFILE\0\5\3" + bytes(100))))
    accept("without-start.jpg", jpeg(start=None))
    accept("broken-start.jpg", jpeg(start=b"JF"))
    accept("filled.jpg", b"\xff\xd8" + b"\xff" * 20 + jpeg()[2:])
    accept("taller.jpg", jpeg(said=(W, H + 50)), W, H + 50)
    refuse("leading.jpg", b"\n" + jpeg(), NOT_ONE)
    refuse("no-height.jpg", jpeg(said=(W, 0)), KIND)
    refuse("no-width.jpg", jpeg(said=(0, H)), KIND)
    refuse("height-later.jpg", jpeg(said=(W, 0))[:-2] + segment(0xdc, struct.pack(">H", H)) + END, KIND)
    refuse("huge.jpg", jpeg(said=(65_500, 65_500)), TOO_MANY)
    for name, frame in (("lossless", 0xc3), ("hierarchical", 0xc5)):
        refuse(f"{name}.jpg", jpeg(frame=frame), KIND)
    refuse("12-bits.jpg", jpeg(precision=12), KIND)
    whole = jpeg()
    refuse("no-tables.jpg", whole.replace(b"\xff\xdb", b"\xff\xfe"))
    refuse("no-frame.jpg", whole.replace(b"\xff\xc0", b"\xff\xfe"))
    refuse("no-scan.jpg", whole[:whole.index(b"\xff\xda")] + END)
    refuse("only-marks.jpg", b"\xff\xd8\xff\xd9")
    layers = jpeg(400, 400, parts=((1, 1),), progressive=True)
    layer = segment(0xda, b"\1\1\0\1\x3f\0") + bytes(50 * 50 // 8 + 1)
    accept("ten-scans.jpg", layers[:-2] + layer * 9 + END, 400, 400)
    refuse("too-many-scans.jpg", layers[:-2] + layer * 300 + END, "too many scans")
