import Imaging
import Testing

extension DecoderTests {
  @Suite struct Verify {
    struct Kind: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let type: ImageType
      let steps: [[String]]
    }

    static let kinds: [Kind] = [
      Kind("plain", .jpeg, ["jpegsave"]), Kind("progressive", .jpeg, ["jpegsave", "--interlace"]),
      Kind("gray", .jpeg, ["colourspace", "b-w"], ["jpegsave"]),
      Kind("CMYK", .jpeg, ["colourspace", "cmyk"], ["jpegsave"]),
      Kind("plain", .png, ["pngsave"]), Kind("interlaced", .png, ["pngsave", "--interlace"]),
      Kind("gray", .png, ["colourspace", "b-w"], ["pngsave"]),
      Kind("16 bits", .png, ["colourspace", "rgb16"], ["pngsave"]),
      Kind("palette", .png, ["pngsave", "--palette"]),
      Kind("alpha", .png, ["bandjoin_const", "100"], ["pngsave"]),
    ]

    @Test(arguments: kinds) func validFilesAreAccepted(_ kind: Kind) throws {
      let file = try kind.steps.reduce(try scene(1, width: 90, height: 60)) { source, step in
        let name = step[0].hasSuffix("save") ? "picture" : "step.v"
        return try Fixture(step[0], of: source, name: name, Array(step.dropFirst()))
      }
      let found = try DecoderTests.pool.verify(file, as: kind.type)
      #expect(
        found == Picture(width: 90, height: 60, orientation: 1, type: kind.type, frames: 1))
      #expect(try DecoderTests.pool.inspect(file).picture == found)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>) func picturesAreTurnedUpright(
      _ orientation: UInt8
    ) throws {
      let source = try scene(1, width: 90, height: 60)
      let jpeg = try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"]).bytes
      let turned = Exif.inserted(Exif.block([.orientation(orientation)]), into: jpeg)
      let found = try DecoderTests.pool.verify(turned, as: .jpeg)
      #expect(found.orientation == Int(orientation))
      #expect([found.width, found.height] == (orientation < 5 ? [90, 60] : [60, 90]))
    }

    @Test func onePixelIsAccepted() throws {
      let bytes = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end
      #expect(try DecoderTests.pool.verify(bytes, as: .png).width == 1)
      #expect(try DecoderTests.pool.inspect(bytes).likeness.isPlain)
    }

    @Test(arguments: [50, 90, 99]) func truncatedFilesAreRefused(_ percent: Int) throws {
      for name in ["jpegsave", "pngsave"] {
        let whole = try Fixture(name, of: scene(2), name: "picture", []).bytes
        #expect(throws: damaged) {
          try DecoderTests.pool.verify(Array(whole.prefix(whole.count * percent / 100)), as: nil)
        }
        #expect(throws: damaged) {
          try DecoderTests.pool.verify(whole.dropLast(100), as: nil)
        }
      }
    }

    @Test func aPNGWithoutItsEndIsAccepted() throws {
      let whole = try Fixture("pngsave", of: scene(2), name: "picture", []).bytes
      #expect(try DecoderTests.pool.verify(whole.dropLast(12), as: .png).width == 200)
    }

    @Test func anotherTypeIsRefused() throws {
      let png = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end
      #expect(throws: DecodeFailure.refused("The file is a PNG image, not a JPEG image.")) {
        try DecoderTests.pool.verify(png, as: .jpeg)
      }
      for bytes in [Array("GIF88a\u{1}\0\u{1}\0".utf8), Array("<svg/>".utf8), [0xff, 0xd8]] {
        let sentence = "The file is not a JPEG, PNG, WebP, TIFF, GIF or BMP image."
        #expect(throws: DecodeFailure.refused(sentence)) {
          try DecoderTests.pool.verify(bytes, as: nil)
        }
      }
      #expect(throws: DecodeFailure.refused("The file is empty.")) {
        try DecoderTests.pool.verify([], as: nil)
      }
    }

    @Test func wrongChecksumsAndMissingDataAreRefused() throws {
      var broken = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end
      broken[PNG.signature.count + 20] ^= 1
      for bytes in [broken, PNG.signature + PNG.header(1, 1), PNG.signature, [0xff, 0xd8, 0xff]] {
        #expect(throws: damaged) { try DecoderTests.pool.verify(bytes, as: nil) }
      }
    }

    @Test func pixelsAreCountedByTheHeader() throws {
      let bomb = PNG.signature + PNG.header(60_000, 60_000) + PNG.pixel + PNG.end
      #expect(throws: DecodeFailure.tooLarge(width: 60_000, height: 60_000)) {
        try DecoderTests.pool.verify(bomb, as: .png)
      }
      #expect(throws: DecodeFailure.tooLarge(width: 60_000, height: 60_000)) {
        try DecoderTests.pool.inspect(bomb)
      }
      let pool = DecoderPool(executable: decoder, size: 1, limits: .init(pixels: 6))
      #expect(throws: DecodeFailure.tooLarge(width: 1, height: 7)) {
        try pool.verify(PNG.signature + PNG.header(1, 7) + PNG.pixel, as: .png)
      }
    }

    /// 200 MB of text, comment or colour profile in 1.3 MB of file: passed over by libpng, refused
    /// by libspng, with which Debian 13 decodes.
    @Test(arguments: ["zTXt", "iTXt", "iCCP"]) func bombsAreRefused(_ chunk: String) throws {
      let prefix = Array((chunk == "iTXt" ? "Comment\0\u{1}\0\0\0" : "Comment\0\0").utf8)
      let bomb = PNG.chunk(chunk, prefix + PNG.bomb(200 << 20))
      let bytes = PNG.signature + PNG.header(1, 1) + bomb + PNG.pixel + PNG.end
      let pool = DecoderPool(executable: decoder, size: 1)
      do {
        #expect(try pool.verify(bytes, as: .png).width == 1)
        #expect(try pool.inspect(bytes).declared.isEmpty)
      } catch {
        #expect(error as? DecodeFailure == damaged)
      }
      let plain = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end
      #expect(try pool.verify(plain, as: .png).width == 1)
    }

    /// Each chunk stays below libpng's limit, together they are 400 MB.
    @Test func aBombOfManyChunksIsRefused() throws {
      let text = PNG.chunk("zTXt", Array("Comment\0\0".utf8) + PNG.bomb(40 << 20))
      let bombs = Array(repeatElement(text, count: 10).joined())
      let bytes = PNG.signature + PNG.header(1, 1) + bombs + PNG.pixel + PNG.end
      #expect(throws: DecodeFailure.refused("The image has too much compressed metadata.")) {
        try DecoderTests.pool.verify(bytes, as: .png)
      }
    }

    @Test func manySmallTextsAreAccepted() throws {
      func picture(_ chunk: [UInt8]) -> [UInt8] {
        let texts = Array(repeatElement(chunk, count: 400).joined())
        return PNG.signature + PNG.header(1, 1) + texts + PNG.pixel + PNG.end
      }
      let compressed = PNG.chunk("zTXt", Array("Comment\0\0".utf8) + PNG.stored([65, 66]))
      #expect(try DecoderTests.pool.verify(picture(compressed), as: .png).width == 1)
      // Read by our own code: libvips on Debian 13 reads none of so many texts.
      let plain = picture(PNG.chunk("tEXt", Array("Comment\0AB".utf8)))
      #expect(
        try DecoderTests.pool.inspect(plain).declared == [
          Declared(field: "png:Comment", value: "AB")
        ])
    }
  }
}

extension DecoderTests.Verify.Kind {
  init(_ name: String, _ type: ImageType, _ steps: [String]...) {
    self.init(testDescription: "\(name) \(type.name)", type: type, steps: steps)
  }
}
