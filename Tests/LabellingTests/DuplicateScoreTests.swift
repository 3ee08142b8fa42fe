import Labelling
import Testing

@Suite("Duplicate scores")
struct DuplicateScoreTests {
  /// The result of the search, and the expected score.
  @Test(arguments: [
    (0, 1, 1, 0.999...1.0), (10, 0.99, 0.95, 0.99...1), (60, 0.9, 0.8, 0.9...1),
    (86, 0.8, 0.4, 0...0.3), (80, 0.5, 0, 0...0.01), (88, 0.9, 0.2, 0...0.1),
  ])
  func theScoreFollowsTheEvidence(
    distance: Int, correlation: Double, detail: Double, range: ClosedRange<Double>
  ) {
    let score = DuplicateScore.of(
      distance: distance, correlation: correlation, detail: detail, residual: 0)
    #expect(range.contains(score), "\(score)")
  }

  /// Copies with a watermark or other colours, as `.dev/accuracy` makes them.
  @Test(arguments: [(50, 0.641, 0.617), (44, 0.587, 0.556), (53, 0.79, 0.574)])
  func aCopyThatAgreesInItsBlocksIsFlagged(distance: Int, correlation: Double, detail: Double) {
    let score = DuplicateScore.of(
      distance: distance, correlation: correlation, detail: detail, residual: 0)
    #expect(score >= 0.5, "\(score)")
  }

  /// Two neighbouring parts of one photograph agree in their quarters alone.
  @Test func partsOfOneSkyAreNotFlagged() {
    let score = DuplicateScore.of(distance: 55, correlation: 0.961, detail: 0.461, residual: 0)
    #expect(score < 0.5, "\(score)")
  }

  @Test func theScoreFallsWithDistanceAndRisesWithAgreement() {
    let bits = (0...256).map {
      DuplicateScore.of(distance: $0, correlation: 0.9, detail: 0.8, residual: 0)
    }
    #expect(zip(bits, bits.dropFirst()).allSatisfy { $0 >= $1 })
    let details = (-10...10).map {
      DuplicateScore.of(distance: 70, correlation: 0.9, detail: Double($0) / 10, residual: 0)
    }
    #expect(zip(details, details.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(details[0] < details[10] && details[10] < details[20])
    #expect((bits + details).allSatisfy { (0...1).contains($0) })
  }

  @Test func picturesThatDoNotAlignAreNotCopies() {
    #expect(DuplicateScore.of(distance: 0, correlation: 0, detail: 0, residual: 0) < 0.05)
    #expect(DuplicateScore.of(distance: 0, correlation: 1, detail: 0, residual: 0) < 0.5)
  }

  /// A copy explains the whole picture: one object elsewhere, and it is another picture.
  @Test func picturesThatDifferAtOnePlaceAreNotCopies() {
    let scores = (0...40).map {
      DuplicateScore.of(distance: 0, correlation: 1, detail: 0.93, residual: Double($0))
    }
    #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(scores[2] > 0.9)
    #expect(scores[12] < 0.5)
  }
}
