"""PNG: every kind of pixel, chunks in every wrong place, bombs, and scripts behind pictures."""

import struct
import zlib

from corpus import DAMAGED, H, NOT_ONE, TOO_MANY, W, accept, either, exif, noise, refuse, upright

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def rows(width, height, bits):
    size = (width * bits + 7) // 8
    return b"".join(b"\0" + noise.randbytes(size) for _ in range(height))


def interlaced(width, height, bits):
    parts = []
    for x, y, across, down in PASSES:
        columns, lines = -(-(width - x) // across), -(-(height - y) // down)
        if columns > 0 and lines > 0:
            parts.append(rows(columns, lines, bits))
    return b"".join(parts)


def header(width=W, height=H, depth=8, colour=2, compression=0, filtering=0, interlace=0):
    fields = (width, height, depth, colour, compression, filtering, interlace)
    return chunk(b"IHDR", struct.pack(">IIBBBBB", *fields))


def zeros(count):
    """So many zeros, compressed; in memory they never stand at once."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(min(1 << 20, count - at))) for at in range(0, count, 1 << 20)]
    return b"".join(parts) + packer.flush()


def png(colour=2, depth=8, width=W, height=H, interlace=0, first=None, before=b"", palette=None,
        middle=b"", data=None, after=b"", end=True):
    bits = CHANNELS[colour] * depth
    if palette is None:
        palette = chunk(b"PLTE", bytes(range(256)) * 3) if colour == 3 and depth == 8 else b""
        if colour == 3 and depth < 8:
            palette = chunk(b"PLTE", bytes(range(3 << depth)))
    if data is None:
        raw = interlaced(width, height, bits) if interlace else rows(width, height, bits)
        data = chunk(b"IDAT", zlib.compress(raw))
    first = first or header(width, height, depth, colour, 0, 0, interlace)
    return SIGNATURE + first + before + palette + middle + data + after + (chunk(b"IEND", b"") if end else b"")


def kinds():
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            for interlace in (0, 1):
                accept(f"kind-{colour}-{depth}-{interlace}.png", png(colour, depth, interlace=interlace))
    for side in (1, 2, 3, 5, 9):
        for interlace in (0, 1):
            accept(f"side-{side}-{interlace}.png", png(3, 4, side, side, interlace), side, side)
    accept("tall.png", png(0, 1, 1, 65_500), 1, 65_500)
    accept("wide.png", png(0, 1, 100_000, 1), 100_000, 1)
    for colour, depth, data in ((0, 8, b"\0\5"), (2, 8, bytes(6)), (3, 8, bytes(200)), (3, 1, b"\7")):
        accept(f"transparent-{colour}-{depth}.png", png(colour, depth, middle=chunk(b"tRNS", data)))
    for orientation in range(1, 9):
        for order in "<>":
            block = chunk(b"eXIf", exif(orientation, order))
            name = f"{orientation}-{'little' if order == '<' else 'big'}.png"
            accept(f"exif-{name}", png(before=block), *upright(orientation))
            accept(f"exif-last-{name}", png(after=block), *upright(orientation))


def oddities():
    raw = rows(W, H, 24)
    packed = zlib.compress(raw)
    pieces = [packed[at:at + 1] for at in range(len(packed))]
    data = chunk(b"IDAT", packed)
    accept("data-in-bytes.png", png(data=b"".join(chunk(b"IDAT", piece) for piece in pieces)))
    accept("data-with-gap.png", png(data=chunk(b"IDAT", packed[:9]) + chunk(b"IDAT", b"") + chunk(b"IDAT", packed[9:])))
    accept("data-too-much.png", png(data=chunk(b"IDAT", zlib.compress(raw + raw))))
    accept("data-tail.png", png(data=chunk(b"IDAT", packed + b"tail")))
    refuse("data-none.png", png(data=b""))
    refuse("data-empty.png", png(data=chunk(b"IDAT", b"")))
    refuse("data-cut-in-two.png", png(data=chunk(b"IDAT", packed[:9]) + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", packed[9:])))
    either("data-crc.png", png(data=chunk(b"IDAT", packed, 1)))
    refuse("data-short.png", png(data=chunk(b"IDAT", zlib.compress(raw[:-80]))))
    refuse("data-filter.png", png(data=chunk(b"IDAT", zlib.compress(b"\7" + raw[1:]))))
    refuse("data-none-of-deflate.png", png(data=chunk(b"IDAT", b"hello")))
    accept("end-missing.png", png(end=False))
    accept("end-passed.png", png() + noise.randbytes(100))
    accept("php.png", png() + b"<?php system($_GET[0]); ?>")
    accept("zip.png", png() + b"PK\5\6" + bytes(18))
    for name, block in {
        "gamma": chunk(b"gAMA", bytes(4)), "srgb": chunk(b"sRGB", b"\x09"), "size": chunk(b"pHYs", b"abc"),
        "profile": chunk(b"iCCP", b"x\0\0" + zlib.compress(b"none")), "text": chunk(b"tEXt", b"\0b"),
        "packed": chunk(b"zTXt", b"a\0\0xxxx"), "background": chunk(b"bKGD", b"\0"), "exif": chunk(b"eXIf", b"xxxx"),
        "unknown": chunk(b"abCd", b"x"), "crc": chunk(b"tEXt", b"a\0b", 5),
    }.items():
        accept(f"chunk-{name}.png", png(before=block))
    either("chunk-twenty-thousand.png", png(before=chunk(b"tEXt", b"a\0b") * 20_000))
    refuse("chunk-critical.png", png(before=chunk(b"ABCD", b"x")))
    refuse("chunk-endless.png", png(before=struct.pack(">I", 0x7fffffff) + b"iTXt" + b"a\0b"))
    either("chunk-name.png", png(before=chunk(b"a\0Cd", b"x")))
    refuse("palette-missing.png", png(3, palette=b""))
    refuse("palette-cut.png", png(3, palette=chunk(b"PLTE", bytes(10))))
    refuse("palette-late.png", png(3, palette=b"", after=chunk(b"PLTE", bytes(768))))
    accept("palette-short.png", png(3, palette=chunk(b"PLTE", bytes(6))))
    accept("palette-beside.png", png(2, palette=chunk(b"PLTE", bytes(30))))
    refuse("header-crc.png", png(first=chunk(b"IHDR", header()[8:-4], 7)))
    refuse("header-twice.png", png(before=header()))
    refuse("header-late.png", SIGNATURE + chunk(b"gAMA", bytes(4)) + png()[8:], NOT_ONE)
    for name, fields in {
        "width": {"width": 0}, "height": {"height": 0}, "depth": {"depth": 3, "colour": 0},
        "colour": {"colour": 1}, "compression": {"compression": 1}, "filtering": {"filtering": 1},
        "interlace": {"interlace": 2}, "palette-16": {"depth": 16, "colour": 3}, "negative": {"width": 1 << 32 - 1},
    }.items():
        refuse(f"header-{name}.png", png(first=header(**fields)))
    for name, start in {"cr": b"\x89PNG\n\x1a\n", "lf": b"\x89PNG\r\r\n\x1a\r\n", "7-bit": b"\x09PNG\r\n\x1a\n", "case": b"\x89png\r\n\x1a\n"}.items():
        refuse(f"signature-{name}.png", start + png()[8:], NOT_ONE)
    whole = png(width=200, height=150)
    for percent in (10, 50, 90, 99):
        refuse(f"cut-{percent}.png", whole[:len(whole) * percent // 100])


def bombs():
    refuse("huge.png", png(first=header(60_000, 60_000, 1, 0), data=chunk(b"IDAT", zeros(7_501 * 1_000))), TOO_MANY)
    refuse("a-pixel-too-many.png", png(first=header(10_001, 10_000, 8, 0), data=chunk(b"IDAT", b"x")), TOO_MANY)
    accept("largest.png", png(first=header(10_000, 10_000, 8, 0), data=chunk(b"IDAT", zeros(10_001 * 10_000))), 10_000, 10_000)
    for kind, start in ((b"zTXt", b"a\0\0"), (b"iCCP", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0")):
        either(f"bomb-{kind.decode()}.png", png(before=chunk(kind, start + zeros(200 << 20))))
    text = chunk(b"zTXt", b"a\0\0" + zeros(40 << 20))
    refuse("bomb-of-many.png", png(before=text * 10), "too much compressed metadata")
