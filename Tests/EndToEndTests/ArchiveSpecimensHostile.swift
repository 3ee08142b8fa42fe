extension ArchiveSpecimen {
  /// Archives with false declarations, or damaged on their way.
  static let damaged = [
    ArchiveSpecimen("no bytes", #"out = b"""#, faults: ["not a ZIP"]),
    ArchiveSpecimen("four bytes", #"out = b"PK\3\4""#, faults: ["truncated"]),
    ArchiveSpecimen("half of one", #"out = z(("a.png", png(1, 99)))[:500]"#, faults: ["truncated"]),
    ArchiveSpecimen("a byte missing", #"out = z(("a.png", png(1)))[:-1]"#, faults: ["truncated"]),
    ArchiveSpecimen(
      "its directory missing", #"out = F("a.png", png(1)).local()"#, faults: ["truncated"]),
    ArchiveSpecimen(
      "its first half missing", #"out = z(("a.png", png(1, 99)))[300:]"#, faults: ["not a ZIP"]),
    ArchiveSpecimen(
      "too much behind it", #"out = z(("a.png", png(1))) + bytes(3 << 20)"#, faults: ["truncated"]),
    ArchiveSpecimen(
      "a wrong checksum", #"out = hand(F("a.png", png(1), crc=7), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["damaged"]),
    ArchiveSpecimen(
      "a size too small", #"out = hand(F("a.png", png(1), size=50), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["damaged"]),
    ArchiveSpecimen(
      "a size too large", #"out = hand(F("a.png", png(1), size=5000), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["damaged"]),
    ArchiveSpecimen(
      "a packed size too large",
      #"out = hand(F("a.png", png(1), psize=10**6), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["not contain"]),
    ArchiveSpecimen(
      "packed bytes that are none",
      #"out = hand(F("a.png", png(1), packed=b"\xff" * 50, method=8), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["damaged"]),
    ArchiveSpecimen(
      "a place that is none",
      #"out = hand(F("a.png", png(1), offset=0x7FFFFFFF), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["not contain"]),
    ArchiveSpecimen(
      "a place beyond all numbers",
      """
      extra = pack("<HHQ", 1, 8, 2**64 - 1)
      out = hand(F("a.png", png(1), offset=0xFFFFFFFF, extra=extra), F("b.png", png(2)))
      """, taken: ["b.png"], faults: ["not contain"]),
    ArchiveSpecimen(
      "extra fields that are none",
      #"out = hand(F("a.png", png(1), extra=b"\1\0\xff\xff\xff"), F("b.png", png(2)))"#,
      taken: ["a.png", "b.png"]),
    ArchiveSpecimen(
      "one that is two", #"out = hand(F("a.png", png(1)), F("b.png", png(2), offset=0))"#,
      faults: ["shares", "shares"]),
    ArchiveSpecimen(
      "another method in front of the file",
      #"out = hand(F("a.png", png(1), local_method=8))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "a count too large", #"out = hand(F("a.png", png(1)), count=5)"#, taken: ["a.png"],
      faults: ["may be missing"]),
    ArchiveSpecimen(
      "a count too small", #"out = hand(F("a.png", png(1)), F("b.png", png(2)), count=1)"#,
      taken: ["a.png", "b.png"], faults: ["may be missing"]),
    ArchiveSpecimen(
      "a directory beyond the file", #"out = hand(F("a.png", png(1)), csize=10**9)"#,
      faults: ["truncated"]),
    ArchiveSpecimen(
      "a split one", #"out = hand(F("a.png", png(1)), disk=1)"#, faults: ["split"]),
  ]

  /// Archives that are made to do harm, or contain files that we do not accept.
  static let hostile = [
    ArchiveSpecimen(
      "links and devices",
      """
      out = hand(F("a", b"/etc/passwd", mode=0o120777), F("b", b"", mode=0o20666),
        F("c", b"", mode=0o60666), F("d", b"", mode=0o10666), F("e", b"", mode=0o140666),
        F("a/b.png", png(1)))
      """, taken: ["b.png"], faults: ["link", "link", "link", "link", "link"]),
    ArchiveSpecimen(
      "encrypted", #"out = hand(F("a.png", png(1), flags=1), F("b.png", png(2)))"#,
      taken: ["b.png"], faults: ["encrypted"]),
    ArchiveSpecimen(
      "strongly encrypted",
      #"out = hand(F("a.png", png(1), flags=0x41), F("b.png", png(2), method=99))"#,
      faults: ["encrypted", "encrypted"]),
    ArchiveSpecimen(
      "methods that nobody uses",
      """
      out = hand(*[F("a.png", png(1), method=m) for m in (1, 2, 6, 9, 10, 18, 19, 96, 97, 12345)],
        F("b.png", png(2)))
      """, taken: ["b.png"], faults: [String](repeating: "", count: 10)),
    ArchiveSpecimen(
      "Zstandard that is none",
      #"out = hand(F("a.png", png(1), method=93), F("b.png", png(2), method=95))"#,
      faults: ["", ""]),
    ArchiveSpecimen(
      "LZMA that wants all memory",
      """
      packed = bytes([9, 20, 5, 0, 0x5D, 0xFF, 0xFF, 0xFF, 0xFF]) + bytes(200)
      out = hand(F("a.png", bytes(3000), method=14, packed=packed), F("b.png", png(1)))
      """, taken: ["b.png"], faults: ["damaged"]),
    ArchiveSpecimen(
      "an archive in an archive",
      #"out = z(("a.zip", z(("b.png", png(1)))), ("c.tar.gz", gzip.compress(b"x")))"#,
      faults: ["Archives", "Archives"]),
    ArchiveSpecimen(
      "an archive in an archive, behind a program",
      #"out = z(("a.zip", b"MZ" + z(("b.png", png(1)))))"#, faults: ["image"]),
    ArchiveSpecimen(
      "a dense file",
      #"out = z(("a.png", bytes(15 << 20)), ("b.png", bytes(60 << 20)), ("c.png", png(1)), method=8)"#,
      taken: ["c.png"], faults: ["times", "larger"]),
    ArchiveSpecimen(
      "a dense file that lies",
      #"out = hand(F("a.png", b"x" * 1000, packed=deflated(bytes(50 << 20)), method=8))"#,
      faults: ["damaged"]),
    ArchiveSpecimen(
      "many dense files",
      #"out = z(*[(str(i), bytes(9 << 20)) for i in range(12)], method=8)"#,
      faults: [String](repeating: "image", count: 1) + ["times its size"]),
    ArchiveSpecimen(
      "files that share one kernel (Fifield)",
      """
      kernel, names = deflated(bytes(20 << 20)), [b"%03d" % i for i in range(250)]
      packed, size, body, spans = len(kernel), 20 << 20, kernel, []
      for name in reversed(names):
        local = b"PK\\3\\4" + pack("<HHHIIIIHH", 20, 0, 8, 0, 0, packed, size, 3, 0) + name
        body = local + body
        spans.append((name, len(body), packed, size))
        body = pack("<BHH", 0, 33, 33 ^ 65535) + body
        packed, size = len(body), size + 33
      total = len(body)
      record = b"".join(b"PK\\1\\2" + pack("<HHHHIIIIHHHHHII", 20, 20, 0, 8, 0, 0, p, s, 3, 0, 0, 0,
        0, 0, total - end) + name for name, end, p, s in reversed(spans))
      out = body + record + b"PK\\5\\6" + pack("<HHHHIIH", 0, 0, 250, 250, len(record), total, 0)
      """, faults: [String](repeating: "shares", count: 250)),
    ArchiveSpecimen(
      "100,000 files",
      #"out = hand(*[F("%d.png" % i, b"") for i in range(100000)], wide=True)"#,
      faults: [String](repeating: "empty", count: 10_000) + ["more than 10000 files"]),
    ArchiveSpecimen(
      "a directory of a million folders",
      """
      record = F("a/", b"").record(0)
      n = 10**6
      out = (record * n + b"PK\\6\\6" + pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, n, n, n * len(record), 0)
        + b"PK\\6\\7" + pack("<IQI", 0, n * len(record), 1)
        + b"PK\\5\\6" + pack("<HHHHIIH", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0))
      """, faults: ["more than 10000 files"]),
    ArchiveSpecimen(
      "a picture of too many pixels",
      """
      head = pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0)
      def chunk(kind, data): return pack(">I", len(data)) + kind + data + pack(">I",
        zlib.crc32(kind + data))
      big = png(1)[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(7501 * 6000))) \\
        + chunk(b"IEND", b"")
      out = z(("big.png", big), ("b.png", png(2)))
      """, taken: ["b.png"], faults: ["100 megapixels"]),
    ArchiveSpecimen(
      "its own file",
      """
      inner = z(("a.png", png(1)))
      out = z(("x.zip", inner), ("x.zip.png", inner))
      """, faults: ["Archives", "Archives"]),
  ]

  /// Files that are called archives and are of another kind or none.
  static let foreign = [
    ArchiveSpecimen("text", #"out = b"PK: see below\n""#, faults: ["not a ZIP"]),
    ArchiveSpecimen("gzip", #"out = gzip.compress(png(1))"#, faults: ["not a ZIP"]),
    ArchiveSpecimen(
      "tar",
      """
      buffer = io.BytesIO()
      with tarfile.open(fileobj=buffer, mode="w") as t: t.addfile(tarfile.TarInfo("a.png"))
      out = buffer.getvalue()
      """, faults: ["not a ZIP"]),
    ArchiveSpecimen("RAR", #"out = b"Rar!\x1a\7\0" + bytes(100)"#, faults: ["not a ZIP"]),
    ArchiveSpecimen(
      "7-Zip", #"out = b"7z\xbc\xaf\x27\x1c" + bytes(100)"#, faults: ["not a ZIP"]),
    ArchiveSpecimen("random bytes", #"out = os.urandom(100000)"#, faults: ["not a ZIP"]),
    ArchiveSpecimen("a page", #"out = b"<html><script>alert(1)</script>""#, faults: ["not a ZIP"]),
    ArchiveSpecimen("ends of archives alone", #"out = b"PK\5\6" * 50000"#, faults: [""]),
  ]
}
