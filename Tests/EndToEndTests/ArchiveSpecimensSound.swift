extension ArchiveSpecimen {
  /// Archives that programs make, and their files.
  static let sound = [
    ArchiveSpecimen(
      "stored", #"out = z(("a.png", png(1)), ("b.png", png(2)))"#, taken: ["a.png", "b.png"]),
    ArchiveSpecimen("deflated", #"out = z(("a.png", png(1)), method=8)"#, taken: ["a.png"]),
    ArchiveSpecimen("bzip2", #"out = z(("a.png", png(1)), method=12)"#, taken: ["a.png"]),
    ArchiveSpecimen("LZMA", #"out = z(("a.png", png(1)), method=14)"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "streamed, with data descriptors",
      #"out = z(("a.png", png(1)), ("b.png", png(2)), method=8, stream=True)"#,
      taken: ["a.png", "b.png"]),
    ArchiveSpecimen(
      "a descriptor without its mark",
      """
      a = F("a.png", png(1), flags=8, local_facts=bytes(12))
      a.lies["after"] = a.facts()
      out = hand(a, F("b.png", png(2)))
      """, taken: ["a.png", "b.png"]),
    ArchiveSpecimen("ZIP64", #"out = hand(F("a.png", png(1)), wide=True)"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "ZIP64 sizes",
      """
      data = png(1)
      extra = pack("<HHQQ", 1, 16, len(data), len(data))
      out = hand(F("a.png", data, size=0xFFFFFFFF, psize=0xFFFFFFFF, extra=extra))
      """, taken: ["a.png"]),
    ArchiveSpecimen(
      "a comment", #"out = z(("a.png", png(1)), comment=b"c" * 65535)"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "a comment that looks like the end",
      #"out = z(("a.png", png(1)), comment=b"PK\5\6" + bytes(18) + b".")"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "self-extracting", #"out = b"MZ" + bytes(5000) + z(("a.png", png(1)))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "self-extracting, offsets from its beginning",
      #"out = b"MZ" + bytes(98) + hand(F("a.png", png(1)), shift=100)"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "one segment of one", #"out = b"PK\7\x08" + z(("a.png", png(1)))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "trailing junk", #"out = z(("a.png", png(1))) + b"junk" * 1000"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "two archives, one behind the other",
      #"out = z(("a.png", png(1))) + z(("b.png", png(2)))"#, taken: ["b.png"]),
    ArchiveSpecimen(
      "folders", #"out = z(("f/", b""), ("f/g/", b""), ("f/g/a.png", png(1)))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "only folders", #"out = z(("f/", b""), ("g/", b""))"#, faults: ["no files"]),
    ArchiveSpecimen(
      "a folder by its mode", #"out = hand(F("f", b"", mode=0o40755), F("a.png", png(1)))"#,
      taken: ["a.png"]),
    ArchiveSpecimen(
      "what macOS and Windows leave",
      """
      out = z(("a.png", png(1)), ("__MACOSX/._a.png", b"x"), (".DS_Store", b"x"),
        ("f/Thumbs.db", b"x"), ("._b.png", b"x"), ("desktop.ini", b"x"), (".hidden.png", png(2)))
      """, taken: ["a.png", ".hidden.png"]),
    ArchiveSpecimen("empty", "out = z()", faults: ["no files"]),
    ArchiveSpecimen("empty, with a comment", #"out = z(comment=b"empty")"#, faults: ["no files"]),
    ArchiveSpecimen(
      "one name twice", #"out = hand(F("a.png", png(1)), F("a.png", png(2)))"#,
      taken: ["a.png", "a.png"]),
    ArchiveSpecimen(
      "names that differ in case", #"out = z(("a.png", png(1)), ("A.PNG", png(2)))"#,
      taken: ["a.png", "A.PNG"]),
    ArchiveSpecimen(
      "one picture twice", #"out = z(("a.png", png(1)), ("b.png", png(1)))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "texts",
      """
      out = z(("a.txt", "one\\ntwo"), ("b.csv", "id,text\\n1,three"), ("c.json", '["four"]'),
        ("d.jsonl", '{"text": "five"}'), ("e.txt", b"\\xff\\xfe\\0"))
      """, taken: ["a-1.txt", "a-2.txt", "b-2.txt", "c-1.txt", "d-1.txt"], faults: ["UTF-8"]),
    ArchiveSpecimen(
      "other files beside a picture",
      """
      out = z(("a.png", png(1)), ("page.html", "<script>"), ("a.svg", "<svg/>"), ("run.exe", "MZ"),
        ("word/document.xml", "<x/>"), ("cut.png", png(2)[:60]), ("empty.png", b""))
      """, taken: ["a.png"], faults: ["image", "image", "image", "image", "", "empty"]),
    ArchiveSpecimen(
      "a picture and an archive in one, a PNG", #"out = png(1) + z(("a.png", png(2)))"#,
      taken: ["x.zip"]),
  ]

  /// Names are only displayed, never used as paths.
  static let names = [
    ArchiveSpecimen(
      "paths",
      #"""
      out = hand(F("/etc/a.png", png(1)), F("../../b.png", png(2)), F("..\\..\\c.png", png(3)),
        F("C:\\Windows\\d.png", png(4)), F("//host/e.png", png(5)), F("a/../f.png", png(6)),
        F("..", png(7)), F("g/.", png(8)))
      """#,
      taken: ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png", "unnamed", "unnamed"]),
    ArchiveSpecimen(
      "control characters",
      #"out = hand(F("a\0.png", png(1)), F("b\r\n.png", png(2)), F("\x1b[31mc", png(3)))"#,
      taken: ["a.png", "b.png", "[31mc"]),
    ArchiveSpecimen(
      "writing that is turned", #"out = hand(F("a\u202egnp.exe", png(1)))"#, taken: ["agnp.exe"]),
    ArchiveSpecimen(
      "accents in two characters", #"out = hand(F("e\u0301.png", png(1)))"#, taken: ["é.png"]),
    ArchiveSpecimen(
      "an old character set", #"out = hand(F(b"\x81ber.png", png(1)))"#, taken: ["über.png"]),
    ArchiveSpecimen(
      "UTF-8 that is none", #"out = hand(F(b"a\xff.png", png(1), flags=0x800))"#,
      taken: ["a\u{FFFD}.png"]),
    ArchiveSpecimen(
      "the longest name", #"out = hand(F("n" * 65531 + ".png", png(1)))"#,
      taken: [String(repeating: "n", count: 251) + ".png"]),
    ArchiveSpecimen(
      "no name", #"out = hand(F("", png(1)), F("a.png", png(2)))"#, taken: ["a.png"]),
    ArchiveSpecimen(
      "another name in front of the file",
      #"out = hand(F("a.png", png(1), local_name=b"../../evil.sh"))"#, taken: ["a.png"]),
  ]
}
