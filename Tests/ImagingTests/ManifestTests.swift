import Imaging
import Support
import Testing

extension DecoderTests {
  /// Compares with files and statements of the reference implementation of C2PA.
  @Suite struct ManifestTests {
    private let pool = DecoderTests.pool

    /// Signed pictures, made once.
    private static let signed = Result {
      let home = try TemporaryDirectory()
      for (ending, operation) in [
        ("jpg", "jpegsave"), ("png", "pngsave"), ("webp", "webpsave"), ("tif", "tiffsave"),
        ("gif", "gifsave"),
      ] {
        let picture = try Fixture(operation, of: scene(9), name: "a.\(ending)", [])
        try Files.write("\(home.path)/a.\(ending)", picture.bytes)
      }
      let run = try Program.run(
        [Python.withC2PA.get(), "-c", Python.signing, home.path], seconds: 120)
      guard run.code == 0 else { throw FixtureError(reason: run.errors) }
      return home.path
    }

    private func signed(_ name: String) throws -> [UInt8] {
      try Files.bytes(Self.signed.get() + "/" + name)
    }

    private func declared(_ bytes: [UInt8]) throws -> [String: String] {
      let statements = try pool.inspect(bytes).declared
      return Dictionary(statements.map { ($0.field, $0.value) }) { first, _ in first }
    }

    /// The statements that the reference implementation reads from a file.
    private func reference(_ bytes: [UInt8], _ ending: String = "jpg") throws -> String {
      let file = try Fixture(bytes, name: "a.\(ending)")
      let run = try Program.run(
        [Python.withC2PA.get(), "-c", Python.reading, file.path], seconds: 60)
      return String(run.text.prefix { $0 != "\n" })
    }

    @Test(arguments: ["jpg", "png", "webp", "tif", "gif"])
    func manifestsOfAllFormatsAreRead(_ ending: String) throws {
      let bytes = try signed("ai.\(ending)")
      #expect(try reference(bytes, ending) == "Valid")
      let found = try declared(bytes)
      #expect(found["c2pa"] == "intact")
      #expect(found["c2pa:digitalSourceType"] == "trainedAlgorithmicMedia")
      #expect(found["c2pa:claim_generator"] == "Test Generator")
      #expect(found["digitalSourceType"] == nil)
    }

    @Test(arguments: ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "ED25519"])
    func allKindsOfSignaturesAreVerified(_ algorithm: String) throws {
      var bytes = try signed("\(algorithm).jpg")
      #expect(try declared(bytes)["c2pa"] == "intact")
      // The claim holds the name of the program.
      let place = try #require(bytes.place(of: "Test Generator"))
      bytes[place] ^= 1
      #expect(try declared(bytes)["c2pa"] == "broken: the signature does not match the claim")
      #expect(try reference(bytes) == "Invalid")
    }

