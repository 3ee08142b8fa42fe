import Imaging
import Support
import Testing

extension UnpackingTests {
  /// Names are only displayed; their bytes may be in many encodings.
  @Suite struct Names {
    private func name(
      _ bytes: [UInt8], flags: Int = 0, extra: [UInt8] = [], in encoding: NameEncoding? = nil
    ) throws -> String? {
      var file = Zip.File("")
      (file.name, file.flags, file.extra) = (bytes, flags, extra)
      return try reader.contents(of: Zip([file]), names: encoding).names.first
    }

    private static let ending = Array(".jpg".utf8)

    @Test(arguments: [
      (NameEncoding.cp932, [0x95, 0x5C], "表"), (.shiftJIS, [0x83, 0x5C], "ソ"),
      (.cp932, [0x8E, 0xCA, 0x90, 0x5E, 0x5C, 0x95, 0x5C], "表"), (.cp932, [0x2F, 0x95, 0x5C], "表"),
      (.big5, [0xA5, 0x5C], "功"), (.gbk, [0xD5, 0x5C], "誠"), (.gb18030, [0xD5, 0x5C], "誠"),
      (.cp949, [0xC7, 0xD1], "한"), (.eucKR, [0xC7, 0xD1], "한"), (.eucJP, [0xC9, 0xBD], "表"),
      (.cp1251, [0xE4, 0xEE, 0xEC], "дом"), (.cp866, [0xA4, 0xAE, 0xAC], "дом"),
      (.cp437, [0x81], "ü"), (.utf8, [0xC3, 0xBC], "ü"),
    ])
    func theClientSetsTheEncoding(encoding: NameEncoding, bytes: [UInt8], expected: String) throws {
      #expect(try name(bytes + Self.ending, in: encoding) == expected + ".jpg")
    }

    @Test(arguments: NameEncoding.allCases) func everyEncodingHasAConverter(
      encoding: NameEncoding
    ) throws {
      #expect(try name(Array("a/b c.png".utf8), in: encoding) == "b c.png")
    }

    /// If a name is not valid in the client's encoding, no other encoding is tried.
    @Test(arguments: [
      (NameEncoding.utf8, [0xE9]), (.cp932, [0xFF, 0x80]), (.eucKR, [0x95, 0x5C]),
      (.gbk, [0x81, 0x20]),
    ])
    func aNameInAnotherEncodingIsRefused(encoding: NameEncoding, bytes: [UInt8]) throws {
      var (file, sound) = (Zip.File(""), Zip.File("sound.jpg"))
      (file.name, file.flags) = (bytes + Self.ending, 0)
      sound.flags = 0
      let entries = try reader.contents(of: Zip([file, sound]), names: encoding).entries
      #expect(entries.count == 2)
      #expect(
        entries.first?.verdict
          == .refused("The file's name is not in the given filename_encoding."))
      #expect(entries.last?.name == "sound.jpg")
      #expect(try name(bytes + Self.ending) != nil)
    }

    @Test func theArchivesEncodingTakesPrecedence() throws {
      #expect(try name(Array("表.jpg".utf8), flags: 0x800, in: .cp1251) == "表.jpg")
    }

    /// Without a given encoding, names are kept complete, and different names stay different.
    @Test(arguments: [
      ([0x95, 0x5C], "ò＼"), ([0xA5, 0x5C], "Ñ＼"), ([0x95, 0x5C, 0x95, 0x5C], "ò＼ò＼"),
      ([0x41, 0x5C, 0x81], "ü"), ([0x81, 0x62, 0x5C, 0x81], "ü"), ([0x81, 0x81, 0x5C, 0x62], "b"),
    ])
    func aSecondByteIsNotASeparator(bytes: [UInt8], expected: String) throws {
      #expect(try name(bytes + Self.ending) == expected + ".jpg")
    }

    /// A name that ends in such a byte is the name of a file, not of a folder.
    @Test func aNameMayEndInABackslashByte() throws {
      #expect(try name([0x95, 0x5C]) == "ò＼")
      #expect(try name([0x95, 0x5C], in: .cp932) == "表")
    }

    @Test(arguments: [
      ("../../etc/passwd", "passwd"), ("/etc/shadow", "shadow"), ("..\\..\\boot.ini", "boot.ini"),
      ("C:\\a\\b.png", "b.png"), ("..", "unnamed"), ("a/..", "unnamed"), (".", "unnamed"),
      ("a.png\0.exe", "a.png.exe"), ("\u{1B}[31mred\n.png", "[31mred.png"), ("\0", "unnamed"),
      ("a//b.png", "b.png"), ("-rf", "-rf"), ("e\u{301}.png", "e\u{301}.png"),
    ])
    func pathsAreReducedToNames(path: String, expected: String) throws {
      let found = try #require(try name(Array(path.utf8)))
      #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func theFlagMeansUTF8() throws {
      #expect(try name(Array("画像🖼.png".utf8), flags: 0x800) == "画像🖼.png")
      #expect(try name([0x61, 0xFF, 0x62], flags: 0x800) == "a\u{FFFD}b")
    }

    @Test func utf8IsRecognizedWithoutTheFlag() throws {
      #expect(try name(Array("naïve.png".utf8)) == "naïve.png")
    }

    @Test func theDefaultIsCodePage437() throws {
      #expect(try name([0x81, 0x62, 0x65, 0x72, 0xE1, 0x2E, 0x80, 0xFF]) == "überß.Ç\u{A0}")
    }

    @Test func infoZIPsFieldIsRead() throws {
      let bytes: [UInt8] = [0x3F, 0x2E, 0x70, 0x6E, 0x67]
      let field = [1] + little(Int(crc32(bytes)), 4) + Array("дом.png".utf8)
      let extra = little(0x7075, 2) + little(field.count, 2) + field
      #expect(try name(bytes, extra: extra) == "дом.png")
      #expect(try name([0x21] + bytes, extra: extra) == "!?.png")
    }

    @Test func longNamesKeepTheirExtension() throws {
      let long = try #require(
        try name(Array((String(repeating: "é", count: 30_000) + ".png").utf8)))
      #expect(long == String(repeating: "é", count: 510) + ".png")
    }

    @Test func anEmptyNameIsRefused() throws {
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
