import Labelling
import Testing

/// Random numbers from a seed (SplitMix64).
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Synthetic people and items whose truth is known.
///
/// Some items look like the next class to most people, which correlates the errors. Spammers guess, or always give one
/// class.
private struct Crowd {
  var dice: Dice
  let classes: Int
  let truths: [Int]
  private let areHard: [Bool]
  /// The accuracy of each person; nil for a spammer who always says class 0.
  private let accuracies: [Double?]

  init(
    seed: UInt64, items: Int, people: Int, classes: Int, spammers: Double = 0.2,
    hard: Double = 0.1, range: ClosedRange<Double> = 0.6...0.95
  ) {
    var dice = Dice(state: seed)
    self.classes = classes
    truths = (0..<items).map { _ in Int.random(in: 0..<classes, using: &dice) }
    areHard = (0..<items).map { _ in Double.random(in: 0..<1, using: &dice) < hard }
    accuracies = (0..<people).map { _ in
      guard Double.random(in: 0..<1, using: &dice) < spammers else {
        return Double.random(in: range, using: &dice)
      }
      return Bool.random(using: &dice) ? nil : 1 / Double(classes)
    }
    self.dice = dice
  }

  /// The answer of a person; a wrong one is often the next class, and always for a hard item.
  mutating func answer(_ person: Int, _ item: Int) -> Int {
    guard var accuracy = accuracies[person] else { return 0 }
    if areHard[item] { accuracy = 0.4 }
    guard Double.random(in: 0..<1, using: &dice) >= accuracy else { return truths[item] }
    let next = (truths[item] + 1) % classes
    if areHard[item] || classes < 3 || Bool.random(using: &dice) { return next }
    return (truths[item] + Int.random(in: 1..<classes, using: &dice)) % classes
  }

  /// A number of different people for each item.
  mutating func voters(_ count: Int) -> [Int] {
    Array(accuracies.indices.shuffled(using: &dice).prefix(count))
  }

  mutating func table(_ answers: Int) -> VoteTable {
    var table = VoteTable(classes: classes)
    for item in truths.indices {
      table.add(voters(answers).map { VoteTable.Vote(person: $0, label: answer($0, item)) })
    }
    return table
  }

  func accuracy(_ labels: [Int]) -> Double {
    Double(zip(labels, truths).count { $0 == $1 }) / Double(truths.count)
  }
}

@Suite struct AggregationTests {
  private func verdict(
    _ fit: SkillFit, _ votes: [VoteTable.Vote], _ temperature: Temperature = .prior
  ) -> ConsensusRule.Verdict {
    ConsensusRule.verdict(
      votes.map { (fit.model.method == .majority ? nil : fit.skill(of: $0.person), $0.label) },
      fit.model, temperature)
  }

