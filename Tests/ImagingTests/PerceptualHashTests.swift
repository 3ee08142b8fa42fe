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

  private func noise() throws -> LumaPlane {
    try plane(64, 64) { x, y in (x * 7919 + y * 104_729 + x * y * 31) % 251 }
  }

  /// The fingerprint of a turned picture follows from that of the picture.
  @Test(arguments: 1...8)
  func theHashTurnsWithThePicture(_ orientation: Int) throws {
    let one = PerceptualHash.of(try noise())
    let turned = PerceptualHash.of(try noise().upright(from: orientation))
    #expect(turned.distance(to: one.turned(by: orientation)) <= 3)
    if orientation > 1 { #expect(turned.distance(to: one) > 80) }
  }

  @Test func windowsMatchTheirParts() throws {
    func light(_ x: Int, _ y: Int) -> Int { (x / 9 * 53 + y / 7 * 97 + x / 9 * (y / 7) * 31) % 256 }
    let whole = try #require(plane(200, 200, light).likeness(orientation: 1))
    let words = whole.windows
    for place in [0, 8, 9, 24, 25, 49, 50, 113] {
      let window = CropWindow.all[place]
      let (left, top) = (Int(window.x * 200), Int(window.y * 200))
      let side = Int(window.side * 200)
      let part = try plane(side, side) { x, y in light(x + left, y + top) }
      let expected = PerceptualHash.of(part)
      var bytes = Array(words[place * 32..<place * 32 + 32])
      for word in 0..<4 { bytes[word * 8..<word * 8 + 8].reverse() }
      let found = try #require(Fingerprint(bytes: bytes))
      #expect(found.distance(to: expected) <= 40, "\(place)")
    }
  }

  @Test func bordersAreRemoved() throws {
    func light(_ x: Int, _ y: Int) -> Int { (x / 9 * 53 + y / 7 * 97 + x / 9 * (y / 7) * 31) % 256 }
    let bare = try #require(plane(120, 90, light).likeness(orientation: 1))
    let framed = try plane(150, 110) { x, y in
      (15..<135).contains(x) && (10..<100).contains(y) ? light(x - 15, y - 10) : 3
    }
    #expect(try #require(framed.likeness(orientation: 1)) == bare)
    // A sky is not a frame, because it is on one side only.
    let sky = try plane(120, 120) { x, y in y < 30 ? 200 : light(x, y) }
    let cut = try plane(120, 90) { x, y in light(x, y + 30) }
    #expect(sky.likeness(orientation: 1) != cut.likeness(orientation: 1))
  }

  @Test func plainPicturesAreMarked() throws {
    #expect(try #require(plane(90, 60) { _, _ in 250 }.likeness(orientation: 1)).isPlain)
    #expect(try !#require(noise().likeness(orientation: 1)).isPlain)
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
  func exifOrientationIsApplied(_ orientation: Int, _ expected: [UInt8]) throws {
    let plane = try #require(LumaPlane(pixels: [1, 2, 3, 4, 5, 6], width: 3, height: 2))
    let upright = plane.upright(from: orientation)
    #expect(upright.pixels == expected)
    #expect(upright.width == (orientation < 5 ? 3 : 2))
  }

  @Test func averagesAreExact() throws {
    let wide = try #require(LumaPlane(pixels: [0, 90, 180], width: 3, height: 1))
    #expect(wide.averaged(to: 2).pixels == [30, 150, 30, 150])
    let small = try #require(LumaPlane(pixels: [10, 20], width: 2, height: 1))
    #expect(small.averaged(to: 4).pixels.prefix(4) == [10, 10, 20, 20])
  }

  @Test func fingerprintsSurviveBytes() throws {
    let one = Fingerprint(1, .max, 0x0123_4567_89ab_cdef, 0)
    #expect(one.bytes.prefix(8) == [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(Fingerprint(bytes: one.bytes) == one)
    #expect(Fingerprint(bytes: Array(one.bytes.dropLast())) == nil)
    #expect(one.distance(to: Fingerprint(0, .max, 0x0123_4567_89ab_cdef, 3)) == 3)
  }
}
