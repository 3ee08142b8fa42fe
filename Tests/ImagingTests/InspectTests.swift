import Imaging
import Testing

extension DecoderTests {
  @Suite struct Inspect {
    private let pool = DecoderTests.pool

    private func jpeg(_ seed: UInt64, _ options: [String] = []) throws -> Fixture {
      try Fixture("jpegsave", of: scene(seed), name: "a.jpg", ["--strip"] + options)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func copiesAreNear(_ seed: UInt64) throws {
      let original = try pool.inspect(jpeg(seed))
      let copies = [
        try jpeg(seed, ["--Q", "30"]),
        try Fixture("resize", of: jpeg(seed), name: "b.jpg", ["0.5"]),
        try Fixture("resize", of: jpeg(seed), name: "b.png", ["2.5"]),
        try Fixture("resize", of: jpeg(seed), name: "b.jpg", ["2.5"]),
        try Fixture("pngsave", of: jpeg(seed), name: "b.png", []),
      ]
      for copy in copies {
        let found = try pool.inspect(copy)
        #expect(found.likeness.whole.distance(to: original.likeness.whole) <= 20)
      }
    }

    @Test func otherPicturesAreFar() throws {
      let prints = try (1...8).map { try pool.inspect(jpeg($0)).likeness.whole }
      for (index, one) in prints.enumerated() {
        for other in prints.dropFirst(index + 1) { #expect(one.distance(to: other) >= 60) }
      }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>)
    func orientationIsUndone(_ orientation: UInt8) throws {
      let upright = try pool.inspect(jpeg(3)).likeness.whole
      let source = try stored(orientation, of: jpeg(3))
      let stored = try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"]).bytes
      let marked = Exif.inserted(Exif.block([.orientation(orientation)]), into: stored)
      #expect(try pool.inspect(marked).likeness.whole.distance(to: upright) <= 20)
      if orientation > 1 {
        #expect(try pool.inspect(stored).likeness.whole.distance(to: upright) >= 60)
      }
    }

    /// The picture as a camera stores it, with an EXIF orientation.
    func stored(_ orientation: UInt8, of upright: Fixture) throws -> Fixture {
      func turned(_ turn: String) throws -> Fixture {
        try Fixture("rot", of: upright, name: "a.v", [turn])
      }
      func mirrored(_ source: Fixture, _ way: String) throws -> Fixture {
        try Fixture("flip", of: source, name: "b.v", [way])
      }
      return switch orientation {
      case 1: upright
      case 2: try mirrored(upright, "horizontal")
      case 3: try turned("d180")
      case 4: try mirrored(upright, "vertical")
      case 5: try mirrored(turned("d90"), "horizontal")
      case 6: try turned("d270")
      case 7: try mirrored(turned("d270"), "horizontal")
      default: try turned("d90")
      }
    }

    @Test func plainAndRichPicturesAreDistinguished() throws {
      #expect(try !pool.inspect(jpeg(1)).likeness.isPlain)
      let flat = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end
      #expect(try pool.inspect(flat).likeness.isPlain)
    }

    @Test func pngTextsAreDeclared() throws {
      let long = String(repeating: "é", count: 4000)
      let chunks =
        PNG.chunk("tEXt", Array("parameters\0a cat, Steps: 20".utf8))
        + PNG.chunk("iTXt", Array("workflow\0\0\0\0\0\(long)".utf8))
      let bytes = PNG.signature + PNG.header(1, 1) + chunks + PNG.pixel + PNG.end
      let declared = try pool.inspect(bytes).declared
      #expect(declared.contains(Declared(field: "png:parameters", value: "a cat, Steps: 20")))
      let workflow = try #require(declared.first { $0.field == "png:workflow" })
      let half = String(repeating: "é", count: 123)
      #expect(workflow.value == "\(half) … \(half)")
    }

    @Test func exifAndXMPAreDeclared() throws {
      let comment = Array("UNICODE\0".utf8) + Array("a dog".utf16).flatMap { [0, UInt8($0)] }
      let exif = Exif.block([.text(0x0131, "Camera 1.0")], [.comment(comment)])
      let uri = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
      let xmp = """
        http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description xmp:CreatorTool="Tool 2"\
         Iptc4xmpExt:DigitalSourceType="\(uri)"/></x:xmpmeta>
        """
      let file = Exif.inserted(exif, into: Exif.inserted(Array(xmp.utf8), into: try jpeg(1).bytes))
      #expect(
        try Set(pool.inspect(file).declared) == [
          Declared(field: "exif:Software", value: "Camera 1.0"),
          Declared(field: "exif:UserComment", value: "a dog"),
          Declared(field: "xmp:CreatorTool", value: "Tool 2"),
          Declared(field: "digitalSourceType", value: "trainedAlgorithmicMedia"),
        ])
    }

    @Test func originMarksAreFoundAnywhere() throws {
      let tail = Array("compositeWithTrainedAlgorithmicMedia".utf8)
      let bytes = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end + tail
      #expect(
        try pool.inspect(bytes).declared == [
          Declared(field: "digitalSourceType", value: "compositeWithTrainedAlgorithmicMedia")
        ])
      let plain = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end + Array("c2pa".utf8)
      #expect(try pool.inspect(plain).declared.isEmpty)
    }

    @Test(arguments: ["jpegsave a.jpg", "pngsave a.png", "webpsave a.webp", "tiffsave a.tif"])
    func samplesAreCroppedOrStretched(_ way: String) throws {
      let words = way.split(separator: " ").map { String($0) }
      // Left third black, the rest white: 300 by 150.
      let pixels = (0..<150).flatMap { _ in
        (0..<300).flatMap { [UInt8](repeating: $0 < 100 ? 0 : 255, count: 3) }
      }
      let source = try Fixture(Array("P6 300 150 255\n".utf8) + pixels, name: "a.ppm")
      let file = try Fixture(words[0], of: source, name: words[1], [])
      let stretched = try pool.square(file.descriptor, side: 30, isCropped: false)
      let cropped = try pool.square(file.descriptor, side: 30, isCropped: true)
      func dark(_ pixels: [UInt8]) -> Int { (0..<30).count { pixels[(15 * 30 + $0) * 3] < 128 } }
      #expect(stretched.count == 2700 && cropped.count == 2700)
      #expect((9...11).contains(dark(stretched)))
      #expect((4...6).contains(dark(cropped)))
    }
  }
}