  private func labels(_ fit: SkillFit, _ table: VoteTable) -> [Int] {
    (0..<table.items).map { verdict(fit, table.votes(of: $0)).label }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test func dawidSkeneBeatsTheMajorityOverTwentySeeds() {
    var (gains, better) = ([Double](), 0)
    for seed in 1...20 {
      var crowd = Crowd(seed: UInt64(seed), items: 600, people: 30, classes: 3)
      let table = crowd.table(5)
      #expect(Aggregation.method(for: table) == .dawidSkene)
      let fitted = crowd.accuracy(labels(Aggregation.fit(table), table))
      let majority = crowd.accuracy(labels(Aggregation.fit(table, as: .majority), table))
      gains.append(fitted - majority)
      better += fitted > majority ? 1 : 0
    }
    #expect(mean(gains) > 0.03, "\(mean(gains))")
    #expect(better >= 19)
  }

  @Test func oneCoinIsChosenWhereLabelsAreFewAndIsBetterThere() {
    var (coin, confusions, majority) = ([Double](), [Double](), [Double]())
    for seed in 1...20 {
      var crowd = Crowd(seed: UInt64(seed), items: 300, people: 60, classes: 8, hard: 0)
      let table = crowd.table(4)
      #expect(Aggregation.method(for: table) == .oneCoin)
      coin.append(crowd.accuracy(labels(Aggregation.fit(table), table)))
      confusions.append(crowd.accuracy(labels(Aggregation.fit(table, as: .dawidSkene), table)))
      majority.append(crowd.accuracy(labels(Aggregation.fit(table, as: .majority), table)))
    }
    #expect(mean(coin) > mean(confusions) + 0.005, "\(mean(coin)) \(mean(confusions))")
    #expect(mean(coin) > mean(majority), "\(mean(coin)) \(mean(majority))")
  }

  @Test func tooLittleDataIsLeftToTheMajority() {
    var crowd = Crowd(seed: 1, items: 10, people: 5, classes: 2)
    #expect(Aggregation.method(for: crowd.table(3)) == .majority)
    var single = Crowd(seed: 1, items: 100, people: 5, classes: 2)
    #expect(Aggregation.method(for: single.table(1)) == .majority)
    #expect(Aggregation.method(for: VoteTable(classes: 3)) == .majority)
    var sparse = Crowd(seed: 1, items: 100, people: 90, classes: 10)
    #expect(Aggregation.method(for: sparse.table(3)) == .wawa)
  }

  /// Answers one by one until an item is decided, at most `most`.
  private func stopping(
    _ crowd: inout Crowd, from fewest: Int, to most: Int, target: Double, _ fit: SkillFit,
    _ temperature: Temperature
  ) -> (labels: [Int], answers: Int) {
    var (labels, answers) = ([Int](), 0)
    for item in crowd.truths.indices {
      var votes: [VoteTable.Vote] = []
      for person in crowd.voters(most) {
        votes.append(VoteTable.Vote(person: person, label: crowd.answer(person, item)))
        guard votes.count >= fewest else { continue }
        let state = ConsensusRule.state(
          [verdict(fit, votes, temperature)],
          ConsensusRule.Demand(target: target, isFull: votes.count == most),
          isCalibrated: temperature.isCalibrated && fit.model.method != .majority)
        if state != .undecided { break }
      }
      labels.append(verdict(fit, votes, temperature).label)
      answers += votes.count
    }
    return (labels, answers)
  }

  @Test func stoppingEarlySavesThreeTenthsAtEqualAccuracy() {
    var (saved, lost) = ([Double](), [Double]())
    for seed in 1...20 {
      var crowd = Crowd(
        seed: UInt64(seed), items: 500, people: 30, classes: 3, hard: 0, range: 0.65...0.95)
      let table = crowd.table(7)
      let fit = Aggregation.fit(table)
      let known = (0..<50).map { (item: $0, truth: crowd.truths[$0]) }
      let temperature = Temperature.fit(
        Aggregation.examples(fit, table, known: known), items: known.count)
      // Two to nine answers for an item, against seven for each.
      let few = stopping(&crowd, from: 2, to: 9, target: 0.9, fit, temperature)
      saved.append(1 - Double(few.answers) / Double(table.count))
      lost.append(crowd.accuracy(labels(fit, table)) - crowd.accuracy(few.labels))
    }
    #expect(mean(saved) >= 0.3, "\(mean(saved))")
    #expect(mean(lost) < 0.005, "\(mean(lost))")
  }

  /// A lead of three loses nothing against the majority of seven; a lead of two loses three points.
  @Test(arguments: [(0.95, 0.2, 0.005), (0.9, 0.4, 0.03)])
  func theAgreementRuleSavesAnswers(target: Double, least: Double, most: Double) {
    var (saved, lost) = ([Double](), [Double]())
    for seed in 1...20 {
      var crowd = Crowd(seed: UInt64(seed), items: 500, people: 30, classes: 3)
      let table = crowd.table(7)
      let fit = Aggregation.fit(table, as: .majority)
      let few = stopping(&crowd, from: 2, to: 7, target: target, fit, .prior)
      saved.append(1 - Double(few.answers) / Double(table.count))
      lost.append(crowd.accuracy(labels(fit, table)) - crowd.accuracy(few.labels))
    }
    #expect(mean(saved) >= least, "\(mean(saved))")
    #expect(mean(lost) < most, "\(mean(lost))")
  }

  @Test func theTemperatureMakesTheConfidenceAsSureAsItIsRight() {
    var (raw, calibrated) = ([Double](), [Double]())
    for seed in 1...20 {
      var crowd = Crowd(seed: UInt64(seed), items: 600, people: 12, classes: 3, hard: 0.2)
      let table = crowd.table(8)
      let fit = Aggregation.fit(table)
      let known = (0..<60).map { (item: $0, truth: crowd.truths[$0]) }
      let temperature = Temperature.fit(
        Aggregation.examples(fit, table, known: known), items: known.count)
      #expect(temperature.isCalibrated)
      raw.append(error(fit, table, Temperature(value: 1, items: 0), crowd.truths))
      calibrated.append(error(fit, table, temperature, crowd.truths))
    }
    #expect(mean(calibrated) < mean(raw) * 0.7, "\(mean(raw)) \(mean(calibrated))")
    #expect(mean(calibrated) < 0.06, "\(mean(calibrated))")
  }

  /// The calibration error of the items that are not known, with 15 bins.
  private func error(
    _ fit: SkillFit, _ table: VoteTable, _ temperature: Temperature, _ truths: [Int]
  ) -> Double {
    let items = (60..<table.items).map { item in
      let verdict = verdict(fit, table.votes(of: item), temperature)
      return (verdict.confidence, verdict.label == truths[item])
    }
    let bins = Dictionary(grouping: items) { min(14, Int($0.0 * 15)) }
    return bins.values.reduce(0) { sum, bin in
      let sure = bin.reduce(0) { $0 + $1.0 }
      return sum + abs(sure - Double(bin.count(where: \.1))) / Double(items.count)
    }
  }

  @Test func temperaturesFollowTheKnownItems() throws {
    #expect(abs(Temperature.fit([], items: 0).value - 4) < 0.01)
    #expect(!Temperature(value: 2, items: 19).isCalibrated)
    #expect(Temperature(value: 2, items: 20).isCalibrated)
    // Always right at .9: cooler than 4. Right in half of the cases: hotter.
    let right = try (0..<200).map { _ in
      try #require(Temperature.Example(logPosterior: [-0.105, -2.303], truth: 0))
    }
    #expect(Temperature.fit(right, items: 200).value < 1)
    let half = try (0..<200).map { number in
      try #require(Temperature.Example(logPosterior: [-0.105, -2.303], truth: number % 2))
    }
    #expect(Temperature.fit(half, items: 200).value > 8)
    #expect(Temperature.Example(logPosterior: [0], truth: 1) == nil)
  }

  @Test func goldWithManyAnswersIsThinned() {
    var (thinned, whole) = ([Double](), [Double]())
    for seed in 1...20 {
      var crowd = Crowd(seed: UInt64(seed), items: 400, people: 30, classes: 2, hard: 0)
      var table = VoteTable(classes: 2)
      for item in crowd.truths.indices {
        let count = item < 60 ? 25 : 3
        table.add(
          crowd.voters(count).map { VoteTable.Vote(person: $0, label: crowd.answer($0, item)) })
      }
      let fit = Aggregation.fit(table)
      let known = (0..<60).map { (item: $0, truth: crowd.truths[$0]) }
      let examples = Aggregation.examples(fit, table, known: known)
      let all = known.compactMap { item, truth in
        Temperature.Example(
          logPosterior: fit.model.logPosterior(
            table.votes(of: item).map { (fit.skill(of: $0.person), $0.label) }), truth: truth)
      }
      thinned.append(error(fit, table, Temperature.fit(examples, items: 60), crowd.truths))
      whole.append(error(fit, table, Temperature.fit(all, items: 60), crowd.truths))
    }
    #expect(mean(thinned) < mean(whole), "\(mean(thinned)) \(mean(whole))")
  }

  @Test func knownItemsOutsideTheTableAreLeftOut() {
    var crowd = Crowd(seed: 3, items: 50, people: 10, classes: 2)
    let table = crowd.table(3)
    let fit = Aggregation.fit(table)
    #expect(
      Aggregation.examples(fit, table, known: [(item: 900, truth: 0), (item: 1, truth: 9)]).isEmpty)
  }

