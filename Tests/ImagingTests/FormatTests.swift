import Imaging
import Testing

extension DecoderTests {
  @Suite struct Formats {
    struct Kind: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let type: ImageType
      let steps: [[String]]

      init(_ name: String, _ type: ImageType, _ steps: [String]...) {
        (testDescription, self.type, self.steps) = ("\(name) \(type.name)", type, steps)
      }
    }

    static let kinds: [Kind] = [
      Kind("lossy", .webp, ["webpsave"]), Kind("lossless", .webp, ["webpsave", "--lossless"]),
      Kind("alpha", .webp, ["bandjoin_const", "100"], ["webpsave"]),
      Kind("plain", .gif, ["gifsave"]),
      Kind("transparent", .gif, ["bandjoin_const", "0"], ["gifsave"]),
      Kind("plain", .tiff, ["tiffsave"]), Kind("big", .tiff, ["tiffsave", "--bigtiff"]),
      Kind("LZW", .tiff, ["tiffsave", "--compression", "lzw"]),
      Kind("deflate", .tiff, ["tiffsave", "--compression", "deflate"]),
      Kind("JPEG in", .tiff, ["tiffsave", "--compression", "jpeg"]),
      Kind("WebP in", .tiff, ["tiffsave", "--compression", "webp"]),
      Kind("tiles of", .tiff, ["tiffsave", "--tile", "--tile-width", "16", "--tile-height", "16"]),
      Kind("16 bits", .tiff, ["colourspace", "rgb16"], ["tiffsave"]),
      Kind("float", .tiff, ["colourspace", "scrgb"], ["tiffsave"]),
      Kind("Lab", .tiff, ["colourspace", "lab"], ["tiffsave"]),
      Kind("CMYK", .tiff, ["colourspace", "cmyk"], ["tiffsave", "--strip"]),
      Kind("alpha", .tiff, ["bandjoin_const", "100"], ["tiffsave"]),
      Kind(
        "fax", .tiff, ["colourspace", "b-w"],
        ["tiffsave", "--compression", "ccittfax4", "--bitdepth", "1"]),
    ]

    private func made(_ kind: Kind) throws -> Fixture {
      try kind.steps.reduce(try scene(1, width: 90, height: 60)) { source, step in
        let name = step[0].hasSuffix("save") ? "picture" : "step.v"
        return try Fixture(step[0], of: source, name: name, Array(step.dropFirst()))
      }
    }

    @Test(arguments: kinds) func validFilesAreAccepted(_ kind: Kind) throws {
      let file = try made(kind)
      let expected = Picture(width: 90, height: 60, orientation: 1, type: kind.type, frames: 1)
      #expect(try DecoderTests.pool.verify(file, as: kind.type) == expected)
      #expect(try DecoderTests.pool.inspect(file).picture == expected)
      #expect(try file.bytes.withUnsafeBytes { try Sniffer().imageType(of: $0) } == kind.type)
    }

