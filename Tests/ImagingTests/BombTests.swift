import Imaging
import Testing

extension DecoderTests {
  /// Excessive sizes in a few header bytes must be refused before a decoder reads further.
  @Suite struct Bombs {
    struct Bomb: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let bytes: [UInt8]
      let failure: DecodeFailure

      init(_ name: String, _ bytes: [UInt8], _ failure: DecodeFailure) {
        (testDescription, self.bytes, self.failure) = (name, bytes, failure)
      }
    }

    private static let frames = DecodeFailure.refused("The image has more than 1000 frames.")
    private static let together = DecodeFailure.refused(
      "The image's frames together have too many pixels.")
    private static let cut = DecodeFailure.refused(
      "The image has too many or too large strips or tiles.")

    private static func repeated(_ part: [UInt8], _ count: Int) -> [UInt8] {
      Array(repeatElement(part, count: count).joined())
    }
    private static func entry(_ tag: UInt16, _ value: UInt32) -> TIFF.Entry {
      TIFF.Entry(tag: tag, value: value)
    }

    private static let scan: [UInt8] = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x55]

    private static func tooLong(_ name: String, _ width: Int, _ height: Int, _ most: Int)
      -> DecodeFailure
    {
      .refused(
        "The image is \(width) by \(height) pixels; a side of a \(name) image has at most \(most).")
    }

    private static func jpeg(_ width: UInt16, _ height: UInt16) -> [UInt8] {
      func two(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
      return [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8] + two(height) + two(width) + [1, 1, 0x11, 0] + scan
    }

    static let bombs: [Bomb] = [
      Bomb(
        "PNG, a long line", PNG.signature + PNG.header(1, 100_000_000) + PNG.pixel + PNG.end,
        tooLong("PNG", 1, 100_000_000, 1_000_000)),
      Bomb(
        "PNG, a longer line", PNG.signature + PNG.header(1 << 31 - 1, 1) + PNG.pixel + PNG.end,
        .tooLarge(width: 1 << 31 - 1, height: 1)),
      Bomb("JPEG, a long line", jpeg(65_501, 1), tooLong("JPEG", 65_501, 1, 65_500)),
      Bomb("JPEG, a high line", jpeg(2, 65_535), tooLong("JPEG", 2, 65_535, 65_500)),
      Bomb("JPEG, a huge frame", jpeg(65_535, 65_535), .tooLarge(width: 65_535, height: 65_535)),
      Bomb(
        "WebP, a long canvas", WebP.file(WebP.canvas(16_384, 1), WebP.frame(1, 1)),
        tooLong("WebP", 16_384, 1, 16_383)),
      Bomb(
        "TIFF, a long line", TIFF.file([TIFF.page(10_000_001, 1)]),
        tooLong("TIFF", 10_000_001, 1, 1_000_000)),
      Bomb(
        "TIFF, a longer line", TIFF.file([TIFF.page(.max, 1)]),
        .tooLarge(width: Int(UInt32.max), height: 1)),
      Bomb(
        "BMP, a long line",
        BMP(width: 1, height: 1_000_001, bits: 1, palette: BMP.colours, pixels: [0]).bytes,
        tooLong("BMP", 1, 1_000_001, 1_000_000)),
      Bomb(
        "JPEG, many scans", [0xff, 0xd8] + repeated(scan, 201),
        .refused("The image has too many scans.")),
      Bomb(
        "GIF, a huge screen", GIF.screen(65_535, 65_535) + GIF.frame() + GIF.end,
        .tooLarge(width: 65_535, height: 65_535)),
      Bomb(
        "GIF, a huge frame", GIF.screen(1, 1) + GIF.frame(65_535, 65_535) + GIF.end,
        .tooLarge(width: 65_535, height: 65_535)),
      Bomb(
        "GIF, many frames", GIF.screen(1, 1) + repeated(GIF.frame(), 1001) + GIF.end, frames),
      Bomb(
        "GIF, many large frames",
        GIF.screen(9_000, 9_000) + repeated(GIF.frame(), 7) + GIF.end, together),
      Bomb(
        "WebP, a huge canvas", WebP.file(WebP.canvas(1 << 24, 1 << 24), WebP.frame(1, 1)),
        .tooLarge(width: 1 << 24, height: 1 << 24)),
      Bomb(
        "WebP, many frames", WebP.file(WebP.canvas(1, 1), repeated(WebP.frame(1, 1), 1001)),
        frames),
      Bomb(
        "WebP, many large frames",
        WebP.file(WebP.canvas(9_000, 9_000), repeated(WebP.frame(1, 1), 7)), together),
      Bomb(
        "TIFF, a huge page", TIFF.file([TIFF.page(1 << 31, 1 << 31)]),
        .tooLarge(width: 1 << 31, height: 1 << 31)),
      Bomb(
        "TIFF, many pages", TIFF.file((0..<1001).map { _ in TIFF.page(1, 1) }), frames),
      Bomb(
        "TIFF, many strips", TIFF.file([TIFF.page(9_000, 9_000, [entry(322, 1), entry(323, 1)])]),
        cut),
      Bomb(
        "TIFF, a huge tile",
        TIFF.file([TIFF.page(1, 1, [entry(322, 1 << 31), entry(323, 1 << 31)])]), cut),
      Bomb(
        "TIFF, large tiles for narrow pages",
        TIFF.file([TIFF.page(1, 1_000_000, [entry(322, 1 << 20), entry(323, 16)])]), cut),
      Bomb(
        "TIFF, many samples", TIFF.file([TIFF.page(9_000, 9_000, [entry(277, 65_535)])]),
        .refused("The image has too many bytes per pixel.")),
      Bomb(
        "TIFF, a page beyond the file", TIFF.file([TIFF.page(1, 1)], last: 1 << 31), damaged),
      Bomb(
        "BMP, a huge picture",
        BMP(width: 1 << 30, height: -1 << 30, bits: 1, palette: BMP.colours, pixels: [0]).bytes,
        .tooLarge(width: 1 << 30, height: 1 << 30)),
      Bomb(
        "BMP, runs for a large picture",
        BMP(
          width: 65_535, height: 65_535, bits: 8, compression: 1, palette: BMP.colours,
          pixels: [0, 2, 255, 255, 0, 1]
        ).bytes, .tooLarge(width: 65_535, height: 65_535)),
    ]

    @Test(arguments: bombs) func bombsAreRefused(_ bomb: Bomb) throws {
      let pool = DecoderTests.pool
      #expect(throws: bomb.failure) { try pool.verify(bomb.bytes, as: nil) }
      #expect(throws: bomb.failure) { try pool.inspect(bomb.bytes) }
      #expect(throws: bomb.failure) { try pool.preview(bomb.bytes, longest: 64) }
    }

    /// Files at the limits are decoded in time.
    @Test func manySmallFramesAreAccepted() throws {
      let frames = Self.repeated(GIF.frame(), 1000)
      let gif = GIF.screen(100, 100) + frames + GIF.end
      #expect(try DecoderTests.pool.verify(gif, as: .gif).frames == 1000)
      let pages = (0..<1000).map { TIFF.page(1 + UInt32($0 % 7), 2) }
      #expect(try DecoderTests.pool.verify(TIFF.file(pages), as: .tiff).frames == 1000)
    }

    /// A strip that inflates to a thousand times the size of the page.
    @Test func aStripEndsWithItsPage() throws {
      let bomb = PNG.bomb(100 << 20)
      let page = TIFF.page(
        8, 8, [Self.entry(259, 8), Self.entry(279, UInt32(bomb.count))])
      let file = TIFF.file([page], pixels: 0) + bomb
      let pool = DecoderPool(executable: decoder, size: 1)
      let session = pool.session()
      defer { session.end() }
      _ = try? session.verify(file, as: .tiff)
      let child = try #require(pool.children.first)
      let status = try text("/proc/\(child)/status").split(separator: "\n")
      let peak = try #require(status.first { $0.hasPrefix("VmHWM:") })
      let kilobytes = try #require(
        peak.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
      #expect(kilobytes < 100 << 10)
    }
  }
}
