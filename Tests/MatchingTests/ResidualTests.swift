import Imaging
import Matching
import Testing

/// Two states of one scene differ at a compact place; a copy does not.
@Suite struct ResidualTests {
  private static let side = Likeness.side
  /// A scene with smooth light.
  private static let scene = Textures.square(3, 0, 0, 0.4)

  private func residual(_ one: [UInt8], _ other: [UInt8]) throws -> Float {
    let print = Fingerprint(1, 2, 3, 4)
    let suspicion = try #require(
      Suspicion(print, print, partOfFirst: nil, partOfSecond: nil, patch: nil))
    return try #require(Alignment(one, other, suspicion)).residual
  }

  /// The scene with each pixel changed.
  private func changed(_ change: (_ x: Int, _ y: Int, _ light: Int) -> Int) -> [UInt8] {
    Self.scene.indices.map { index in
      let light = change(index % Self.side, index / Self.side, Int(Self.scene[index]))
      return UInt8(max(0, min(255, light)))
    }
  }

  /// The scene with a disc that adds light.
  private func lesion(_ centreX: Int, _ centreY: Int, radius: Int = 4, light: Int = 60) -> [UInt8] {
    changed { x, y, old in
      let (across, down) = (x - centreX, y - centreY)
      return across * across + down * down <= radius * radius ? old + light : old
    }
  }

  private static func noise(_ x: Int, _ y: Int) -> Int { (x * 7919 + y * 104_729) % 7 - 3 }

  @Test func equalPicturesHaveNone() throws {
    #expect(try residual(Self.scene, Self.scene) < 0.01)
  }

  @Test func noiseAndLightAreExplained() throws {
    #expect(try residual(Self.scene, changed { x, y, old in old + Self.noise(x, y) }) < 2)
    #expect(try residual(Self.scene, changed { _, _, old in old / 2 + 60 }) < 2)
    #expect(try residual(Self.scene, changed { _, _, old in old * (old + 255) / 510 }) < 2)
  }

  @Test func anImpreciseAlignmentIsExplained() throws {
    let moved = Textures.square(3, 0.002, 0.002, 0.4)
    #expect(try residual(Self.scene, moved) < 2)
  }

  @Test(arguments: [(20, 30), (44, 20), (32, 50)])
  func anObjectElsewhereIsNot(x: Int, y: Int) throws {
    #expect(try residual(lesion(32, 32), lesion(x, y)) > 12)
    #expect(try residual(lesion(x, y), lesion(32, 32)) > 12)
  }

  /// A dark object on a dark place is as visible as a bright one.
  @Test(arguments: [60, -60]) func anObjectInOnePictureIsNot(light: Int) throws {
    #expect(try residual(Self.scene, lesion(32, 32, light: light)) > 12)
    #expect(try residual(lesion(32, 32, light: light), Self.scene) > 12)
  }

  @Test func aSmallerObjectAtTheSamePlaceIsNot() throws {
    #expect(try residual(lesion(32, 32, radius: 6), lesion(32, 32, radius: 3)) > 6)
  }

  @Test func aCaptionAlongThePictureIsExplained() throws {
    let captioned = changed { x, y, old in y < 8 ? (x % 5 < 3 ? 0 : 255) : old }
    #expect(try residual(Self.scene, captioned) == 0)
    let turned = changed { x, y, old in x < 8 ? (y % 5 < 3 ? 0 : 255) : old }
    #expect(try residual(Self.scene, turned) == 0)
  }

  @Test func aWatermarkAllOverThePictureIsExplained() throws {
    let marked = changed { x, y, old in
      x % 20 < 12 && y % 16 < 4 && x * y % 3 > 0 ? (old + 255) / 2 : old
    }
    #expect(try residual(Self.scene, marked) < 2)
  }

  /// The same mark is a logo in a corner, and an object elsewhere.
  @Test(arguments: [(5, 5), (58, 5), (5, 58), (58, 58)])
  func aLogoInACornerIsExplained(x: Int, y: Int) throws {
    // The score ignores less than 6.
    #expect(try residual(Self.scene, lesion(x, y, radius: 3)) < 6)
    #expect(try residual(Self.scene, lesion(32, y, radius: 3)) > 6)
    #expect(try residual(Self.scene, lesion(x, 32, radius: 3)) > 6)
  }

  /// A bird that flew a short way is at the same place of a crop, and so is its sky.
  @Test func anObjectThatMovedInAPlainPictureIsNoCrop() throws {
    func sky(_ centreX: Int, _ centreY: Int) -> [UInt8] {
      (0..<Self.side * Self.side).map { index in
        let (x, y) = (index % Self.side, index / Self.side)
        let (across, down) = (x - centreX, 2 * (y - centreY))
        return across * across + down * down <= 40 ? 40 : UInt8(120 + y)
      }
    }
    let near = Sight(distance: 60, probe: 9)
    let suspicion = try #require(
      Suspicion(
        Fingerprint(1, 2, 3, 4), Fingerprint(1, 2, 3, 4), partOfFirst: near, partOfSecond: near,
        patch: nil))
    let found = try #require(Alignment(sky(30, 30), sky(34, 33), suspicion))
    #expect(found.first != .whole || found.second != .whole)
    #expect(found.residual > 12)
  }
}
