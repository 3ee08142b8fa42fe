import Glibc
import Labelling
import Testing

@Suite struct TemperatureTests {
  private func example(_ odds: Double, _ truth: Int) throws -> Temperature.Example {
    let sum = log(1 + exp(odds))
    return try #require(
      Temperature.Example(logPosterior: [odds - sum, -sum], truth: truth))
  }

  @Test func withoutKnownItemsThePriorRules() {
    #expect(abs(Temperature.fit([], items: 0).value - 4) < 0.01)
    #expect(!Temperature.fit([], items: 0).isCalibrated)
  }

  @Test func firstKnownItemMovesIt() throws {
    #expect(Temperature.fit([try example(8, 0)], items: 1).value < 4)
    #expect(Temperature.fit([try example(8, 1)], items: 1).value > 4)
  }

  @Test func countsAsCalibratedFromTwentyItems() {
    #expect(!Temperature(value: 4, items: 19).isCalibrated)
    #expect(Temperature(value: 4, items: 20).isCalibrated)
  }

  @Test(arguments: [1.5, 4, 9])
  func trueTemperatureIsFound(truth: Double) throws {
    var random = SplitMix(state: 3)
    let examples = try (0..<4000).map { _ in
      let odds = Double.random(in: 0..<12, using: &random)
      let isRight = Double.random(in: 0..<1, using: &random) < 1 / (1 + exp(-odds / truth))
      return try example(odds, isRight ? 0 : 1)
    }
    let found = Temperature.fit(examples, items: 4000).value
    #expect(abs(found / truth - 1) < 0.1, "\(found)")
  }

  @Test func classesOutsideThePosteriorAreNoExamples() {
    #expect(Temperature.Example(logPosterior: [-0.5, -1], truth: 2) == nil)
    #expect(Temperature.Example(logPosterior: [-0.5, -1], truth: -1) == nil)
  }

  @Test func storedNumbersThatAreNoneCountAsThePrior() {
    #expect(Temperature(value: .nan, items: 3).value == 4)
    #expect(Temperature(value: 0, items: 3).value > 0)
  }

  @Test func goldIsThinnedToTheVotesOfOrdinaryItems() {
    var table = VoteTable(classes: 2)
    table.add((0..<30).map { .init(person: $0, label: 0) })
    for _ in 0..<40 { table.add((0..<3).map { .init(person: $0, label: 0) }) }
    let fit = Aggregation.fit(table, as: .oneCoin)
    let known = [(item: 0, truth: 1)]
    let thin = Temperature.fit(Aggregation.examples(fit, table, known: known), items: 1)
    let thick = Temperature.fit(
      [.init(logPosterior: fit.model.logPosterior(table.skilled(0, fit)), truth: 1)]
        .compactMap { $0 }, items: 1)
    #expect(thin.value < thick.value)
    #expect(thin == Temperature.fit(Aggregation.examples(fit, table, known: known), items: 1))
  }

  /// The calibration error with 15 bins of equal width.
  private func error(_ items: [(confidence: Double, isRight: Bool)]) -> Double {
    let bins = Dictionary(grouping: items) { min(14, Int($0.confidence * 15)) }
    return bins.values.reduce(0) { sum, bin in
      let sure = bin.reduce(0) { $0 + $1.confidence }
      return sum + abs(sure - Double(bin.count(where: \.isRight))) / Double(items.count)
    }
  }

  @Test func aTenthOfTheItemsCalibratesThoseOfCorrelatedPeople() {
    var (plain, calibrated) = (0.0, 0.0)
    for seed in UInt64(0)..<20 {
      var crowd = SyntheticCrowd(
        SyntheticCrowd.Person.mixed(30, classes: 4, spam: 0.2), classes: 4, items: 400, hard: 0.3,
        seed: seed)
      let table = VoteTable(crowd.votes(each: 7), classes: 4)
      let fit = Aggregation.fit(table)
      let known = (0..<40).map { (item: $0, truth: crowd.truths[$0]) }
      let temperature = Temperature.fit(
        Aggregation.examples(fit, table, known: known), items: 40)
      func error(at temperature: Temperature) -> Double {
        self.error(
          (40..<400).map { item in
            let verdict = ConsensusRule.verdict(
              table.skilled(item, fit), fit.model, temperature)
            return (verdict.confidence, verdict.label == crowd.truths[item])
          })
      }
      plain += error(at: Temperature(value: 1, items: 0)) / 20
      calibrated += error(at: temperature) / 20
    }
    #expect(plain > 0.12, "\(plain)")
    #expect(calibrated < 0.08, "\(calibrated)")
  }
}
