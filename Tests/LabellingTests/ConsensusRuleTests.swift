import Labelling
import Testing

@Suite("Rule of consensus") struct ConsensusRuleTests {
  private func verdict(
    _ labels: [Int], _ model: SkillModel = .majority(classes: 3)
  ) -> ConsensusRule.Verdict {
    ConsensusRule.verdict(labels.map { (nil, $0) }, model, .prior)
  }

  private func state(
    _ labels: [[Int]], target: Double = 0.9, isFull: Bool = false, isCalibrated: Bool = false,
    _ model: SkillModel = .majority(classes: 3)
  ) -> ConsensusRule.State {
    ConsensusRule.state(
      labels.map { verdict($0, model) }, .init(target: target, isFull: isFull),
      isCalibrated: isCalibrated)
  }

  @Test func confidenceWithoutAModelIsTheShare() {
    let found = verdict([1, 1, 2])
    #expect(found.label == 1)
    #expect(abs(found.confidence - 2.0 / 3) < 1e-12)
    #expect(found.lead == 1 && found.hasMajority && found.votes == 3)
    #expect(!verdict([0, 1]).hasMajority)
  }

  @Test(arguments: [
    ([0], 0.9, false), ([0, 0], 0.9, false), ([0, 0, 0], 0.9, true), ([0, 0, 1], 0.9, false),
    ([0, 0, 0, 1], 0.9, true), ([0, 0, 0, 1], 0.95, false), ([0, 0, 0], 0.95, true),
    ([0, 0, 0], 0.99, false), ([0, 0, 0, 0], 0.99, true),
  ])
  func agreementDecidesEarlyWithoutCalibration(labels: [Int], target: Double, isResolved: Bool) {
    #expect(state([labels], target: target) == (isResolved ? .resolved : .undecided))
  }

  @Test func fullItemsNeedMoreThanHalf() {
    #expect(state([[0, 0, 1]], isFull: true) == .resolved)
    #expect(state([[0, 1]], isFull: true) == .contested)
    #expect(state([[0, 0, 1, 2]], isFull: true) == .contested)
    #expect(state([[0]], isFull: true) == .resolved)
  }

  @Test func calibratedConfidenceDecidesInsteadOfAgreement() throws {
    let model = try #require(
      SkillModel(method: .oneCoin, classes: 2, prior: [0.5, 0.5], average: [0.99]))
    // At a temperature of 4, two votes of log 99 are a confidence of .909, one is .759.
    #expect(state([[0, 0]], target: 0.9, isCalibrated: true, model) == .resolved)
    #expect(state([[0, 0]], target: 0.92, isCalibrated: true, model) == .undecided)
    #expect(state([[0]], target: 0.9, isCalibrated: true, model) == .undecided)
    #expect(state([[0]], target: 0.9, isFull: true, isCalibrated: true, model) == .resolved)
  }

  @Test func leastSureClassDecides() {
    #expect(state([[0, 0, 0], [0, 0, 1]]) == .undecided)
    #expect(state([[0, 0, 0, 1], [1, 1, 0, 0]], isFull: true) == .contested)
    #expect(state([[0, 0, 0], [1, 1, 1]]) == .resolved)
  }

  @Test(arguments: [(0.6, 2), (0.9, 2), (0.94, 2), (0.95, 3), (0.98, 3), (0.99, 4)])
  func leadGrowsWithTheTarget(target: Double, lead: Int) {
    #expect(ConsensusRule.lead(for: target) == lead)
  }
}
