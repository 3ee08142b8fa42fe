import Imaging
import Testing

extension DecoderTests {
  @Suite struct Preview {
    private let pool = DecoderTests.pool

    /// The content of a preview: its size, and its pixels row by row.
    private func shown(_ preview: [UInt8]) throws -> (width: Int, height: Int, pixels: [UInt8]) {
      let picture = try pool.verify(preview, as: .jpeg)
      let pixels = try Fixture("rawsave", of: Fixture(preview), name: "a.raw", []).bytes
      return (picture.width, picture.height, pixels)
    }

    @Test(arguments: Formats.kinds) func everyFormatHasAPreview(_ kind: Formats.Kind) throws {
      let file = try kind.steps.reduce(try scene(1, width: 90, height: 60)) { source, step in
        let name = step[0].hasSuffix("save") ? "picture" : "step.v"
        return try Fixture(step[0], of: source, name: name, Array(step.dropFirst()))
      }
      let preview = try pool.preview(file, longest: 45)
      let found = try pool.verify(preview, as: .jpeg)
      #expect(found == Picture(width: 45, height: 30, orientation: 1, type: .jpeg, frames: 1))
      #expect(JPEG.holdsPixelsAlone(preview))
    }

    @Test(arguments: BMP.kinds.indices) func bmpFilesHaveAPreview(_ index: Int) throws {
      let (name, file) = BMP.kinds[index]
      let (width, height, pixels) = try shown(pool.preview(file.bytes, longest: 100))
      #expect([width, height] == [3, 2], "\(name)")
      // Chroma is halved in the preview, brightness is not.
      let luma = stride(from: 0, to: pixels.count, by: 3).map { pixels[$0...].prefix(3).max() }
      #expect((luma[3] ?? 255) < 128 && (luma[4] ?? 0) > 128, "\(name)")
    }

    @Test func smallPicturesAreNotEnlarged() throws {
      let file = try scene(1, width: 90, height: 60)
      let png = try Fixture("pngsave", of: file, name: "a.png", [])
      let found = try pool.verify(pool.preview(png, longest: 4000), as: .jpeg)
      #expect([found.width, found.height] == [90, 60])
      #expect(try pool.verify(pool.preview(png, longest: 0), as: .jpeg).width == 1)
    }

    @Test(arguments: ["jpegsave", "pngsave", "webpsave"], [[9000, 1], [2, 9000]])
    func thinPicturesHaveAPreview(_ saver: String, _ size: [Int]) throws {
      let scaled = try Fixture(
        "resize", of: scene(1, width: 90, height: 90), name: "a.v",
        ["\(Double(size[0]) / 90)", "--vscale", "\(Double(size[1]) / 90)"])
      let file = try Fixture(saver, of: scaled, name: "a", [])
      let large = try pool.preview(file, longest: 1024)
      for preview in [large, try pool.preview(large, longest: 256)] {
        let found = try pool.verify(preview, as: .jpeg)
        #expect(min(found.width, found.height) == 1)
        #expect([1024, 256].contains(max(found.width, found.height)))
      }
    }