    @Test func changedPixelsAreFound() throws {
      for ending in ["jpg", "png", "webp", "tif", "gif"] {
        let bytes = try signed("ai.\(ending)")
        // A byte outside the manifest that decoders ignore.
        let changed = try Self.appended(bytes, ending)
        #expect(
          try declared(changed)["c2pa"] == "broken: the file has changed since it was signed",
          "\(ending)")
        #expect(try reference(changed, ending) == "Invalid", "\(ending)")
      }
    }

    @Test func aChangedAssertionIsFound() throws {
      var bytes = try signed("ai.jpg")
      let place = try #require(bytes.place(of: "Test Model"))
      bytes[place] ^= 1
      let found = try declared(bytes)
      #expect(
        found["c2pa"] == "broken: the assertion c2pa.actions.v2 has changed since it was signed")
      #expect(found["c2pa:digitalSourceType"] == "trainedAlgorithmicMedia")
      #expect(try reference(bytes) == "Invalid")
    }

    @Test func aBrokenSignatureIsFound() throws {
      var bytes = try signed("ai.jpg")
      // The contents are left out; a byte string of 64 follows.
      let head = try #require(bytes.lastPlace(of: [0xf6, 0x58, 0x40]))
      bytes[head + 40] ^= 1
      #expect(try declared(bytes)["c2pa"] == "broken: the signature does not match the claim")
      #expect(try reference(bytes) == "Invalid")
    }

    @Test func aCutStoreIsBroken() throws {
      let bytes = try signed("ai.png")
      let name = try #require(bytes.place(of: "caBX"))
      let length = bytes[(name - 4)..<name].reduce(0) { $0 << 8 | Int($1) }
      for part in [40, 200, length / 2, length - 1] {
        let chunk = PNG.chunk("caBX", Array(bytes[(name + 4)...].prefix(part)))
        let file = bytes[..<(name - 4)] + chunk + bytes[(name + 8 + length)...]
        let found = try declared(Array(file))
        #expect(found["c2pa"]?.hasPrefix("broken") == true, "\(part)")
      }
    }

    /// Brotli is not supported, and an older manifest does not replace one that cannot be read.
    @Test func unreadableManifestsAreUnchecked() throws {
      func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(content.count + 8).bigEndian) { Array($0) }
        return length + Array(type.utf8) + content
      }
      func superbox(_ kind: String, _ label: String, _ content: [UInt8]) -> [UInt8] {
        let type = Array(kind.utf8) + [UInt8](repeating: 0, count: 12)
        return box("jumb", box("jumd", type + [3] + Array(label.utf8) + [0]) + content)
      }
      func told(_ latest: [UInt8]) throws -> [String: String] {
        let file =
          PNG.signature + PNG.header(1, 1) + PNG.chunk("caBX", superbox("c2pa", "c2pa", latest))
          + PNG.pixel + PNG.end
        return try declared(file)
      }
      #expect(
        try told(superbox("c2cm", "urn:c2pa:1", box("brob", [1, 2, 3])))
          == ["c2pa": "unchecked: a compressed manifest"])
      #expect(
        try told(superbox("c2ma", "urn:c2pa:1", []))
          == ["c2pa": "broken: the manifest cannot be read"])
      #expect(try told([]) == ["c2pa": "broken: the manifest cannot be read"])
    }

    @Test(arguments: [
      ("camera", "c2pa:digitalSourceType", "digitalCapture"),
      ("edited", "c2pa:part:digitalSourceType", "compositeWithTrainedAlgorithmicMedia"),
      ("filled", "c2pa:part:digitalSourceType", "trainedAlgorithmicMedia"),
      ("parent", "c2pa:digitalSourceType", "trainedAlgorithmicMedia"),
      ("component", "c2pa:part:digitalSourceType", "trainedAlgorithmicMedia"),
      ("old", "c2pa:digitalSourceType", "trainedAlgorithmicMedia"),
      ("unnamed", "c2pa:softwareAgent", "Test Model"),
    ])
    func partsAreDistinguishedFromTheWhole(_ name: String, _ field: String, _ value: String) throws
    {
      let found = try declared(signed("\(name).jpg"))
      #expect(found["c2pa"] == "intact")
      #expect(found[field] == value)
      #expect(found.sources.filter { $0.key != field } == [:])
    }

    @Test func promptsAreNotDeclarations() throws {
      let found = try declared(signed("input.jpg"))
      #expect(found["c2pa"] == "intact")
      #expect(found.sources == [:])
    }

    @Test func aChangedIngredientIsFound() throws {
      var bytes = try signed("parent.jpg")
      // Its manifest precedes the one that refers to it.
      let place = try #require(bytes.place(of: "Test Model"))
      bytes[place] ^= 1
      #expect(
        try declared(bytes)["c2pa"]
          == "broken: the manifest of an ingredient has changed since it was signed")
    }

    /// The file with one more byte, which decoders ignore.
    private static func appended(_ bytes: [UInt8], _ ending: String) throws -> [UInt8] {
      guard ending == "webp" else { return bytes + [0] }
      // Bytes after the length in the header do not belong to the picture.
      let chunk = Array("NONE".utf8) + [0, 0, 0, 0]
      var whole = bytes + chunk
      let length = whole.count - 8
      for index in 0..<4 { whole[4 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
      return whole
    }
  }
}

extension [String: String] {
  /// The statements about sources, without that of a photograph.
  fileprivate var sources: [String: String] {
    filter { $0.key.hasSuffix("igitalSourceType") && $0.value != "digitalCapture" }
  }
}

extension [UInt8] {
  fileprivate func place(of text: String) -> Int? {
    let letters = [UInt8](text.utf8)
    return indices.first { self[$0...].starts(with: letters) }
  }

  fileprivate func lastPlace(of bytes: [UInt8]) -> Int? {
    indices.last { self[$0...].starts(with: bytes) }
  }
}
