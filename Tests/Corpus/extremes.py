"""Writes pictures and archives into a folder: in each one numeric field is at an extreme.

Every field of every format that we read ourselves, or that reaches the database, is set in turn
to the least, the greatest and the turning points of its width. No verdict is written down: what
must hold is that each file gets one, and costs no other its own.
"""

import os
import struct
import sys
import zipfile
import io

import corpus
import jpeg
import png
import small
import tiff

CHANGES = {
    1: (0, 1, 0x80, 0xff),
    2: (0, 1, 0x8000, 0xffff),
    3: (0, 0x800000, 0xffffff),
    4: (0, 1, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff),
    8: (0, 0xffffffff, (1 << 63) - 1, 1 << 63, (1 << 64) - 1),
}
files = {}


def put(name, data):
    if data not in files.values():
        files[name] = data


def vary(name, data, fields, big, mend=lambda data: data):
    """One file for each extreme of each field, given as (place, width)."""
    stem, kind = name.split(".")
    for place, width in fields:
        for value in CHANGES[width]:
            raw = value.to_bytes(width, "big" if big else "little")
            put(f"{stem}-{place}-{width}-{value:x}.{kind}", mend(data[:place] + raw + data[place + width:]))


def words(start, *widths):
    """Fields that follow one another."""
    fields = []
    for width in widths:
        fields.append((start, width))
        start += width
    return fields


def pngs():
    """Each chunk's content, its checksum mended, and its length."""
    for kind, content, widths in (
        (b"IHDR", struct.pack(">IIBBBBB", 37, 23, 8, 2, 0, 0, 0), (4, 4, 1, 1, 1, 1, 1)),
        (b"acTL", struct.pack(">II", 2, 0), (4, 4)),
        (b"fcTL", struct.pack(">IIIIIHHBB", 0, 37, 23, 0, 0, 1, 10, 0, 0), (4, 4, 4, 4, 4, 2, 2, 1, 1)),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1), (4, 4, 1)),
        (b"gAMA", struct.pack(">I", 45455), (4,)),
        (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000), (4,) * 8),
        (b"tIME", struct.pack(">HBBBBB", 2026, 1, 1, 1, 1, 1), (2, 1, 1, 1, 1, 1)),
        (b"oFFs", struct.pack(">IIB", 0, 0, 0), (4, 4, 1)),
    ):
        place = 0
        for width in widths:
            for value in CHANGES[width]:
                raw = content[:place] + value.to_bytes(width, "big") + content[place + width:]
                block = png.chunk(kind, raw)
                name = f"{kind.decode()}-{place}-{value:x}.png"
                put(name, png.png(first=block) if kind == b"IHDR" else png.png(before=block))
            place += width
    for length in range(12):
        put(f"acTL-of-{length}.png", png.png(before=png.chunk(b"acTL", b"\0\0\0\2\0\0\0\0\0\0\0\0"[:length])))
    whole = png.png(before=png.chunk(b"acTL", struct.pack(">II", 2, 0)) + png.chunk(b"iTXt", b""))
    vary("lengths.png", whole, [(8, 4), (33, 4), (53, 4), (65, 4)], True)


def exif_fields(start, order):
    """The header, the count of entries, and of each of two: kind, count and value."""
    return words(start, 2, 2, 4, 2, 2, 2, 4, 4, 2, 2, 4, 4, 4)


def exif_block():
    """Orientation, and a position whose fractions stand behind."""
    return (b"II*\0" + struct.pack("<IH", 8, 2) + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0)
            + struct.pack("<HHII", 0x8825, 4, 1, 38) + bytes(4)
            + struct.pack("<H", 2) + struct.pack("<HHII", 2, 5, 3, 68) + struct.pack("<HHII", 4, 5, 3, 92)
            + bytes(4) + struct.pack("<6I", 52, 1, 31, 1, 0, 1) + struct.pack("<6I", 13, 1, 24, 1, 0, 1))


def jpegs():
    block = jpeg.segment(0xe1, b"Exif\0\0" + exif_block())
    plain = jpeg.jpeg(64, 64, more=block, restart=3)
    start = plain.index(b"Exif\0\0") + 6
    vary("exif.jpg", plain, exif_fields(start, "<") + words(start + 38, 2, 2, 2, 4, 4) + words(start + 68, 4, 4), False)
    frame = plain.index(b"\xff\xc0")
    scan = plain.index(b"\xff\xda")
    restart = plain.index(b"\xff\xdd")
    vary("frame.jpg", plain, words(frame + 2, 2, 1, 2, 2, 1, 1, 1, 1), True)
    vary("scan.jpg", plain, words(scan + 2, 2, 1, 1, 1) + words(restart + 2, 2, 2), True)
    vary("start.jpg", plain, words(4, 2) + words(11, 2, 1, 2, 2, 1, 1) + [(start - 8, 2)], True)


