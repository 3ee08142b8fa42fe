import Glibc
import Labelling
import Testing

extension SyntheticCrowd.Person {
  /// People of different skill; a share of them are spammers of both sorts.
  static func mixed(_ count: Int, classes: Int, spam: Double) -> [Self] {
    (0..<count).map { number in
      guard Double(number) < spam * Double(count) else {
        return .skilled(0.65 + 0.3 * Double(number % 10) / 9)
      }
      return number % 2 == 0 ? .random : .constant(number % classes)
    }
  }

  /// People who are often right, but half of them take one class for another.
  static func confused(_ count: Int, classes: Int) -> [Self] {
    (0..<count).map { number in
      let skill = 0.65 + 0.3 * Double(number % 10) / 9
      let from = number % classes
      return number % 2 == 0
        ? .confusing(skill, from: from, to: (from + 1) % classes) : .skilled(skill)
    }
  }
}

@Suite("Aggregation of the answers of synthetic people") struct AggregationTests {
  private typealias Person = SyntheticCrowd.Person
  private static let seeds = UInt64(0)..<20

  /// The mean accuracy of each method over 20 seeds, and of the chosen one; nil is the chosen one.
  private func accuracies(
    _ people: [Person], classes: Int, items: Int, each: Int
  ) -> [SkillModel.Method?: Double] {
    var sums: [SkillModel.Method?: Double] = [:]
    for seed in Self.seeds {
      var crowd = SyntheticCrowd(people, classes: classes, items: items, seed: seed)
      let table = VoteTable(crowd.votes(each: each), classes: classes)
      for method in SkillModel.Method.allCases.map(Optional.some) + [nil] {
        let labels = table.labels(by: Aggregation.fit(table, as: method))
        sums[method, default: 0] += crowd.accuracy(labels) / Double(Self.seeds.count)
      }
    }
    return sums
  }

  @Test func dawidSkeneBeatsTheMajorityAmongSpammers() throws {
    let found = accuracies(
      Person.mixed(20, classes: 4, spam: 0.3), classes: 4, items: 300, each: 5)
    let majority = try #require(found[.majority])
    #expect(try #require(found[.dawidSkene]) > majority + 0.02, "\(found)")
    #expect(try #require(found[nil]) > majority + 0.02, "\(found)")
  }

  @Test func oneCoinIsChosenWhereItIsBest() throws {
    let people = Person.mixed(60, classes: 5, spam: 0.2)
    let found = accuracies(people, classes: 5, items: 200, each: 5)
    let best = try #require(found[.oneCoin])
    #expect(try #require(found[nil]) == best, "\(found)")
    #expect(best > (try #require(found[.dawidSkene])) + 0.01, "\(found)")
    #expect(best > (try #require(found[.majority])) + 0.01, "\(found)")
  }

  @Test func dawidSkeneIsChosenForConfusedPeople() throws {
    let found = accuracies(
      Person.confused(10, classes: 4), classes: 4, items: 300, each: 5)
    let best = try #require(found[.dawidSkene])
    #expect(try #require(found[nil]) == best, "\(found)")
    #expect(best > (try #require(found[.oneCoin])), "\(found)")
  }

  @Test(arguments: [12, 30])
  func twoClassesBeatTheMajority(people: Int) throws {
    let found = accuracies(
      Person.mixed(people, classes: 2, spam: 0.2), classes: 2, items: 200, each: 5)
    #expect(try #require(found[nil]) > #require(found[.majority]) + 0.01, "\(found)")
  }

  @Test func dawidSkeneIsChosenWhereManyMissOneOfTwoClasses() throws {
    let found = accuracies(
      Person.confused(40, classes: 2), classes: 2, items: 200, each: 5)
    #expect(try #require(found[nil]) > #require(found[.majority]) + 0.05, "\(found)")
    #expect(try #require(found[nil]) > #require(found[.oneCoin]) + 0.1, "\(found)")
  }

