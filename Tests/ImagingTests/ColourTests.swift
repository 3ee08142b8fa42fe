import Imaging
import Testing

extension DecoderTests {
  /// Compares the colours of previews with those of the pixels, in patches of one colour each.
  @Suite struct Colours {
    static let patches: [[UInt8]] = [
      [0, 0, 255], [255, 0, 0], [0, 128, 0], [46, 39, 33], [90, 60, 30], [128, 128, 128],
      [200, 220, 240], [255, 255, 255], [0, 0, 0],
    ]
    private static let levels: [UInt8] = [0, 33, 46, 90, 128, 200, 255]
    /// lcms2's colours of inks by libvips's profile, relative colorimetric, taken from Pillow.
    private static let inks: [(cmyk: [UInt8], shown: [UInt8])] = [
      ([0, 0, 0, 0], [255, 255, 255]), ([255, 0, 0, 0], [0, 156, 228]),
      ([0, 0, 255, 0], [255, 240, 0]), ([0, 0, 0, 255], [41, 35, 43]),
      ([100, 50, 25, 10], [144, 167, 193]), ([20, 200, 100, 60], [175, 74, 99]),
    ]

    struct Kind: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let steps: [[String]]

      init(_ name: String, _ steps: [String]...) {
        (testDescription, self.steps) = (name, steps)
      }
    }

    private static let savers = [
      ["pngsave"], ["tiffsave"], ["webpsave", "--lossless"],
      ["jpegsave", "--Q", "100", "--subsample-mode", "off"],
    ]

    static let coloured: [Kind] =
      savers.flatMap { saver in
        [
          Kind("\(saver[0])", saver),
          Kind(
            "\(saver[0]), with a profile", ["icc_transform", "p3", "--input-profile", "srgb"],
            saver),
        ]
      } + [
        Kind("GIF", ["gifsave"]), Kind("palette", ["pngsave", "--palette"]),
        Kind("alpha", ["bandjoin_const", "255"], ["pngsave"]),
        Kind("alpha in TIFF", ["bandjoin_const", "255"], ["tiffsave"]),
        Kind(
          "alpha and a profile", ["bandjoin_const", "255"],
          ["icc_transform", "p3", "--input-profile", "srgb"], ["pngsave"]),
        Kind("16 bits", ["colourspace", "rgb16"], ["pngsave"]),
        Kind("16 bits in TIFF", ["colourspace", "rgb16"], ["tiffsave"]),
        Kind(
          "16 bits and a profile",
          ["icc_transform", "p3", "--input-profile", "srgb", "--depth", "16"], ["tiffsave"]),
        Kind("light in floating point", ["colourspace", "scrgb"], ["tiffsave"]),
      ]

    static let gray: [Kind] = [
      Kind("PNG", ["pngsave"]), Kind("TIFF", ["tiffsave"]),
      Kind("JPEG", ["jpegsave", "--Q", "100"]),
      Kind("alpha", ["bandjoin_const", "255"], ["pngsave"]),
      Kind("16 bits", ["colourspace", "grey16"], ["pngsave"]),
      Kind("16 bits in TIFF", ["colourspace", "grey16"], ["tiffsave"]),
      Kind("shares", ["linear", "\(1.0 / 255)", "0"], ["tiffsave"]),
      Kind(
        "shares of 64 bits", ["linear", "\(1.0 / 255)", "0"], ["cast", "double"], ["tiffsave"]),
      Kind("floats", ["linear", "100", "5000"], ["tiffsave"]),
      Kind("signed", ["linear", "100", "5000"], ["cast", "short"], ["tiffsave"]),
      Kind("32 bits", ["linear", "1000", "70000"], ["cast", "uint"], ["tiffsave"]),
    ]

    static let fourInks: [Kind] = [
      Kind("TIFF", ["tiffsave"]),
      Kind("JPEG", ["jpegsave", "--Q", "100", "--subsample-mode", "off"]),
      Kind("a fifth sample", ["bandjoin_const", "255"], ["tiffsave"]),
    ]

    private let pool = DecoderTests.pool