    @Test func aLargePreviewArrivesCompletely() throws {
      var state: UInt32 = 1
      let noise = (0..<500 * 500 * 3).map { _ -> UInt8 in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
      let source = try Fixture(Array("P6 500 500 255\n".utf8) + noise, name: "noise.ppm")
      let png = try Fixture("pngsave", of: source, name: "a.png", [])
      let preview = try pool.preview(png, longest: 500)
      #expect(preview.count > 2 * DecodeAnswer.longest)
      let found = try pool.verify(preview, as: .jpeg)
      #expect([found.width, found.height] == [500, 500])
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>) func previewsAreUpright(_ orientation: UInt8)
      throws
    {
      let upright = try scene(3)
      let source = try Inspect().stored(orientation, of: upright)
      let jpeg = try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"]).bytes
      let marked = Exif.inserted(Exif.block([.orientation(orientation)]), into: jpeg)
      let preview = try pool.preview(marked, longest: 100)
      let found = try pool.verify(preview, as: .jpeg)
      #expect(found == Picture(width: 100, height: 75, orientation: 1, type: .jpeg, frames: 1))
      let plain = try Fixture("pngsave", of: upright, name: "a.png", [])
      let distance = try pool.inspect(preview).likeness.whole.distance(
        to: pool.inspect(plain).likeness.whole)
      #expect(distance <= 20)
    }

    @Test func previewsHaveNoMetadata() throws {
      let source = try scene(1)
      let profiled = try Fixture(
        "icc_transform", of: source, name: "a.jpg", ["p3", "--input-profile", "srgb"])
      let secret = "52.5200N 13.4050E"
      let exif = Exif.block([.text(0x010e, secret), .text(0x013b, secret)])
      let xmp = Array("http://ns.adobe.com/xap/1.0/\0<x>\(secret)</x>".utf8)
      let jpeg = Exif.inserted(exif, into: Exif.inserted(xmp, into: profiled.bytes))
      #expect(String(decoding: jpeg, as: UTF8.self).contains(secret))
      let preview = try pool.preview(jpeg, longest: 100)
      #expect(JPEG.holdsPixelsAlone(preview))
      #expect(!String(decoding: preview, as: UTF8.self).contains("52.52"))
    }

    /// Pure red of sRGB has other values in P3, and must become red again.
    @Test(arguments: ["pngsave", "jpegsave", "tiffsave", "webpsave"])
    func wideGamutBecomesSRGB(_ saver: String) throws {
      let red = Array("P6 40 40 255\n".utf8) + (0..<1600).flatMap { _ in [255, 0, 0] as [UInt8] }
      let source = try Fixture(red, name: "red.ppm")
      let wide = try Fixture(
        "icc_transform", of: source, name: "wide.v", ["p3", "--input-profile", "srgb"])
      let raw = try Fixture("rawsave", of: wide, name: "a.raw", []).bytes
      #expect(raw[0] < 240 && raw[1] > 40)
      let file = try Fixture(saver, of: wide, name: "picture", [])
      let pixels = try shown(pool.preview(file, longest: 20)).pixels
      #expect(pixels[0] > 248 && pixels[1] < 8 && pixels[2] < 8)
    }

    @Test func cmykBecomesSRGB() throws {
      let white = Array("P6 40 40 255\n".utf8) + [UInt8](repeating: 255, count: 4800)
      let source = try Fixture(white, name: "white.ppm")
      let cmyk = try Fixture("colourspace", of: source, name: "a.v", ["cmyk"])
      for saver in ["tiffsave", "jpegsave"] {
        let file = try Fixture(saver, of: cmyk, name: "picture", [])
        #expect(try shown(pool.preview(file, longest: 20)).pixels.allSatisfy { $0 > 245 })
      }
    }

    @Test(arguments: ["gifsave", "webpsave", "tiffsave"]) func previewsShowTheFirstFrame(
      _ saver: String
    )
      throws
    {
      let strip = try scene(2, width: 90, height: 180)
      let file = try Fixture(saver, of: strip, name: "picture", ["--page-height", "60"])
      let first = try Fixture("crop", of: strip, name: "a.png", ["0", "0", "90", "60"])
      let preview = try pool.preview(file, longest: 90)
      #expect(
        try pool.verify(preview, as: .jpeg)
          == Picture(width: 90, height: 60, orientation: 1, type: .jpeg, frames: 1))
      let distance = try pool.inspect(preview).likeness.whole.distance(
        to: pool.inspect(first).likeness.whole)
      #expect(distance <= 40)
    }

    @Test func aBrokenProfileIsIgnored() throws {
      let profile = Array("broken\0\0".utf8) + PNG.stored([1, 2, 3])
      let bytes =
        PNG.signature + PNG.header(1, 1) + PNG.chunk("iCCP", profile) + PNG.pixel + PNG.end
      #expect(try pool.verify(pool.preview(bytes, longest: 8), as: .jpeg).width == 1)
    }

    @Test func damagedFilesAreRefused() throws {
      let whole = try Fixture("pngsave", of: scene(2), name: "picture", []).bytes
      #expect(throws: damaged) { try pool.preview(whole.dropLast(100), longest: 64) }
    }
  }
}
