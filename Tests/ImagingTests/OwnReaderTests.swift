import Glibc
import Imaging
import Support
import Testing

extension DecoderTests {
  /// The readers of PNG, WebP and TIFF files, which `examine` uses, and libvips, which verifies,
  /// agree on damaged and strange files.
  ///
  /// `ASSAY_DAMAGED=6000` tries so many of each type, and prints figures.
  @Suite struct OwnReaders {
    private static let count = getenv("ASSAY_DAMAGED").flatMap { Int(String(cString: $0)) } ?? 150

    static let savers: [(type: ImageType, steps: [[String]])] = [
      (
        .png,
        [
          ["pngsave"], ["pngsave", "--compression", "0"], ["pngsave", "--filter", "all"],
          ["pngsave", "--filter", "sub"], ["pngsave", "--filter", "up"],
          ["pngsave", "--filter", "avg"], ["pngsave", "--filter", "paeth"],
          ["pngsave", "--interlace"], ["pngsave", "--palette"],
        ]
      ),
      (
        .webp,
        [
          ["webpsave"], ["webpsave", "--lossless"], ["webpsave", "--Q", "30", "--smart-subsample"],
        ]
      ),
      (
        .tiff,
        [
          ["tiffsave"], ["tiffsave", "--compression", "lzw"],
          // libvips stores differences unless it is told otherwise.
          ["tiffsave", "--compression", "lzw", "--predictor", "none"],
          ["tiffsave", "--compression", "deflate"], ["tiffsave", "--compression", "packbits"],
          [
            "tiffsave", "--compression", "lzw", "--tile", "--tile-width", "32", "--tile-height",
            "16",
          ],
        ]
      ),
    ]

    /// Each way to write a scene of each number of samples.
    private static func wholes(_ steps: [[String]]) throws -> [[UInt8]] {
      // libpng writes pixels of less than 32 KiB for a smaller window: these are for libvips.
      let colours = try scene(3, width: 200, height: 170)
      let gray = try Fixture("colourspace", of: colours, name: "a.v", ["b-w"])
      let sources = try [colours, gray].flatMap { source in
        [source, try Fixture("bandjoin_const", of: source, name: "b.v", ["120"])]
      }
      return try sources.flatMap { source in
        try steps.map { step in
          try Fixture(step[0], of: source, name: "picture", Array(step.dropFirst())).bytes
        }
      }
    }

    @Test(arguments: savers.indices) func agreeOnDamagedFiles(_ index: Int) throws {
      let (type, steps) = Self.savers[index]
      let wholes = try Self.wholes(steps)
      let session = DecoderTests.pool.session()
      defer { session.end() }
      for whole in wholes {
        #expect(try verdict(whole, session, "whole") != nil)
        #expect(try difference(Fixture(whole), session) < 1)
      }
      var taken = 0
      for number in 0..<Self.count {
        var damage = Damage(seed: UInt64(number + 1))
        let whole = wholes[number % wholes.count]
        let file = type == .png ? damage.inPNG(whole) : damage.anywhere(in: whole)
        if try verdict(file, session, "\(type.name) \(number)") != nil { taken += 1 }
      }
      // Both kinds are there.
      #expect(taken > 0 && taken < Self.count)
      guard Self.count > 1000 else { return }
      print("\(Self.count) damaged \(type.name) files, \(taken) taken")
    }

    /// The mean difference between the pixels as libvips and as `examine` see them, of 255.
    private func difference(_ file: Fixture, _ session: DecoderSession) throws -> Double {
      let examination = try session.examine(file.descriptor, as: nil, Examine.sides)
      let found = try examination.inspection.get().likeness.luma
      let wanted = try session.inspect(file.descriptor).likeness.luma
      let sum = zip(found, wanted).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      return Double(sum) / Double(found.count)
    }

    /// The verdict on a file, the same from both ways; nil when it is refused.
    @discardableResult private func verdict(
      _ bytes: [UInt8], _ session: DecoderSession, _ name: String
    ) throws -> Picture? {
      let file = try Fixture(bytes)
      let verdict = Result { () throws(DecodeFailure) in try session.verify(file, as: nil) }
      let found = Result { () throws(DecodeFailure) in
        try session.examine(file.descriptor, as: nil, Examine.sides)
      }
      #expect(found.map(\.picture) == verdict, "\(name)")
      guard case .success(let examination) = found else { return nil }
      // libvips decodes colours of unknown kinds (TIFF's tag 262), and cannot show all of them.
      let inspected = Result { () throws(DecodeFailure) in try session.inspect(file.descriptor) }
      guard case .success(let one) = inspected, case .success(let other) = examination.inspection
      else { return examination.picture }
      #expect(throws: Never.self, "\(name)") { try examination.previews.get() }
      // Colours that are out of range are cut in one way and not in the other.
      let difference = abs(one.appearance.highlight - other.appearance.highlight)
      #expect(difference < 0.06, "\(name)")
      return examination.picture
    }