    /// A strip of patches, as a picture of libvips.
    private func strip(_ patches: [[UInt8]], _ space: String) throws -> Fixture {
      let row = patches.flatMap { patch in (0..<48).flatMap { _ in patch } }
      let raw = try Fixture(Array((0..<48).map { _ in row }.joined()), name: "a.raw")
      let size = ["\(patches.count * 48)", "48", "\(patches[0].count)"]
      return try Fixture(
        "copy", of: Fixture("rawload", of: raw, name: "a.v", size), name: "b.v",
        ["--interpretation", space])
    }

    private func made(_ kind: Kind, of source: Fixture) throws -> Fixture {
      try kind.steps.reduce(source) { source, step in
        let name = step[0].hasSuffix("save") ? "picture" : "step.v"
        return try Fixture(step[0], of: source, name: name, Array(step.dropFirst()))
      }
    }

    /// The mean colour of each patch of a preview, away from its edges.
    private func shown(_ file: Fixture, _ count: Int, _ place: SourceLocation) throws -> [[Double]]
    {
      let preview = try pool.preview(file, longest: 2000)
      #expect(JPEG.holdsPixelsAlone(preview), sourceLocation: place)
      // Previews of gray JPEG files are gray.
      let coloured = try Fixture("colourspace", of: Fixture(preview), name: "a.v", ["srgb"])
      let pixels = try Fixture("rawsave", of: coloured, name: "a.raw", []).bytes
      try #require(pixels.count == count * 48 * 48 * 3, sourceLocation: place)
      return (0..<count).map { patch in
        (0..<3).map { channel in
          let values = (16..<32).flatMap { y in
            (16..<32).map { x in
              Double(pixels[((y * count + patch) * 48 + x) * 3 + channel])
            }
          }
          return values.reduce(0, +) / Double(values.count)
        }
      }
    }

    private func expect(
      _ file: Fixture, shows wanted: [[Double]], within levels: Double = 2,
      at place: SourceLocation = #_sourceLocation
    ) throws {
      for (found, wanted) in zip(try shown(file, wanted.count, place), wanted) {
        let isNear = zip(found, wanted).allSatisfy { abs($0 - $1) <= levels }
        #expect(isNear, "\(found) instead of \(wanted)", sourceLocation: place)
      }
    }

    @Test(arguments: coloured) func coloursAreKept(_ kind: Kind) throws {
      let file = try made(kind, of: strip(Self.patches, "srgb"))
      // JPEG's rounding errors in the profile's colours are larger in sRGB.
      let isRoundedTwice = kind.steps.count == 2 && kind.steps[1][0] == "jpegsave"
      try expect(
        file, shows: Self.patches.map { $0.map(Double.init) }, within: isRoundedTwice ? 3 : 2)
    }

    @Test(arguments: gray) func grayLevelsAreKept(_ kind: Kind) throws {
      let file = try made(kind, of: strip(Self.levels.map { [$0] }, "b-w"))
      try expect(file, shows: Self.levels.map { [Double](repeating: Double($0), count: 3) })
    }

    @Test(arguments: fourInks, [false, true]) func inksFollowTheProfile(
      _ kind: Kind, _ hasProfile: Bool
    ) throws {
      let source = try strip(Self.inks.map(\.cmyk), "cmyk")
      var steps = kind.steps
      if hasProfile { steps[steps.count - 1] += ["--profile", "cmyk"] }
      let file = try steps.reduce(source) { source, step in
        try Fixture(
          step[0], of: source, name: step[0].hasSuffix("save") ? "picture" : "step.v",
          Array(step.dropFirst()))
      }
      try expect(file, shows: Self.inks.map { $0.shown.map(Double.init) })
    }

