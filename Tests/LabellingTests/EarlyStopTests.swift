import Labelling
import Testing

@Suite("Early stop of synthetic projects") struct EarlyStopTests {
  private func run(
    _ people: [SyntheticCrowd.Person], hard: Double, _ rules: SequentialProject.Rules
  ) -> SequentialProject.Outcome {
    (UInt64(0)..<20).reduce(SequentialProject.Outcome()) { sum, seed in
      sum
        + SequentialProject.run(
          SyntheticCrowd(people, classes: 4, items: 400, hard: hard, seed: seed), rules)
    }
  }

  private static let people = SyntheticCrowd.Person.mixed(40, classes: 4, spam: 0.2)

  /// Compares with the same projects where each item gets ten answers.
  @Test(arguments: [(0.1, 0.97), (0, 0.95)])
  func aThirdOfTheLabelsIsSavedAtTheSameAccuracy(gold: Double, target: Double) {
    var rules = SequentialProject.Rules(fewest: 3, most: 10, target: target, gold: gold)
    let found = run(Self.people, hard: 0.1, rules)
    rules.fewest = rules.most
    let all = run(Self.people, hard: 0.1, rules)
    #expect(found.answersPerItem < 0.7 * all.answersPerItem, "\(found) \(all)")
    #expect(found.accuracy > all.accuracy - 0.005, "\(found.accuracy) \(all.accuracy)")
    // As many answers, evenly spread, are less accurate.
    rules.most = Int(found.answersPerItem.rounded(.up))
    rules.fewest = rules.most
    #expect(found.accuracy > run(Self.people, hard: 0.1, rules).accuracy)
  }

  @Test func withoutCalibrationEarlyResultsReachTheDefaultTarget() {
    let rules = SequentialProject.Rules(fewest: 2, most: 7, target: 0.9, gold: 0)
    let same = [SyntheticCrowd.Person](repeating: .constant(0), count: 10)
    let rest = SyntheticCrowd.Person.mixed(30, classes: 4, spam: 0)
    for (people, hard) in [(Self.people, 0), (Self.people, 0.1), (same + rest, 0)] {
      let found = run(people, hard: hard, rules)
      #expect(found.earlyError < 0.08, "\(hard) \(found.earlyError)")
      #expect(found.early > 4000)
    }
  }

  @Test func nothingStopsEarlyWhereAllAnswersAreAsked() {
    let found = run(Self.people, hard: 0, .init(fewest: 5, most: 5))
    #expect(found.early == 0)
    #expect(found.answersPerItem == 5)
  }
}