    @Test(arguments: kinds) func truncatedFilesAreRefused(_ kind: Kind) throws {
      let whole = try made(kind).bytes
      // A TIFF file may end with its resolution, which is optional.
      let last = kind.type == .tiff ? [] : [whole.count - 2]
      for count in [whole.count / 2, whole.count * 9 / 10] + last {
        #expect(throws: damaged) {
          try DecoderTests.pool.verify(Array(whole.prefix(count)), as: nil)
        }
      }
    }

    @Test(arguments: BMP.kinds.indices) func bmpFilesAreAccepted(_ index: Int) throws {
      let (name, file) = BMP.kinds[index]
      let expected = Picture(width: 3, height: 2, orientation: 1, type: .bmp, frames: 1)
      #expect(try DecoderTests.pool.verify(file.bytes, as: .bmp) == expected, "\(name)")
      #expect(try DecoderTests.pool.inspect(file.bytes).picture == expected, "\(name)")
      #expect(try file.bytes.withUnsafeBytes { try Sniffer().imageType(of: $0) } == .bmp)
    }

    @Test(arguments: [
      (ImageType.gif, ["gifsave"]), (.webp, ["webpsave"]), (.webp, ["webpsave", "--lossless"]),
      (.tiff, ["tiffsave"]),
    ])
    func framesAreCounted(_ type: ImageType, _ step: [String]) throws {
      let strip = try scene(2, width: 90, height: 180)
      let options = step.dropFirst() + ["--page-height", "60"]
      let file = try Fixture(step[0], of: strip, name: "picture", Array(options))
      let expected = Picture(width: 90, height: 60, orientation: 1, type: type, frames: 3)
      #expect(try DecoderTests.pool.verify(file, as: type) == expected)
      #expect(try DecoderTests.pool.inspect(file).picture == expected)
      let whole = file.bytes
      for count in [whole.count / 2, whole.count * 9 / 10, whole.count - 2] {
        #expect(throws: damaged) {
          try DecoderTests.pool.verify(Array(whole.prefix(count)), as: nil)
        }
      }
    }

    @Test func pagesMayDiffer() throws {
      let pages = [TIFF.page(8, 4), TIFF.page(4, 8), TIFF.page(2, 3)]
      let found = try DecoderTests.pool.verify(TIFF.file(pages), as: .tiff)
      #expect([found.width, found.height, found.frames] == [8, 4, 3])
      let broken = pages + [TIFF.page(2, 2, [TIFF.Entry(tag: 273, value: 1 << 20)])]
      #expect(throws: damaged) { try DecoderTests.pool.verify(TIFF.file(broken), as: .tiff) }
    }

    @Test func aRingOfPagesIsReadOnce() throws {
      let ring = TIFF.file([TIFF.page(8, 4), TIFF.page(4, 8)], last: 8)
      #expect(try DecoderTests.pool.verify(ring, as: .tiff).frames == 2)
      #expect(try DecoderTests.pool.inspect(ring).picture.width == 8)
    }

    /// libvips does not support 12 bits per pixel.
    @Test(arguments: 1...8 as ClosedRange<UInt32>) func libtiffDecodesTwelveBits(
      _ orientation: UInt32
    )
      throws
    {
      let pool = DecoderTests.pool
      let page = TIFF.page(
        8, 4, [TIFF.Entry(tag: 258, value: 12), TIFF.Entry(tag: 274, value: orientation)])
      let file = TIFF.file([page, TIFF.page(3, 3)])
      let found = try pool.verify(file, as: .tiff)
      #expect([found.width, found.height] == (orientation < 5 ? [8, 4] : [4, 8]))
      #expect(found.frames == 2)
      #expect(try pool.inspect(file).picture.orientation == Int(orientation))
      let preview = try pool.verify(pool.preview(file, longest: 100), as: .jpeg)
      #expect([preview.width, preview.height] == [found.width, found.height])
      #expect(throws: DecodeFailure.self) { try pool.verify(Array(file.dropLast(40)), as: .tiff) }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt32>) func tiffIsTurnedUpright(_ orientation: UInt32)
      throws
    {
      let page = TIFF.page(8, 4, [TIFF.Entry(tag: 274, value: orientation)])
      let found = try DecoderTests.pool.verify(TIFF.file([page]), as: .tiff)
      #expect(found.orientation == Int(orientation))
      #expect([found.width, found.height] == (orientation < 5 ? [8, 4] : [4, 8]))
    }

    @Test func webPIsTurnedUpright() throws {
      let source = try scene(1, width: 90, height: 60)
      let jpeg = try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"]).bytes
      let turned = try Fixture(Exif.inserted(Exif.block([.orientation(6)]), into: jpeg))
      let webp = try Fixture("webpsave", of: turned, name: "a.webp", [])
      let found = try DecoderTests.pool.verify(webp, as: .webp)
      #expect([found.width, found.height, found.orientation] == [60, 90, 6])
    }

    @Test func oneFrameMayLackTheEndMark() throws {
      let file = GIF.screen(1, 1) + GIF.frame()
      #expect(try DecoderTests.pool.verify(file, as: .gif).frames == 1)
      #expect(try DecoderTests.pool.verify(file + GIF.end + [1, 2], as: .gif).frames == 1)
      #expect(throws: damaged) { try DecoderTests.pool.verify(GIF.screen(1, 1), as: .gif) }
    }
  }
}