    /// White on a transparent background would be invisible on white.
    @Test(
      arguments: [
        ([255, 255, 255], 128, 32), ([240, 240, 200], 60, 32), ([0, 0, 255], 128, 255),
        ([46, 39, 33], 200, 255), ([170, 170, 170], 255, 255),
      ] as [([UInt8], UInt8, Double)])
    func theBackgroundContrasts(_ colour: [UInt8], _ alpha: UInt8, _ ground: Double)
      throws
    {
      let patches = [colour + [alpha], [255, 255, 255, 0], colour + [255]]
      let share = Double(alpha) / 255
      let over = colour.map { Double($0) * share + ground * (1 - share) }
      let wanted = [over, [ground, ground, ground], colour.map(Double.init)]
      for saver in ["pngsave", "tiffsave"] {
        let file = try made(Kind("", [saver]), of: strip(patches, "srgb"))
        try expect(file, shows: wanted)
        let square = try pool.square(file.descriptor, side: 24, isCropped: false)
        // In the middle of the middle patch.
        let pixel = square[(12 * 24 + 12) * 3..<(12 * 24 + 13) * 3]
        #expect(pixel.allSatisfy { abs(Double($0) - ground) <= 2 }, "\(pixel)")
      }
    }

    /// The white part is invisible on white, and the black part on a dark background.
    @Test func whiteAndBlackHaveAGrayBackground() throws {
      let patches: [[UInt8]] = [[255, 255, 255, 255], [255, 255, 255, 0], [0, 0, 0, 255]]
      let file = try made(Kind("", ["pngsave"]), of: strip(patches, "srgb"))
      try expect(file, shows: [[255, 255, 255], [128, 128, 128], [0, 0, 0]])
    }

    @Test func invisiblePicturesAreWhite() throws {
      let file = try made(Kind("", ["pngsave"]), of: strip([[9, 9, 9, 0]], "srgb"))
      try expect(file, shows: [[255, 255, 255]])
    }

    /// A fourth sample that the file calls unspecified.
    @Test func aSampleThatIsNotAlphaIsIgnored() throws {
      let patches = Self.patches.map { $0 + [0] }
      var bytes = try made(Kind("", ["tiffsave"]), of: strip(patches, "srgb")).bytes
      let entry: [UInt8] = [0x52, 1, 3, 0, 1, 0, 0, 0]
      let place = try #require(bytes.indices.first { bytes[$0...].starts(with: entry) })
      #expect(bytes[place + 8] == 2)
      bytes[place + 8] = 0
      let file = try Fixture(bytes)
      try expect(file, shows: Self.patches.map { $0.map(Double.init) })
      #expect(try pool.inspect(file).appearance.entropy > 1)
    }

    /// NaN is 0; libtiff, not libvips, reads floating point numbers of 16 bits.
    @Test func halvesAreShownByTheirRange() throws {
      let (half, one, none): (UInt16, UInt16, UInt16) = (0x3800, 0x3C00, 0x7E00)
      for (values, wanted) in [
        ([half, one, none], [127.5, 255, 0]), ([0xC000, 0x4000, 0], [0, 255, 127.5]),
      ] {
        let page = TIFF.page(
          144, 48,
          [
            TIFF.Entry(tag: 258, value: 16), TIFF.Entry(tag: 339, value: 3),
            TIFF.Entry(tag: 279, value: 144 * 48 * 2),
          ])
        let row = values.flatMap { value in (0..<48).flatMap { _ in BMP.little(value) } }
        let file = TIFF.file([page], pixels: 0) + (0..<48).flatMap { _ in row }
        try expect(Fixture(file), shows: wanted.map { [Double](repeating: $0, count: 3) })
      }
    }

    @Test func floatingPointIsInspectedAsShown() throws {
      let plain = try scene(1, width: 90, height: 60)
      let gray = try Fixture("colourspace", of: plain, name: "a.v", ["b-w"])
      let shares = try Fixture("linear", of: gray, name: "b.v", ["\(1.0 / 255)", "0"])
      let png = try pool.inspect(Fixture("pngsave", of: gray, name: "a.png", []))
      let tiff = try pool.inspect(Fixture("tiffsave", of: shares, name: "a.tif", []))
      #expect(png.likeness.whole.distance(to: tiff.likeness.whole) <= 8)
      #expect(abs(png.appearance.highlight - tiff.appearance.highlight) < 0.02)
    }
  }
}