  @Test(arguments: [
    (10, 19, 4, SkillModel.Method.majority), (10, 64, 4, .oneCoin), (10, 128, 4, .dawidSkene),
    (200, 100, 4, .wawa), (10, 32, 2, .dawidSkene),
    (10, 25, 2, .oneCoin), (100, 20, 2, .wawa), (5, 100, 1, .majority),
    (500, 100_000, 1000, .majority), (20, 2000, 100, .oneCoin),
  ])
  func methodFollowsLabelsPerPersonAndClass(
    people: Int, items: Int, classes: Int, method: SkillModel.Method
  ) {
    var table = VoteTable(classes: classes)
    for item in 0..<items {
      table.add(
        (0..<5).map {
          .init(person: (item * 5 + $0) % people, label: (item + $0 / 4) % classes)
        })
    }
    #expect(Aggregation.method(for: table) == method)
  }

  @Test func aThousandClassesNeedNoMatrixOfEverybody() {
    var table = VoteTable(classes: 1000)
    for item in 0..<2000 {
      table.add((0..<5).map { .init(person: (item * 7 + $0) % 500, label: item % 1000) })
    }
    #expect(Aggregation.method(for: table) != .dawidSkene)
    let fit = Aggregation.fit(table)
    #expect(fit.skills.count == 500)
    #expect(table.labels(by: fit) == (0..<2000).map { $0 % 1000 })
  }

  @Test(arguments: [SkillModel.Method.oneCoin, .dawidSkene], [5, 60])
  func priorIsTheMeanPosteriorOfEachItem(method: SkillModel.Method, each: Int) throws {
    // Items of 60 votes are computed in logarithms, those of 5 without. People who are often wrong
    // leave the former undecided too, so that each vote matters.
    let people = (0..<70).map { Person.skilled(each > 30 ? 0.4 + 0.2 * Double($0) / 70 : 0.8) }
    var crowd = SyntheticCrowd(people, classes: 3, items: 300, seed: 1)
    let table = VoteTable(crowd.votes(each: each), classes: 3)
    let fit = Aggregation.fit(table, as: method)
    try #require(fit.rounds < 100)
    var sums = [1.0, 1, 1]
    for item in 0..<table.items {
      let posterior = fit.model.logPosterior(table.skilled(item, fit)).map { exp($0) }
      sums = zip(sums, posterior).map(+)
    }
    for (sum, prior) in zip(sums, fit.model.prior) {
      #expect(abs(sum / Double(table.items + 3) - prior) < 1e-4)
    }
  }

  @Test(arguments: SkillModel.Method.allCases)
  func numbersStayFiniteAtTheExtremes(method: SkillModel.Method) {
    let alike = [[VoteTable.Vote]](
      repeating: (0..<100).map { .init(person: $0, label: 0) }, count: 30)
    let tables = [
      VoteTable([], classes: 3), VoteTable([[], []], classes: 3), VoteTable(alike, classes: 1),
      VoteTable(alike, classes: 2), VoteTable([[.init(person: 0, label: 1)]], classes: 3),
      VoteTable([[.init(person: 9, label: 7), .init(person: -1, label: 0)]], classes: 3),
    ]
    for table in tables {
      let fit = Aggregation.fit(table, as: method)
      #expect(fit.model.prior.allSatisfy { $0 > 0 && $0 <= 1 })
      #expect(fit.skills.allSatisfy { $0 > 0 && $0 <= 1 })
      for item in 0..<table.items {
        let votes = table.skilled(item, fit)
        let chances = fit.model.logPosterior(votes).map { exp($0) }
        #expect(abs(chances.reduce(0, +) - 1) < 1e-6)
        #expect(votes.allSatisfy { fit.model.weight($0).isFinite })
      }
    }
  }

  @Test func unknownLabelsAndPeopleAreLeftOut() {
    let table = VoteTable(
      [[.init(person: 0, label: 3), .init(person: -1, label: 0), .init(person: 2, label: 2)]],
      classes: 3)
    #expect(table.votes(of: 0) == [.init(person: 2, label: 2)])
    #expect(table.people == 3)
  }
}