  @Test func theOrderOfVotesDoesNotMatter() {
    var crowd = Crowd(seed: 4, items: 100, people: 10, classes: 3)
    let table = crowd.table(6)
    let fit = Aggregation.fit(table)
    for item in 0..<table.items {
      let votes = table.votes(of: item)
      let (one, other) = (verdict(fit, votes), verdict(fit, votes.reversed()))
      #expect(one.label == other.label)
      #expect(abs(one.confidence - other.confidence) < 1e-9)
    }
  }

  @Test func manyClassesTakeLittleMemory() {
    var table = VoteTable(classes: 1000)
    for item in 0..<500 {
      table.add((0..<3).map { VoteTable.Vote(person: (item + $0 * 7) % 300, label: item % 1000) })
    }
    #expect(Aggregation.method(for: table) == .wawa)
    let fit = Aggregation.fit(table, as: .oneCoin)
    #expect(fit.skills.count == 300)
    #expect(labels(fit, table) == (0..<500).map { $0 })
  }

  @Test func votesOutOfRangeAreLeftOut() {
    var table = VoteTable(classes: 2)
    table.add([VoteTable.Vote(person: -1, label: 0), VoteTable.Vote(person: 0, label: 2)])
    table.add([VoteTable.Vote(person: 0, label: 1)])
    #expect(table.items == 2)
    #expect(table.count == 1)
    for method in SkillModel.Method.allCases {
      #expect(labels(Aggregation.fit(table, as: method), table).count == 2)
    }
  }
}