def tiffs():
    for name, order in (("little", "<"), ("big", ">")):
        whole = tiff.tiff(8, 3, 2, order=order, rows=8, more={274: (3, [6]), 338: (3, [0])})
        count = struct.unpack_from(order + "H", whole, 8)[0]
        fields = [(4, 4), (8, 2), (10 + 12 * count, 4)]
        for entry in range(count):
            # The number of values in one order, their kind in the other.
            fields += [(10 + 12 * entry + (4 if order == "<" else 2), 4 if order == "<" else 2), (10 + 12 * entry + 8, 4)]
        vary(f"{name}.tif", whole, fields, order == ">")
    whole = tiff.tiff(8, 1, 1, big=True)
    vary("wide.tif", whole, [(8, 8), (16, 8)] + [field for entry in range(10) for field in words(24 + 20 * entry + 4, 8, 8)], False)
    for name, value in (("nan", float("nan")), ("infinite", float("inf")), ("negative", float("-inf")), ("greatest", 3.4e38), ("least", 1e-45)):
        line = struct.pack("<f", value)
        put(f"float-{name}.tif", tiff.tiff(32, kind=3, data=line * (corpus.W * corpus.H)))
        put(f"float-{name}-some.tif", tiff.tiff(32, kind=3, data=(line + struct.pack("<fff", 0.1, 0.5, 0.9)) * (corpus.W * corpus.H // 4 + 1)))


def others():
    gif = small.screen(40, 30) + b"!\xf9\4\0\x0a\0\0\0" + b"!\xff\x0bNETSCAPE2.0\x03\1\0\0\0" + small.frame(40, 30) + small.frame(8, 8) + b";"
    frame = gif.index(b",(\0") if b",(\0" in gif else gif.index(b",")
    vary("screen.gif", gif, words(6, 2, 2, 1, 1, 1) + words(22, 1, 2, 1) + [(42, 2)], False)
    vary("frame.gif", gif, words(frame + 1, 2, 2, 2, 2, 1, 1, 1), False)
    for size in (12, 40, 124):
        whole = small.bmp(size=size, bits=8)
        widths = (4, 2, 2, 2, 2) if size == 12 else (4, 4, 4, 2, 2, 4, 4, 4, 4, 4, 4)
        vary(f"header-{size}.bmp", whole, words(2, 4, 2, 2, 4) + words(14, *widths), False)
    masks = small.bmp(bits=32, coding=3, size=124, masks=struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000))
    vary("masks.bmp", masks, words(54, 4, 4, 4, 4), False)
    animated = small.riff(
        small.canvas(flags=2), small.part(b"ANIM", struct.pack("<IH", 0, 0)),
        small.part(b"ANMF", bytes(6) + struct.pack("<I", 36)[:3] + struct.pack("<I", 22)[:3] + b"\x64\0\0\0" + small.flat()))
    vary("moving.webp", animated, words(4, 4) + words(16, 4, 1, 3, 3, 3) + [(34, 4), (42, 2)] + words(48, 4, 3, 3, 3, 3, 3, 1) + [(72, 4)], False)
    still = small.riff(small.canvas(flags=8), small.flat(), small.part(b"EXIF", exif_block()))
    vary("still.webp", still, words(4, 4) + words(16, 4, 1, 3, 3, 3) + [(34, 4)] + words(39, 1, 4)
         + exif_fields(still.index(b"II*\0"), "<"), False)


def zips():
    """Each number of an archive of two pictures and one text."""
    holder = io.BytesIO()
    with zipfile.ZipFile(holder, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.png"), png.png(0))
        archive.writestr(zipfile.ZipInfo("b.png"), png.png(0), zipfile.ZIP_DEFLATED)
    whole = holder.getvalue()
    local, central, end = 0, whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    vary("local.zip", whole, words(local + 4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2), False)
    vary("central.zip", whole, words(central + 4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4), False)
    vary("end.zip", whole, words(end + 4, 2, 2, 2, 2, 4, 4, 2), False)
    # Sizes of 64 bits in the extra field of the first entry.
    extra = struct.pack("<HHQQQ", 1, 24, 0, 0, 0)
    for value in CHANGES[8]:
        for field in range(3):
            wide = bytearray(whole)
            wide[central + 20:central + 28] = b"\xff" * 8
            wide[central + 30:central + 32] = struct.pack("<H", len(extra))
            wide[central + 42:central + 46] = b"\xff" * 4
            numbers = bytearray(extra)
            numbers[4 + 8 * field:12 + 8 * field] = value.to_bytes(8, "little")
            at = central + 46 + 5
            data = bytes(wide[:at]) + bytes(numbers) + bytes(wide[at:])
            size = len(data) - 22 - central
            data = data[:-22] + data[-22:-10] + struct.pack("<II", size, central) + data[-2:]
            put(f"wide-{field}-{value:x}.zip", data)


for make in (pngs, jpegs, tiffs, others, zips):
    make()
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name, data in files.items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)
