import Imaging
import Testing

extension DecoderTests {
  @Suite struct Positions {
    private let pool = DecoderTests.pool
    private static let place = Exif.block([], [.angle(2), .angle(4)], at: Exif.position)

    private func saidInJPEG(_ block: [UInt8]) throws -> Bool {
      let jpeg = try Fixture("jpegsave", of: scene(1), name: "a.jpg", ["--strip"]).bytes
      return try pool.inspect(Exif.inserted(block, into: jpeg)).hasPosition
    }

    @Test func exifPositionsAreFound() throws {
      #expect(try saidInJPEG(Self.place))
      let webp = try Fixture("webpsave", of: scene(1), name: "a.webp", ["--strip"]).bytes
      #expect(try !pool.inspect(webp).hasPosition)
    }

    /// Directories of positions without a position, and a position in a wrong directory.
    @Test func blocksWithoutAPositionAreIgnored() throws {
      let version = Exif.Entry(tag: 0, type: 1, value: [2, 3, 0, 0])
      for entries in [
        [version], [.angle(2)], [.angle(4)], [.angle(2, over: 0), .angle(4, over: 0)],
        [.text(2, "48.2 degrees"), .text(4, "16.4 degrees")],
      ] {
        #expect(try !saidInJPEG(Exif.block([], entries, at: Exif.position)))
      }
      #expect(try !saidInJPEG(Exif.block([], [.angle(2), .angle(4)])))
      #expect(try !saidInJPEG(Exif.block([.text(0x0131, "Camera")])))
    }

    @Test func brokenBlocksAreIgnored() throws {
      for length in stride(from: 10, to: Self.place.count - 40, by: 7) {
        #expect(try !saidInJPEG(Array(Self.place.prefix(length))))
      }
    }

    @Test func positionsAfterThePixelsOfAPNGAreFound() throws {
      let chunk = PNG.chunk("eXIf", Array(Self.place.dropFirst(6)))
      let start = PNG.signature + PNG.header(1, 1)
      #expect(try pool.inspect(start + chunk + PNG.pixel + PNG.end).hasPosition)
      #expect(try pool.inspect(start + PNG.pixel + chunk + PNG.end).hasPosition)
      #expect(try !pool.inspect(start + PNG.pixel + PNG.end).hasPosition)
    }

    @Test func positionsInTheDirectoryOfATIFFAreFound() throws {
      func file(_ tag: UInt16) throws -> [UInt8] {
        // The last page's chain is at its end; the directory of positions follows it.
        let plain = TIFF.file([TIFF.page(8, 8, [TIFF.Entry(tag: tag, value: 0)])])
        let page = TIFF.page(8, 8, [TIFF.Entry(tag: tag, value: UInt32(plain.count))])
        let entries = [2, 4].flatMap { name in
          BMP.little(UInt16(name)) + BMP.little(UInt16(5)) + BMP.little(UInt32(1))
            + BMP.little(UInt32(plain.count + 30))
        }
        return TIFF.file([page]) + BMP.little(UInt16(2)) + entries + BMP.little(UInt32(0))
          + BMP.little(UInt32(48)) + BMP.little(UInt32(1))
      }
      #expect(try pool.inspect(file(Exif.position)).hasPosition)
      #expect(try !pool.inspect(file(0x8826)).hasPosition)
    }

    @Test(arguments: [
      (#"<a exif:GPSLatitude="48,12.5N"/>"#, true), ("<exif:GPSLatitude>48,12.5N</…>", true),
      (#"<a exif:GPSLatitude=""/>"#, false), (#"<a exif:GPSLatitudeRef="N"/>"#, false),
      ("<exif:GPSLatitude></exif:GPSLatitude>", false), ("<a exif:GPSVersionID='2.3'/>", false),
    ])
    func xmpPositionsAreFound(_ packet: String, _ isSaid: Bool) throws {
      let xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>\(packet)</x:xmpmeta>"
      #expect(try saidInJPEG(Array(xmp.utf8)) == isSaid)
    }

    @Test func animatedPNGsAreCounted() throws {
      func frames(_ count: UInt32) throws -> Int {
        let control = PNG.chunk("acTL", PNG.bigEndian(count) + PNG.bigEndian(0))
        let bytes = PNG.signature + PNG.header(1, 1) + control + PNG.pixel + PNG.end
        return try pool.inspect(bytes).picture.frames
      }
      #expect(try frames(3) == 3)
      #expect(try frames(1) == 1)
      #expect(try frames(0) == 1)
      #expect(try frames(0x7fff_ffff) == 0x7fff_ffff)
      #expect(try frames(0x8000_0000) == 1)
      #expect(try frames(.max) == 1)
    }

    /// Bytes after a chunk are not part of it.
    @Test(arguments: [0, 1, 2, 4, 7, 9, 12]) func otherAnimationLengthsAreIgnored(_ length: Int)
      throws
    {
      let content = [UInt8]([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0].prefix(length))
      let bytes =
        PNG.signature + PNG.header(1, 1) + PNG.chunk("acTL", content) + PNG.pixel + PNG.end
      // The decoder may refuse the file for it.
      guard let found = try? pool.inspect(bytes) else { return }
      #expect(found.picture.frames == 1)
    }
  }
}
