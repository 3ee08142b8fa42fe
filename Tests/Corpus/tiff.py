"""TIFF: both byte orders, strips, tiles and kinds of pixels, and directories that lead nowhere."""

import struct

from corpus import H, KIND, NOT_ONE, TOO_MANY, W, accept, noise, refuse, upright

FORMATS = {3: "H", 4: "I"}


def write(tags, data, order="<", big=False, following=0):
    """The file of one directory; a value of ("data", n) is a place n bytes into the data."""
    entry, place, first = (20, "Q", 16) if big else (12, "I", 8)
    room = struct.calcsize(order + place)
    base = first + (8 if big else 2) + entry * len(tags) + room
    pool, entries = b"", b""
    sizes = {tag: struct.calcsize(FORMATS[kind]) * len(values) for tag, (kind, values) in tags.items()}
    start = base + sum(size + size % 2 for size in sizes.values() if size > room)
    for tag in sorted(tags):
        kind, values = tags[tag]
        values = [start + value[1] if isinstance(value, tuple) else value for value in values]
        raw = struct.pack(f"{order}{len(values)}{FORMATS[kind]}", *values)
        if len(raw) > room:
            field = struct.pack(order + place, base + len(pool))
            pool += raw + b"\0" * (len(raw) % 2)
        else:
            field = raw.ljust(room, b"\0")
        entries += struct.pack(f"{order}HH{place}", tag, kind, len(values)) + field
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, first) + struct.pack(order + "Q", len(tags))
    else:
        head = mark + struct.pack(order + "HI", 42, first) + struct.pack(order + "H", len(tags))
    return head + entries + struct.pack(order + place, following) + pool + data


def tiff(bits=8, samples=1, colours=1, coding=1, kind=None, planes=1, rows=H, data=None, order="<", big=False, following=0, more=None):
    line = (W * bits * (1 if planes == 2 else samples) + 7) // 8
    copies = samples if planes == 2 else 1
    data = noise.randbytes(line * H * copies) if data is None else data
    strips = [(at, min(rows, H - at)) for at in range(0, H, rows)]
    places = [("data", (copy * H + at) * line) for copy in range(copies) for at, _ in strips]
    tags = {
        256: (4, [W]), 257: (4, [H]), 258: (3, [bits] * samples), 259: (3, [coding]), 262: (3, [colours]),
        273: (4, places), 277: (3, [samples]), 278: (4, [rows]), 279: (4, [count * line for _, count in strips] * copies),
        284: (3, [planes]),
    }
    if kind:
        tags[339] = (3, [kind] * samples)
    if colours == 3:
        tags[320] = (3, [value * 257 % 65_536 for value in range(3 << bits)])
    tags.update(more or {})
    return write({tag: entry for tag, entry in tags.items() if entry}, data, order, big, following)


