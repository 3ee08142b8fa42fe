/// Fits the model that suits a table of votes.
package enum Aggregation {
  /// The fewest items with two votes, below which there is nothing to learn.
  static let fewestItems = 20
  /// The labels per person and class from which a confusion matrix is worth its numbers.
  static let forConfusions = 8.0
  /// The labels per person and class from which one accuracy is.
  static let forOneCoin = 1.0
  /// The most numbers that a posterior, or all skills, may have: 320 MB.
  static let mostNumbers = 40_000_000

  /// Chooses the method.
  ///
  /// A confusion matrix has classes² numbers per person. Below eight labels for each class one-coin
  /// is more accurate on synthetic workers, above it Dawid–Skene is on all four public sets. Below
  /// one label the people's agreement with the majority weighs the votes, because EM is at its start.
  package static func method(for table: VoteTable) -> SkillModel.Method {
    let paired = (0..<table.items).count { table.starts[$0 + 1] - table.starts[$0] > 1 }
    guard paired >= fewestItems, table.classes > 1, table.people > 1,
      table.items * table.classes <= mostNumbers
    else { return .majority }
    let voting = Set(table.voters).count
    let density = Double(table.count) / Double(voting * table.classes)
    if density >= forConfusions, table.people * table.classes * table.classes <= mostNumbers {
      return .dawidSkene
    }
    return density >= forOneCoin ? .oneCoin : .wawa
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
