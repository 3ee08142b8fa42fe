"""GIF, WebP and BMP, and what is no image at all."""

import struct

from corpus import DAMAGED, H, KIND, NOT_ONE, TOO_MANY, W, accept, exif, noise, refuse, upright

COLOURS = b"\0\0\0\xff\xff\xff"


def screen(width=W, height=H, table=True, version=b"GIF89a"):
    return version + struct.pack("<HHBBB", width, height, 0x80 if table else 0, 0, 0) + (COLOURS if table else b"")


def codes(count, colour, end=True):
    """Pixels without compression: the table is cleared before each."""
    text = "".join(format(colour, "03b")[::-1] + "001" for _ in range(count))
    text = "001" + text + ("101" if end else "")
    text += "0" * (-len(text) % 8)
    data = bytes(int(text[at:at + 8][::-1], 2) for at in range(0, len(text), 8))
    return b"".join(bytes([len(part)]) + part for part in (data[at:at + 255] for at in range(0, len(data), 255))) + b"\0"


def frame(width=W, height=H, left=0, top=0, table=False, lines=0, count=None):
    flags = (0x80 if table else 0) | lines
    count = width * height if count is None else count
    fields = struct.pack("<HHHHB", left, top, width, height, flags)
    return b"," + fields + (COLOURS if table else b"") + b"\2" + codes(count, noise.choice((0, 1)))