def kinds():
    for name, order in (("little", "<"), ("big", ">")):
        for bits in (1, 2, 4, 8, 16, 32):
            accept(f"gray-{bits}-{name}.tif", tiff(bits, order=order))
        for bits in (8, 16):
            accept(f"rgb-{bits}-{name}.tif", tiff(bits, 3, 2, order=order))
            accept(f"planes-{bits}-{name}.tif", tiff(bits, 3, 2, planes=2, order=order))
            accept(f"cmyk-{bits}-{name}.tif", tiff(bits, 4, 5, order=order))
        for bits in (1, 2, 4, 8):
            accept(f"palette-{bits}-{name}.tif", tiff(bits, colours=3, order=order))
        accept(f"float-{name}.tif", tiff(32, kind=3, data=bytes(W * H * 4) + name.encode(), order=order))
        accept(f"white-is-0-{name}.tif", tiff(colours=0, order=order))
        accept(f"lab-{name}.tif", tiff(8, 3, 8, order=order))
        accept(f"alpha-{name}.tif", tiff(8, 4, 2, order=order, more={338: (3, [2])}))
        accept(f"large-{name}.tif", tiff(order=order, big=True))
        accept(f"strips-{name}.tif", tiff(rows=1, order=order))
        for orientation in range(1, 9):
            accept(f"lies-{orientation}-{name}.tif", tiff(order=order, more={274: (3, [orientation])}), *upright(orientation))
        for bits in (3, 6, 10, 12, 14, 24, 64):
            accept(f"gray-{bits}-{name}.tif", tiff(bits, order=order))
        for bits in (2, 4, 10, 12, 14):
            accept(f"rgb-{bits}-{name}.tif", tiff(bits, 3, 2, order=order))
            accept(f"planes-{bits}-{name}.tif", tiff(bits, 3, 2, planes=2, order=order))
        for bits in (16, 64):
            accept(f"float-{bits}-{name}.tif", tiff(bits, kind=3, order=order))
    accept("lies-0.tif", tiff(more={274: (3, [0])}))
    accept("lies-9.tif", tiff(more={274: (3, [9])}))
    tile = {273: None, 278: None, 279: None, 322: (4, [16]), 323: (4, [16])}
    places = [("data", at * 256) for at in range(6)]
    accept("tiles.tif", tiff(data=noise.randbytes(6 * 256), more={**tile, 324: (4, places), 325: (4, [256] * 6)}))
    places = [("data", at * 256) for at in range(18)]
    planes = {**tile, 324: (4, places), 325: (4, [256] * 18)}
    accept("tiles-planes.tif", tiff(8, 3, 2, planes=2, data=noise.randbytes(18 * 256), more=planes))
    # A quarter of the colours: four of brightness and two of colour for each square of four.
    squares = (W + 1) // 2 * ((H + 1) // 2) * 6
    accept("colours-quartered.tif", tiff(8, 3, 6, data=noise.randbytes(squares), more={279: (4, [squares]), 530: (3, [2, 2])}))
    refuse("tiles-missing.tif", tiff(data=bytes(256), more={**tile, 324: (4, places[:1]), 325: (4, [256])}))


def oddities():
    accept("rows-unsaid.tif", tiff(more={278: None}))
    accept("rows-huge.tif", tiff(more={278: (4, [0xffffffff])}))
    accept("unknown-tag.tif", tiff(more={65_000: (4, [1, 2, 3])}))
    accept("other-directory-here.tif", tiff(more={330: (4, [8])}))
    accept("other-directory-far.tif", tiff(more={34_665: (4, [0xfffffff0])}))
    accept("ring.tif", tiff(following=8))
    accept("colours-unsaid.tif", tiff(more={262: None}))
    refuse("next-far.tif", tiff(following=0x7fffffff))
    refuse("first-far.tif", b"II*\0\xff\xff\xff\x7f" + bytes(50))
    refuse("first-none.tif", b"II*\0\0\0\0\0" + bytes(50))
    refuse("header-alone.tif", b"II*\0")
    refuse("no-width.tif", tiff(more={256: (4, [0])}))
    refuse("width-unsaid.tif", tiff(more={256: None}))
    refuse("places-unsaid.tif", tiff(more={273: None}))
    refuse("place-far.tif", tiff(more={273: (4, [0x7fffffff])}))
    refuse("coding-unknown.tif", tiff(coding=9_999), KIND)
    refuse("bits-65.tif", tiff(65), KIND)
    refuse("bits-12-short.tif", tiff(12)[:-60], KIND)
    refuse("pixels-short.tif", tiff()[:-50])
    refuse("huge.tif", tiff(more={256: (4, [60_000]), 257: (4, [60_000])}), TOO_MANY)
    refuse("many-tiles.tif", tiff(more={256: (4, [9_000]), 257: (4, [9_000]), 322: (4, [1]), 323: (4, [1])}), "too large strips or tiles")
    refuse("long.tif", tiff(more={256: (4, [1]), 257: (4, [90_000_000]), 278: (4, [1])}), "a side of a TIFF image has at most 1000000")
    refuse("raw-camera.tif", b"II*\0\x10\0\0\0CR\2\0" + bytes(4) + tiff()[8:], NOT_ONE)
