import Labelling
import Testing

@Suite("Duplicate scores")
struct DuplicateScoreTests {
  /// Distances in bits of 256, and what the score must be.
  @Test(arguments: [
    (0, 0.99...1.0), (20, 0.9...1), (34, 0.9...1), (47, 0.5...0.6), (48, 0.5...0.5),
    (49, 0.4...0.5), (74, 0...0.02), (100, 0...0.001), (128, 0...0.00001), (256, 0...0.00001),
  ])
  func followsTheDistance(distance: Int, range: ClosedRange<Double>) {
    let score = DuplicateScore.of(distance: distance, texture: 20)
    #expect(range.contains(score), "\(score)")
  }

  @Test func fallsWithEveryBit() {
    let scores = (0...256).map { DuplicateScore.of(distance: $0, texture: 20) }
    #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(scores.allSatisfy { (0...1).contains($0) })
  }

  @Test(arguments: [(0.0, false), (3.99, false), (4.0, true), (20, true), (127, true)])
  func flatPicturesAreNoOnesCopies(texture: Double, counts: Bool) {
    #expect((DuplicateScore.of(distance: 0, texture: texture) > 0) == counts)
  }

  @Test func theFlagStandsWhereThePairIsAsLikelyACopyAsNot() {
    #expect(DuplicateScore.flagged == 0.5)
    #expect(DuplicateScore.of(distance: 48, texture: 20) >= DuplicateScore.flagged)
    #expect(DuplicateScore.of(distance: 49, texture: 20) < DuplicateScore.flagged)
  }
}
