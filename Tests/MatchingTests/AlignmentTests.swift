import Imaging
import Matching
import Testing

@Suite struct AlignmentTests {
  private func suspicion(part: Int? = nil, turned: Bool = false) throws -> Suspicion {
    let (one, other) = (Fingerprint(1, 2, 3, 4), Fingerprint(~1, ~2, ~3, 77))
    return try #require(
      Suspicion(
        one, turned ? one : other, partOfFirst: part.map { Sight(distance: 50, probe: $0) },
        partOfSecond: nil, patch: nil))
  }

  @Test func aPictureAlignsWithItself() throws {
    let picture = Textures.square(1)
    let found = try #require(Alignment(picture, picture, suspicion(turned: true)))
    #expect(found.correlation > 0.999)
    // It is never certain: 64 blocks weigh 64 of 68; the doubt has the rest.
    #expect(found.detail > 0.93)
    #expect(found.orientation == 1)
    #expect(found.first == .whole)
  }

  @Test(arguments: [(0.1, 0.05, 0.8), (0, 0, 0.75), (0.29, 0.29, 0.71), (0.02, 0.2, 0.77)])
  func aPartIsFoundAtItsPosition(left: Double, top: Double, side: Double) throws {
    let (picture, part) = (Textures.square(2), Textures.square(2, left, top, side))
    let nearest = CropWindow.all.indices.min {
      distance(CropWindow.all[$0], left, top, side) < distance(CropWindow.all[$1], left, top, side)
    }
    let found = try #require(Alignment(picture, part, suspicion(part: nearest)))
    #expect(found.detail > 0.9)
    #expect(abs(Double(found.first.x) - left) < 0.03)
    #expect(abs(Double(found.first.width) - side) < 0.04)
    #expect(found.second == .whole)
  }

  @Test func differentPicturesDoNotAlign() throws {
    for seed in 10..<20 {
      let (one, other) = (Textures.square(seed), Textures.square(seed + 100))
      let found = try #require(Alignment(one, other, suspicion(part: 60, turned: true)))
      #expect(found.correlation < 0.6)
      #expect(found.detail < 0.6)
    }
  }

  @Test func distantFingerprintsAreNotSuspicious() {
    let (one, other) = (Fingerprint(1, 2, 3, 4), Fingerprint(~1, ~2, 3 ^ 0xffff_ffff, 4))
    #expect(Suspicion(one, other, partOfFirst: nil, partOfSecond: nil, patch: nil) == nil)
  }

  private func distance(_ window: CropWindow, _ left: Double, _ top: Double, _ side: Double)
    -> Double
  {
    abs(window.x - left) + abs(window.y - top) + abs(window.side - side)
  }
}
