import Glibc
import Imaging
import Testing

extension DecoderPool {
  func examine(_ file: Fixture, as type: ImageType? = nil) throws(DecodeFailure)
    -> Examination<Previews>
  {
    defer { withExtendedLifetime(file) {} }
    return try session().examine(file.descriptor, as: type, DecoderTests.Examine.sides)
  }
}

extension DecoderTests {
  /// One request answers what verification, inspection and previews do.
  @Suite struct Examine {
    static let sides = PreviewSides(large: 1280, small: 320)
    private let pool = DecoderTests.pool

    /// Kinds of files, those of `Formats` among them.
    static let kinds: [Formats.Kind] =
      Formats.kinds + [
        Formats.Kind("plain", .jpeg, ["jpegsave"]), Formats.Kind("plain", .png, ["pngsave"]),
        Formats.Kind("progressive", .jpeg, ["jpegsave", "--interlace"]),
        Formats.Kind("not subsampled", .jpeg, ["jpegsave", "--subsample-mode", "off"]),
        Formats.Kind("gray", .jpeg, ["colourspace", "b-w"], ["jpegsave"]),
        Formats.Kind("CMYK", .jpeg, ["colourspace", "cmyk"], ["jpegsave"]),
        Formats.Kind("interlaced", .png, ["pngsave", "--interlace"]),
        Formats.Kind("alpha", .png, ["bandjoin_const", "100"], ["pngsave"]),
        Formats.Kind("16 bits", .png, ["colourspace", "rgb16"], ["pngsave"]),
      ]

    /// A scene of any size, quickly.
    private func picture(_ seed: UInt64, _ side: [Int]) throws -> Fixture {
      try Fixture(
        "resize", of: scene(seed), name: "a.v",
        ["\(Double(side[0]) / 200)", "--vscale", "\(Double(side[1]) / 150)"])
    }

    private func made(_ kind: Formats.Kind, _ side: [Int]) throws -> Fixture {
      try kind.steps.reduce(try picture(1, side)) { source, step in
        let name = step[0].hasSuffix("save") ? "picture" : "step.v"
        return try Fixture(step[0], of: source, name: name, Array(step.dropFirst()))
      }
    }

    private func size(_ preview: [UInt8]) throws -> [Int] {
      let picture = try pool.verify(preview, as: .jpeg)
      return [picture.width, picture.height]
    }

    @Test(arguments: kinds) func examineEqualsTheThreeRequests(_ kind: Formats.Kind) throws {
      try expectTheSame(kind, [90, 60], large: [90, 60], small: [90, 60])
    }

    /// 3841 and 523 are not multiples of the factors by which pictures are shrunk.
    @Test(arguments: kinds.filter { largeKinds.contains($0.testDescription) })
    func examineEqualsThemForLargePictures(_ kind: Formats.Kind) throws {
      try expectTheSame(kind, [3841, 523], large: [1280, 174], small: [320, 44])
    }

    private static let largeKinds = [
      "plain JPEG", "progressive JPEG", "gray JPEG", "CMYK JPEG", "plain PNG", "alpha PNG",
      "16 bits PNG", "lossy WebP", "LZW TIFF", "plain GIF",
    ]

    private func expectTheSame(_ kind: Formats.Kind, _ side: [Int], large: [Int], small: [Int])
      throws
    {
      let file = try made(kind, side)
      let found = try pool.examine(file, as: kind.type)
      #expect(try found.picture == pool.verify(file, as: kind.type))
      let inspected = try pool.inspect(file)
      let inspection = try found.inspection.get()
      #expect(inspection.picture == inspected.picture)
      #expect(inspection.rows == inspected.rows)
      #expect(inspection.declared == inspected.declared)
      #expect(inspection.likeness.whole.distance(to: inspected.likeness.whole) <= 8)
      #expect(abs(inspection.appearance.colour - inspected.appearance.colour) <= 1)
      #expect(abs(inspection.appearance.highlight - inspected.appearance.highlight) < 0.02)
      #expect(abs(inspection.appearance.shadow - inspected.appearance.shadow) < 0.02)
      let previews = try found.previews.get()
      #expect(try previews == pool.session().previews(file.descriptor, Self.sides))
      #expect(try size(previews.large) == large)
      #expect(try size(previews.small) == small)
    }

