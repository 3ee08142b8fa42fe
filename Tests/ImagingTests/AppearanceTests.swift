import Imaging
import Testing

extension DecoderTests {
  @Suite struct Appearances {
    private let pool = DecoderTests.pool

    private func appearance(_ file: Fixture) throws -> Appearance {
      try pool.inspect(file).appearance
    }

    private func gray(_ seed: UInt64 = 1) throws -> Fixture {
      try Fixture("colourspace", of: scene(seed), name: "gray.v", ["b-w"])
    }

    @Test(arguments: ["jpegsave", "pngsave", "webpsave", "tiffsave", "gifsave"])
    func colourIsFoundInEveryFormat(_ save: String) throws {
      let coloured = try Fixture(save, of: scene(1), name: "picture", [])
      #expect(try appearance(coloured).colour == Appearance.mostColour)
      // A file of three channels without colour.
      let three = try Fixture("colourspace", of: gray(), name: "three.v", ["srgb"])
      let colourless = try Fixture(save, of: three, name: "picture", [])
      #expect(try appearance(colourless).colour <= 1)
    }

    @Test func aFileOfOneChannelHasNoColour() throws {
      #expect(try appearance(Fixture("jpegsave", of: gray(), name: "a.jpg", [])).colour == 0)
      #expect(try appearance(Fixture("pngsave", of: gray(), name: "a.png", [])).colour == 0)
    }

    /// Rows of gray, and some of red at the bottom: the first rows alone do not decide.
    @Test(arguments: ["jpegsave", "pngsave"])
    func aLittleColourCounts(_ save: String) throws {
      func colour(redRows: Int) throws -> Double {
        let pixels = (0..<400).flatMap { row in
          [[UInt8]](repeating: row < 400 - redRows ? [90, 90, 90] : [220, 30, 30], count: 400)
        }.joined()
        let picture = try Fixture(Array("P6 400 400 255\n".utf8) + pixels, name: "a.ppm")
        return try appearance(Fixture(save, of: picture, name: "picture", [])).colour
      }
      #expect(try colour(redRows: 40) == Appearance.mostColour)
      #expect(try colour(redRows: 1) <= 3)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func blurLowersSharpness(_ seed: UInt64) throws {
      let source = try scene(seed, width: 800, height: 600)
      func sharpness(_ sigma: Double) throws -> Double {
        let blurred = try Fixture("gaussblur", of: source, name: "a.v", ["\(sigma)"])
        return try #require(
          appearance(Fixture("jpegsave", of: blurred, name: "a.jpg", [])).sharpness)
      }
      let values = try [0.5, 6, 12, 24].map(sharpness)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 }, "\(values)")
    }

    @Test func sharpnessIsTheSameAtAnySize() throws {
      let large = try scene(3, width: 1600, height: 1200)
      let wanted = try #require(
        appearance(Fixture("jpegsave", of: large, name: "a.jpg", [])).sharpness)
      for (scale, save) in [("0.5", "jpegsave"), ("0.25", "pngsave"), ("0.3", "webpsave")] {
        let small = try Fixture("resize", of: large, name: "a.v", [scale])
        let found = try #require(appearance(Fixture(save, of: small, name: "b", [])).sharpness)
        #expect(abs(found / wanted - 1) < 0.15, "\(scale) \(save): \(found), \(wanted)")
      }
    }

    @Test(arguments: [3, 6, 8] as [UInt8]) func aTurnedPictureIsTheSame(_ orientation: UInt8) throws
    {
      let upright = try pool.inspect(Fixture("jpegsave", of: scene(3), name: "a.jpg", []))
      let source = try Inspect().stored(orientation, of: scene(3))
      let stored = try Fixture("jpegsave", of: source, name: "b.jpg", ["--strip"]).bytes
      let turned = try pool.inspect(
        Exif.inserted(Exif.block([.orientation(orientation)]), into: stored))
      #expect(turned.picture.width == upright.picture.width)
      #expect(turned.picture.height == upright.picture.height)
      let (one, other) = (upright.appearance, turned.appearance)
      #expect(abs(try #require(one.sharpness) - #require(other.sharpness)) < 0.1)
      #expect(abs(one.entropy - other.entropy) < 0.1)
      #expect(abs(one.highlight - other.highlight) < 0.02)
      #expect(abs(one.shadow - other.shadow) < 0.02)
    }

    @Test func tonesFollowTheLight() throws {
      let plain = try appearance(
        Fixture(PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end))
      #expect(plain.sharpness == nil)
      #expect(plain.entropy == 0)
      #expect(abs(plain.shadow - 128.0 / 255) < 0.001)
      #expect(plain.highlight == plain.shadow)
      let rich = try appearance(Fixture("jpegsave", of: scene(1), name: "a.jpg", []))
      #expect(rich.entropy > 5)
      #expect(rich.shadow < 0.3 && rich.highlight > 0.6)
    }
  }
}
