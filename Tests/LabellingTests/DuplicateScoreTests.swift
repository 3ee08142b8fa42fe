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
    let score = DuplicateScore.of(distance: distance, correlation: correlation, detail: detail)
    #expect(range.contains(score), "\(score)")
  }

  @Test func theScoreFallsWithDistanceAndRisesWithAgreement() {
    let bits = (0...256).map { DuplicateScore.of(distance: $0, correlation: 0.9, detail: 0.8) }
    #expect(zip(bits, bits.dropFirst()).allSatisfy { $0 >= $1 })
    let details = (-10...10).map {
      DuplicateScore.of(distance: 70, correlation: 0.9, detail: Double($0) / 10)
    }
    #expect(zip(details, details.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(details[0] < details[10] && details[10] < details[20])
    #expect((bits + details).allSatisfy { (0...1).contains($0) })
  }

  @Test func picturesThatDoNotAlignAreNotCopies() {
    #expect(DuplicateScore.of(distance: 0, correlation: 0, detail: 0) < 0.05)
    #expect(DuplicateScore.of(distance: 0, correlation: 1, detail: 0) < 0.5)
  }
}
