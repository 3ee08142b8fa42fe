import Imaging
import Support
import Testing

extension UnpackingTests {
  /// Names are shown and never used; the bytes they come in have many meanings.
  @Suite struct Names {
    private func name(_ bytes: [UInt8], flags: Int = 0, extra: [UInt8] = []) throws -> String? {
      var file = Zip.File("")
      (file.name, file.flags, file.extra) = (bytes, flags, extra)
      return try reader.contents(of: Zip([file])).names.first
    }

    @Test(arguments: [
      ("../../etc/passwd", "passwd"), ("/etc/shadow", "shadow"), ("..\\..\\boot.ini", "boot.ini"),
      ("C:\\a\\b.png", "b.png"), ("..", "unnamed"), ("a/..", "unnamed"), (".", "unnamed"),
      ("a.png\0.exe", "a.png.exe"), ("\u{1B}[31mred\n.png", "[31mred.png"), ("\0", "unnamed"),
      ("a//b.png", "b.png"), ("-rf", "-rf"), ("e\u{301}.png", "e\u{301}.png"),
    ])
    func aPathIsAName(path: String, expected: String) throws {
      let found = try #require(try name(Array(path.utf8)))
      #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func theFlagMeansUTF8() throws {
      #expect(try name(Array("画像🖼.png".utf8), flags: 0x800) == "画像🖼.png")
      #expect(try name([0x61, 0xFF, 0x62], flags: 0x800) == "a\u{FFFD}b")
    }

    @Test func utf8IsSeenWithoutTheFlag() throws {
      #expect(try name(Array("naïve.png".utf8)) == "naïve.png")
    }

    @Test func elseItIsTheIBMPCs() throws {
      #expect(try name([0x81, 0x62, 0x65, 0x72, 0xE1, 0x2E, 0x80, 0xFF]) == "überß.Ç\u{A0}")
    }

    @Test func infoZIPsFieldIsRead() throws {
      let bytes: [UInt8] = [0x3F, 0x2E, 0x70, 0x6E, 0x67]
      let field = [1] + little(Int(crc32(bytes)), 4) + Array("дом.png".utf8)
      let extra = little(0x7075, 2) + little(field.count, 2) + field
      #expect(try name(bytes, extra: extra) == "дом.png")
      #expect(try name([0x21] + bytes, extra: extra) == "!?.png")
    }

    @Test func longNamesKeepTheirEnd() throws {
      let long = try #require(
        try name(Array((String(repeating: "é", count: 30_000) + ".png").utf8)))
      #expect(long == String(repeating: "é", count: 510) + ".png")
    }

    @Test func anEmptyNameIsNoFile() throws {
      #expect(try name([]) == nil)
    }

    @Test func cleaningTwiceChangesNothing() {
      for path in ["a/b", "e\u{301}\u{327}/\u{1}o\u{308}", "\u{212B}", "\u{1}", "..", ""] {
        let once = EntryName.cleaned(path)
        #expect(Array(EntryName.cleaned(once).utf8) == Array(once.utf8))
      }
    }
  }
}
