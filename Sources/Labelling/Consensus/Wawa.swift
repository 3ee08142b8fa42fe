/// Worker agreement with aggregate: everybody's agreement with the majority weighs the votes.
enum Wawa {
  /// Fits the weights.
  ///
  /// A vote for a tied class agrees in part.
  static func fit(_ table: VoteTable) -> SkillFit {
    var (right, all) = (
      [Double](repeating: 0, count: table.people), [Double](repeating: 0, count: table.people)
    )
    let shares = table.shares()
    for item in 0..<table.items {
      let row = shares[item * table.classes..<(item + 1) * table.classes]
      let top = row.max() ?? 0
      let tied = Double(row.count { $0 == top })
      for place in table.starts[item]..<table.starts[item + 1] {
        let isTop = shares[item * table.classes + Int(table.labels[place])] == top
        right[Int(table.voters[place])] += isTop ? 1 / tied : 0
        all[Int(table.voters[place])] += 1
      }
    }
    let mean = (right.reduce(0, +) + 1) / (all.reduce(0, +) + 2)
    let skills = zip(right, all).map { max(($0 + mean) / ($1 + 1), SkillModel.least) }
    let prior = [Double](repeating: 1 / Double(table.classes), count: table.classes)
    return SkillFit(
      model: SkillModel(unchecked: .wawa, table.classes, prior, [mean]), skills: skills, rounds: 1)
  }
}