    @Test func examineRefusesTheFilesThatVerifyRefuses() throws {
      for saver in ["jpegsave", "pngsave", "webpsave", "tiffsave", "gifsave"] {
        let whole = try Fixture(saver, of: scene(2), name: "picture", []).bytes
        let cut = try Fixture(Array(whole.prefix(whole.count * 2 / 3)))
        #expect(throws: damaged) { try pool.examine(cut) }
        #expect(throws: DecodeFailure.self) { try pool.examine(Fixture(whole), as: .bmp) }
      }
    }

    @Test(arguments: ["gifsave", "webpsave", "tiffsave"]) func framesAreCountedAndTheFirstIsShown(
      _ saver: String
    ) throws {
      let strip = try scene(2, width: 90, height: 180)
      let file = try Fixture(saver, of: strip, name: "picture", ["--page-height", "60"])
      let found = try pool.examine(file)
      #expect(found.picture.frames == 3)
      #expect(try found.inspection.get().picture.frames == 3)
      #expect(try size(found.previews.get().large) == [90, 60])
      // The last frame is verified, too.
      let cut = try Fixture(Array(file.bytes.dropLast(file.bytes.count / 8)))
      #expect(throws: damaged) { try pool.examine(cut) }
    }

    /// Even orientations use a large picture, which is decoded at 3/8 of its size.
    @Test(arguments: 2...8 as ClosedRange<UInt8>)
    func turnedPicturesLookLikeUprightOnes(_ orientation: UInt8) throws {
      let side = orientation % 2 == 0 ? [3501, 623] : [501, 327]
      let upright = try picture(3, side)
      let options = ["--strip", "--Q", "95"]
      let plain = try Fixture("jpegsave", of: upright, name: "a.jpg", options)
      let source = try Inspect().stored(orientation, of: upright)
      let jpeg = try Fixture("jpegsave", of: source, name: "b.jpg", options).bytes
      let marked = Exif.inserted(Exif.block([.orientation(orientation)]), into: jpeg)
      let wanted = try pool.examine(plain).previews.get()
      let found = try pool.examine(Fixture(marked)).previews.get()
      for (one, other) in [(wanted.large, found.large), (wanted.small, found.small)] {
        #expect(try likeness(one, other) >= 40)
      }
    }

    /// The ratio of signal to noise, in decibels; pictures of different sizes have none.
    private func likeness(_ one: [UInt8], _ other: [UInt8]) throws -> Double {
      let pixels = try [one, other].map { preview in
        try Fixture("rawsave", of: Fixture(preview), name: "a.raw", []).bytes
      }
      guard pixels[0].count == pixels[1].count, try size(one) == size(other) else { return 0 }
      // A sample of the pixels is enough.
      let places = stride(from: 0, to: pixels[0].count, by: 17)
      let squares = places.reduce(0) { sum, place in
        let difference = Int(pixels[0][place]) - Int(pixels[1][place])
        return sum + difference * difference
      }
      let mean = Double(squares) / Double(pixels[0].count / 17)
      return mean == 0 ? 99 : 10 * log10(255 * 255 / mean)
    }

    /// The same picture by libjpeg's planes and, from PNG, by libvips.
    @Test func bothWaysGiveTheSamePreview() throws {
      let source = try picture(4, [3001, 1999])
      let jpeg = try Fixture("jpegsave", of: source, name: "a.jpg", ["--Q", "98"])
      let png = try Fixture("pngsave", of: source, name: "a.png", ["--compression", "1"])
      let (one, other) = try (pool.examine(jpeg), pool.examine(png))
      #expect(try likeness(one.previews.get().large, other.previews.get().large) >= 40)
      #expect(try likeness(one.previews.get().small, other.previews.get().small) >= 40)
      let distance = try one.inspection.get().likeness.whole.distance(
        to: other.inspection.get().likeness.whole)
      #expect(distance <= 8)
    }
  }
}
