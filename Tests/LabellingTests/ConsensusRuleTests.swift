import Labelling
import Testing

@Suite struct ConsensusRuleTests {
  private func verdict(_ labels: [Int], classes: Int = 3) -> ConsensusRule.Verdict {
    ConsensusRule.verdict(labels.map { (nil, $0) }, .majority(classes: classes), .prior)
  }

  private func state(
    _ labels: [Int], target: Double = 0.9, isFull: Bool, isCalibrated: Bool = false
  ) -> ConsensusRule.State {
    ConsensusRule.state(
      [verdict(labels)], ConsensusRule.Demand(target: target, isFull: isFull),
      isCalibrated: isCalibrated)
  }

  @Test func aLeadOfTwoEndsAnItemEarly() {
    #expect(state([0], isFull: false) == .undecided)
    #expect(state([0, 0], isFull: false) == .resolved)
    #expect(state([0, 0, 1], isFull: false) == .undecided)
    #expect(state([0, 0, 0, 1], isFull: false) == .resolved)
    #expect(state([0, 0], target: 0.95, isFull: false) == .undecided)
    #expect(state([0, 0, 0], target: 0.95, isFull: false) == .resolved)
  }

  @Test func aPluralityIsNoMajority() {
    #expect(state([0, 0, 0, 1, 2, 1, 2], isFull: true) == .contested)
    #expect(state([0, 0, 0, 0, 1, 2, 1], isFull: true) == .resolved)
    #expect(state([0, 1], isFull: true) == .contested)
    #expect(state([0], isFull: true) == .resolved)
  }

  @Test func aCalibratedConfidenceDecidesByTheTarget() {
    #expect(state([0, 0], target: 0.9, isFull: false, isCalibrated: true) == .resolved)
    #expect(state([0, 0, 1], target: 0.6, isFull: false, isCalibrated: true) == .resolved)
    #expect(state([0, 0, 1], target: 0.7, isFull: false, isCalibrated: true) == .undecided)
    #expect(state([0, 0, 1], target: 0.7, isFull: true, isCalibrated: true) == .resolved)
  }

  @Test func everyQuestionMustBeSure() {
    let (sure, tie) = (verdict([0, 0], classes: 2), verdict([0, 1], classes: 2))
    let demand = ConsensusRule.Demand(target: 0.9, isFull: true)
    #expect(ConsensusRule.state([sure, sure], demand, isCalibrated: false) == .resolved)
    #expect(ConsensusRule.state([sure, tie], demand, isCalibrated: false) == .contested)
  }

  @Test func unknownLabelsAndExtremesDoNotEndTheProcess() throws {
    let verdict = ConsensusRule.verdict(
      [([2.0, -1], 0), (nil, 7), ([0.9], -1)], .majority(classes: 2), .prior)
    #expect(verdict.label == 0)
    let model = try #require(
      SkillModel(method: .oneCoin, classes: 2, prior: [0.5, 0.5], average: [0.8]))
    let many = [SkillModel.SkilledVote](repeating: ([1 - 1e-9], 1), count: 100)
    let sure = ConsensusRule.verdict(many, model, Temperature(value: .nan, items: 0))
    #expect(sure.label == 1)
    #expect(sure.confidence.isFinite && sure.confidence <= 1)
    #expect(SkillModel(method: .oneCoin, classes: 2, prior: [0.5, .nan], average: [0.8]) == nil)
    #expect(SkillModel(method: .dawidSkene, classes: 2, prior: [0.5, 0.5], average: [0.8]) == nil)
    #expect(SkillModel(method: .oneCoin, classes: 2, prior: [0.5, 0.5], average: [1.5]) == nil)
  }
}