def gif():
    accept("87a.gif", screen(version=b"GIF87a") + frame() + b";")
    accept("interlaced.gif", screen() + frame(lines=0x40) + b";")
    accept("end-missing.gif", screen() + frame())
    accept("end-passed.gif", screen() + frame() + b";<script>alert(1)</script>")
    accept("own-table.gif", screen(table=False) + frame(table=True) + b";")
    accept("no-table.gif", screen(table=False) + frame() + b";")
    accept("comment.gif", screen() + b"!\xfe\x05hello\0" + frame() + b";")
    accept("unknown-block.gif", screen() + b"!\x77\x03abc\0" + frame() + b";")
    accept("animated.gif", screen() + b"!\xff\x0bNETSCAPE2.0\x03\1\0\0\0" + frame() * 3 + b";")
    accept("thousand.gif", screen(60, 50) + frame(1, 1) * 1000 + b";", 60, 50)
    accept("no-screen.gif", screen(0, 0) + frame() + b";")
    accept("beyond.gif", screen() + frame(50, 50) + b";", 50, 50)
    accept("beyond-later.gif", screen() + frame() + frame(50, 50) + b";")
    accept("moved.gif", screen() + frame(10, 10, 60, 20) + b";", 70, 30)
    # Sizes that libraries take for a screen's and not for the picture's.
    for width, height in ((640, 480), (1024, 768), (9_000, 9_000), (10_799, 23)):
        accept(f"screen-{width}.gif", screen(width, height) + frame(20, 20) + b";", width, height)
    accept("script.gif", screen(0x2a2f, 23) + frame(20, 20) + b";*/=1;alert(1)", 0x2a2f, 23)
    accept("pixels-too-many.gif", screen() + frame(count=2 * W * H) + b";")
    refuse("pixels-too-few.gif", screen() + frame(count=W * H - 1) + b";")
    refuse("pixels-none.gif", screen() + frame(count=0) + b";")
    refuse("frame-empty.gif", screen() + frame(0, 0) + b";")
    refuse("frame-none.gif", screen() + b";")
    refuse("version.gif", screen(version=b"GIF88a") + frame() + b";", NOT_ONE)
    refuse("huge-screen.gif", screen(65_535, 65_535) + frame(1, 1) + b";", TOO_MANY)
    refuse("too-many-frames.gif", screen() + frame(1, 1) * 1001 + b";", "more than 1000 frames")
    whole = screen(200, 150) + frame(200, 150) + b";"
    for percent in (10, 50, 90, 99):
        refuse(f"cut-{percent}.gif", whole[:len(whole) * percent // 100])


def part(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def riff(*parts):
    data = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(data)) + data


def flat(width=W, height=H):
    """A picture of one colour, without loss: its pixels take no bits."""
    bits = [(0x2f, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for _ in range(5):
        bits += [(1, 1), (0, 1), (1, 1), (noise.randrange(256) if _ < 4 else 0, 8)]
    text = "".join(format(value, f"0{count}b")[::-1] for value, count in bits)
    text += "0" * (-len(text) % 8)
    return part(b"VP8L", bytes(int(text[at:at + 8][::-1], 2) for at in range(0, len(text), 8)))


def canvas(width=W, height=H, flags=0):
    return part(b"VP8X", bytes([flags, 0, 0, 0]) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3])


def webp():
    accept("plain.webp", riff(flat()))
    accept("extended.webp", riff(canvas(), flat()))
    accept("unknown-part.webp", riff(canvas(), part(b"JUNK", b"abc"), flat()))
    accept("end-passed.webp", riff(flat()) + b"<?php ?>")
    accept("wide.webp", riff(flat(16_383, 1)), 16_383, 1)
    for orientation in range(1, 9):
        accept(f"exif-{orientation}.webp", riff(canvas(flags=8), flat(), part(b"EXIF", exif(orientation))), *upright(orientation))
    accept("exif-junk.webp", riff(canvas(flags=8), flat(), part(b"EXIF", b"xxxx")))
    refuse("another-canvas.webp", riff(canvas(100, 100), flat()))
    refuse("canvas-alone.webp", riff(canvas()))
    refuse("huge-canvas.webp", riff(canvas(1 << 24, 1 << 24), flat()), TOO_MANY)
    refuse("huge.webp", riff(flat(16_383, 16_383)), TOO_MANY)
    refuse("longer-said.webp", b"RIFF\xff\0\0\0" + riff(flat())[8:])
    refuse("pixels-none.webp", riff(part(b"VP8L", b"")), DAMAGED)
    whole = riff(flat())
    refuse("cut.webp", whole[:-6])


def bmp(width=W, height=H, bits=24, size=40, coding=0, colours=None, pixels=None, said=0, planes=1, masks=b"", start=None, file=None, gap=0):
    if size == 12:
        head = struct.pack("<IHHHH", 12, width, abs(height), planes, bits)
    else:
        head = struct.pack("<IiiHHIIiiII", size, width, height, planes, bits, coding, 0, 2835, 2835, said, 0)
        head = head[:size] + (masks if size >= 40 else b"")
        head += bytes(max(0, size - len(head)))
    entry = 3 if size == 12 else 4
    if colours is None:
        colours = noise.randbytes(entry << bits) if bits <= 8 else b""
    if pixels is None:
        pixels = noise.randbytes((width * bits + 31) // 32 * 4 * abs(height))
    start = 14 + len(head) + len(colours) + gap if start is None else start
    body = head + colours + bytes(gap) + pixels
    return b"BM" + struct.pack("<IHHI", 14 + len(body) if file is None else file, 0, 0, start) + body


def bmps():
    for bits in (1, 2, 4, 8, 16, 24, 32):
        accept(f"bits-{bits}.bmp", bmp(bits=bits))
        accept(f"bits-{bits}-down.bmp", bmp(height=-H, bits=bits))
    for size in (12, 16, 52, 56, 64, 108, 124):
        accept(f"header-{size}.bmp", bmp(size=size))
        accept(f"header-{size}-8.bmp", bmp(size=size, bits=8))
    narrow, wide = struct.pack("<III", 0xf800, 0x7e0, 0x1f), struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000)
    accept("masks-565.bmp", bmp(bits=16, coding=3, masks=narrow))
    accept("masks-alpha.bmp", bmp(bits=32, coding=3, size=124, masks=wide))
    accept("masks-ten.bmp", bmp(bits=32, coding=3, masks=struct.pack("<III", 0xffe00000, 0x1ffc00, 0x3ff)))
    refuse("masks-none.bmp", bmp(bits=16, coding=3, masks=bytes(12)), KIND)
    refuse("masks-holes.bmp", bmp(bits=16, coding=3, masks=struct.pack("<III", 0xf100, 0xf0, 0xf)), KIND)
    runs = b"".join(bytes([W, row]) + b"\0\0" for row in range(H))
    accept("runs-8.bmp", bmp(bits=8, coding=1, pixels=runs + b"\0\1"))
    accept("runs-4.bmp", bmp(bits=4, coding=2, pixels=runs + b"\0\1"))
    accept("runs-skip.bmp", bmp(bits=8, coding=1, pixels=b"\0\2\5\5\3\1\0\1"))
    refuse("runs-cut.bmp", bmp(bits=8, coding=1, pixels=runs[:40]))
    accept("runs-beyond.bmp", bmp(bits=8, coding=1, pixels=b"\xff\1\0\1"))
    refuse("runs-above.bmp", bmp(bits=8, coding=1, pixels=runs + b"\5\1\0\1"))
    refuse("runs-skip-out.bmp", bmp(bits=8, coding=1, pixels=b"\0\2\xff\xff\3\1\0\1"))
    refuse("runs-24.bmp", bmp(size=64, coding=4), KIND)
    for planes in (0, 2, 5_000):
        accept(f"planes-{planes}.bmp", bmp(planes=planes))
    accept("palette-short.bmp", bmp(bits=8, said=100, colours=bytes(400)))
    accept("palette-long.bmp", bmp(bits=8, said=300, colours=bytes(1200)))
    accept("palette-beside.bmp", bmp(said=256, colours=bytes(1024)))
    refuse("palette-huge.bmp", bmp(bits=8, said=0x7fffffff))
    accept("palette-start.bmp", bmp(bits=8, start=54))
    accept("file-size-0.bmp", bmp(file=0))
    accept("file-size-huge.bmp", bmp(file=0xffffffff))
    accept("gap.bmp", bmp(gap=100))
    accept("end-passed.bmp", bmp() + bytes(1000))
    refuse("pixels-beyond.bmp", bmp(start=0x7fffffff))
    refuse("cut.bmp", bmp()[:-200])
    refuse("no-width.bmp", bmp(width=0))
    refuse("no-height.bmp", bmp(height=0))
    refuse("huge.bmp", bmp(1 << 15, 1 << 15, pixels=b"x"), TOO_MANY)
    refuse("lowest.bmp", bmp(height=-1 << 31, pixels=b"x"), TOO_MANY)
    refuse("jpeg-inside.bmp", bmp(bits=0, coding=4, colours=b"", pixels=b"x"), KIND)
    for bits in (0, 3, 12, 64):
        refuse(f"bits-{bits}.bmp", bmp(bits=bits, colours=b""), KIND)


def none():
    for name, data in {
        "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "html": b"<!doctype html><html></html>",
        "exe": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(300), "pdf": b"%PDF-1.4\n", "text": b"hello", "byte": b"\xff",
        "gzip": b"\x1f\x8b\x08" + bytes(30), "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "jxl": b"\xff\x0a" + bytes(30), "jxl-box": b"\0\0\0\x0cJXL \r\n\x87\n",
        "jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50), "psd": b"8BPS\0\1" + bytes(40), "exr": b"v/1\1" + bytes(40),
        "ico": b"\0\0\1\0\1\0" + bytes(16), "tga": b"\0\0\2" + bytes(9) + b"\x10\0\x10\0\x18\0", "ppm": b"P6 1 1 255\nabc",
        "hdr": b"#?RADIANCE\n", "nul": bytes(5_000), "noise": b"\1\2" + noise.randbytes(5_000),
    }.items():
        refuse(f"{name}-inside.jpg", data, NOT_ONE)
    refuse("nothing.png", b"", "is empty")
    refuse("zip-inside.jpg", b"PK\5\6" + bytes(18), "contains no files")
