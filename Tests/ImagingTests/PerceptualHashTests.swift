import Decoding
import Imaging
import Testing

@Suite struct PerceptualHashTests {
  private func plane(_ width: Int, _ height: Int, _ light: (Int, Int) -> Int) throws -> LumaPlane {
    let pixels = (0..<height).flatMap { y in
      (0..<width).map { x in UInt8(truncatingIfNeeded: light(x, y)) }
    }
    return try #require(LumaPlane(pixels: pixels, width: width, height: height))
  }

  @Test func halfTheBitsAreSet() throws {
    let noise = try plane(64, 64) { x, y in (x * 7919 + y * 104_729 + x * y * 31) % 251 }
    let ones = PerceptualHash.of(noise).bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    #expect(ones == 128)
  }

  /// A mirrored picture has the same even coefficients and opposite odd ones.
  @Test func mirroringTurnsEverySecondColumn() throws {
    let noise = try plane(64, 64) { x, y in (x * 7919 + y * 104_729 + x * y * 31) % 251 }
    let one = PerceptualHash.of(noise)
    let other = PerceptualHash.of(noise.upright(from: 2))
    #expect((100...156).contains(one.distance(to: other)))
  }

  @Test func planesKeepTheirShape() throws {
    #expect(LumaPlane(pixels: [1, 2, 3], width: 2, height: 2) == nil)
    #expect(LumaPlane(pixels: [], width: 0, height: 0) == nil)
  }

  @Test(
    arguments: [
      (1, [1, 2, 3, 4, 5, 6]), (2, [3, 2, 1, 6, 5, 4]), (3, [6, 5, 4, 3, 2, 1]),
      (4, [4, 5, 6, 1, 2, 3]), (5, [1, 4, 2, 5, 3, 6]), (6, [4, 1, 5, 2, 6, 3]),
      (7, [6, 3, 5, 2, 4, 1]), (8, [3, 6, 2, 5, 1, 4]),
    ] as [(Int, [UInt8])])
  func turnsAsExifAsks(_ orientation: Int, _ expected: [UInt8]) throws {
    let plane = try #require(LumaPlane(pixels: [1, 2, 3, 4, 5, 6], width: 3, height: 2))
    let upright = plane.upright(from: orientation)
    #expect(upright.pixels == expected)
    #expect(upright.width == (orientation < 5 ? 3 : 2))
  }

  @Test func averagesExactly() throws {
    let wide = try #require(LumaPlane(pixels: [0, 90, 180], width: 3, height: 1))
    #expect(wide.averaged(to: 2).pixels == [30, 150, 30, 150])
    let small = try #require(LumaPlane(pixels: [10, 20], width: 2, height: 1))
    #expect(small.averaged(to: 4).pixels.prefix(4) == [10, 10, 20, 20])
  }

  @Test func deviationIsTheStandardOne() throws {
    #expect(try plane(8, 8) { x, _ in x % 2 * 255 }.deviation == 127.5)
    #expect(try plane(8, 8) { _, _ in 7 }.deviation == 0)
  }

  @Test func fingerprintsSurviveBytes() throws {
    let one = Fingerprint(1, .max, 0x0123_4567_89ab_cdef, 0)
    #expect(one.bytes.prefix(8) == [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(Fingerprint(bytes: one.bytes) == one)
    #expect(Fingerprint(bytes: Array(one.bytes.dropLast())) == nil)
    #expect(one.distance(to: Fingerprint(0, .max, 0x0123_4567_89ab_cdef, 3)) == 3)
  }
}