    private static let header = PNG.header(2, 2)
    /// Two rows of two gray pixels, each with its filter before it.
    private static let rows: [UInt8] = [0, 9, 9, 0, 9, 9]
    private static let pixels = PNG.chunk("IDAT", PNG.stored(rows))

    private static let text = PNG.chunk("tEXt", Array("a\0b".utf8))

    /// Two equal rows of 299 gray pixels: the first one stored, the second one copied from 300 bytes
    /// before, although the window is declared as 256 bytes.
    private static let distant: [UInt8] = {
      let row = [0] + (0..<299).map { UInt8($0 % 251) }
      let stored: [UInt8] = [0, 0x2c, 1, 0xd3, 0xfe] + row
      // Fixed codes: 258 and 42 bytes at a distance of 300, and the end.
      let copied: [UInt8] = [0x1b, 0x0d, 0x2b, 0xe2, 0xc3, 0x0a, 0]
      return [0x08, 0x1d] + stored + copied + PNG.stored(row + row).suffix(4)
    }()

    /// The chunk with another sum.
    private static func wrong(_ chunk: [UInt8]) -> [UInt8] {
      chunk.dropLast() + chunk.suffix(1).map { $0 ^ 1 }
    }

    private static func png(_ chunks: [UInt8]...) -> [UInt8] {
      PNG.signature + Array(chunks.joined()) + PNG.end
    }

    /// PNG files whose sums are all right; some libraries take more of them than others.
    static let strange: [(name: String, bytes: [UInt8])] = [
      ("plain", png(header, pixels)),
      ("an unknown filter", png(header, PNG.chunk("IDAT", PNG.stored([5] + rows.dropFirst())))),
      ("a row too few", png(header, PNG.chunk("IDAT", PNG.stored(Array(rows.prefix(3)))))),
      ("a byte too many", png(header, PNG.chunk("IDAT", PNG.stored(rows + [0])))),
      ("bytes behind the stream", png(header, PNG.chunk("IDAT", PNG.stored(rows) + [0, 0]))),
      (
        "a small window",
        png(header, PNG.chunk("IDAT", [0x08, 0x1d] + PNG.stored(rows).dropFirst(2)))
      ),
      ("a copy from outside the window", png(PNG.header(299, 2), PNG.chunk("IDAT", distant))),
      ("a wrong sum of the pixels", png(header, wrong(pixels))),
      ("a wrong sum of the header", png(wrong(header), pixels)),
      ("a wrong sum of a text", png(header, wrong(text), pixels)),
      ("a wrong sum of a text at the end", png(header, pixels, wrong(text))),
      (
        "a wrong sum of the stream",
        png(header, PNG.chunk("IDAT", PNG.stored(rows).dropLast() + [0]))
      ),
      ("no pixels", png(header)), ("no header", png(pixels)),
      ("two headers", png(header, header, pixels)),
      (
        "a chunk between the pixels",
        png(header, pixels, text, pixels)
      ),
      ("an unknown critical chunk", png(header, PNG.chunk("ABCD", []), pixels)),
      ("an unknown critical chunk at the end", png(header, pixels, PNG.chunk("ABCD", []))),
      ("a text at the end", png(header, pixels, text)),
      ("a palette at the end", png(header, pixels, PNG.chunk("PLTE", [1, 2, 3]))),
      ("a palette in gray", png(header, PNG.chunk("PLTE", [1, 2, 3]), pixels)),
      ("a transparent gray", png(header, PNG.chunk("tRNS", [0, 9]), pixels)),
      ("an end with content", PNG.signature + header + pixels + PNG.chunk("IEND", [1])),
      ("no end", PNG.signature + header + pixels),
      ("bytes behind the end", png(header, pixels) + [1, 2, 3]),
      ("an empty chunk of pixels", png(header, PNG.chunk("IDAT", []), pixels)),
    ]

    @Test(arguments: strange.indices) func agreeOnStrangePNGFiles(_ index: Int) throws {
      let session = DecoderTests.pool.session()
      defer { session.end() }
      let (name, bytes) = Self.strange[index]
      try verdict(bytes, session, name)
    }
  }
}
