/// Fits the model that suits a table of votes.
package enum Aggregation {
  /// The fewest items with two votes, below which there is nothing to learn.
  static let fewestItems = 20
  /// The labels per person and class from which a confusion matrix is worth its numbers.
  static let forConfusions = 16.0
  /// The same for two classes, where one accuracy cannot tell a miss from a false alarm.
  static let forTwoClasses = 8.0
  /// The labels per person and class from which one accuracy is.
  static let forOneCoin = 1.0
  /// A class with fewer votes than this, of those that each would have if all had the same, does not
  /// count as a class.
  static let leastShare = 0.05
  /// The most numbers that a posterior, or all skills, may have: 320 MB.
  static let mostNumbers = 40_000_000

  /// Chooses the method.
  ///
  /// A confusion matrix has classes² numbers per person. On synthetic people, a fifth of them
  /// spammers, 4 classes, 12 labels per person and class: one-coin .934, Dawid–Skene .907; where half
  /// of the people confuse two classes .891 and .896. All four public sets have 18 or more, and
  /// there Dawid–Skene is the best. With two classes at 8 labels, one of which half of the people
  /// miss, it is .571 and .861. Below 8, one-coin is better than the majority where one of two classes
  /// is rare (.941 and .840 at a tenth), but worse where both are frequent (.871 and .879). Below one
  /// label, the people's agreement with the majority weighs the votes.
  package static func method(for table: VoteTable) -> SkillModel.Method {
    let paired = (0..<table.items).count { table.starts[$0 + 1] - table.starts[$0] > 1 }
    guard paired >= fewestItems, table.classes > 1, table.people > 1,
      table.items * table.classes <= mostNumbers
    else { return .majority }
    let used = usedClasses(of: table)
    let density = Double(table.count) / Double(Set(table.voters).count * max(1, used))
    if density >= (used > 2 ? forConfusions : forTwoClasses),
      table.people * table.classes * table.classes <= mostNumbers
    {
      return .dawidSkene
    }
    return density >= forOneCoin ? .oneCoin : .wawa
  }

  /// The number of classes that people use.
  private static func usedClasses(of table: VoteTable) -> Int {
    var votes = [Int](repeating: 0, count: table.classes)
    for label in table.labels { votes[Int(label)] += 1 }
    let least = leastShare * Double(table.count) / Double(table.classes)
    return votes.count { $0 > 0 && Double($0) >= least }
  }

  /// Fits the model that `method` chooses, or a given one.
  package static func fit(_ table: VoteTable, as method: SkillModel.Method? = nil) -> SkillFit {
    switch method ?? Self.method(for: table) {
    case .majority:
      SkillFit(model: .majority(classes: table.classes), skills: [], rounds: 0)
    case .wawa: Wawa.fit(table)
    case .oneCoin: ExpectationMaximization.fit(table, isOneCoin: true)
    case .dawidSkene: ExpectationMaximization.fit(table, isOneCoin: false)
    }
  }

  /// Returns the examples of known classes of items, by item.
  ///
  /// Gold has more answers than other items, which makes it too sure: of each item as many votes are
  /// taken as an ordinary item has, always the same ones.
  package static func examples(
    _ fit: SkillFit, _ table: VoteTable, known: [(item: Int, truth: Int)]
  ) -> [Temperature.Example] {
    let isKnown = Set(known.map(\.item))
    let ordinary = (0..<table.items).filter {
      !isKnown.contains($0) && table.starts[$0] < table.starts[$0 + 1]
    }
    let votes = ordinary.reduce(0) { $0 + table.starts[$1 + 1] - table.starts[$1] }
    let most = ordinary.isEmpty ? Int.max : max(1, (votes + ordinary.count / 2) / ordinary.count)
    return known.compactMap { item, truth in
      guard (0..<table.items).contains(item) else { return nil }
      let thinned = table.votes(of: item).sorted { lot($0, item) < lot($1, item) }.prefix(most)
      guard !thinned.isEmpty else { return nil }
      return Temperature.Example(
        logPosterior: fit.model.logPosterior(thinned.map { (fit.skill(of: $0.person), $0.label) }),
        truth: truth)
    }
  }

  /// A number that orders the votes of an item by chance, always in the same way.
  private static func lot(_ vote: VoteTable.Vote, _ item: Int) -> UInt64 {
    var bits = UInt64(vote.person) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(item) &* 0xC2B2_AE3D_27D4_EB4F
    bits ^= bits >> 29
    bits &*= 0xBF58_476D_1CE4_E5B9
    return bits ^ bits >> 32
  }
}
