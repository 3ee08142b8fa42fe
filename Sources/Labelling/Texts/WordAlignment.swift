/// The cheapest alignment of a sentence with a network of words.
///
/// The costs are those of NIST's scoring programs: 3 for a word more or less, 4 for another word.
enum WordAlignment {
  /// One step along the network and the sentence.
  enum Step: UInt8 {
    /// A word of the sentence stands at a place of the network.
    case match
    /// The sentence has no word at a place of the network.
    case skip
    /// The sentence has a word between two places of the network.
    case insert
  }

  /// The number that stands for no word.
  static let none: Int32 = -1
  private static let other: Int32 = 4
  private static let gap: Int32 = 3

  /// Returns the steps from the beginning to the end.
  /// - Parameters:
  ///   - network: the numbers of the different words at each place; `none` is one of them.
  ///   - words: the numbers of the sentence's words, from 0 on.
  static func steps(_ network: [[Int32]], _ words: [Int32]) -> [Step] {
    let columns = words.count + 1
    var steps = [Step](repeating: .insert, count: (network.count + 1) * columns)
    var costs = (0..<columns).map { Int32($0) * gap }
    // For each word the last row that has it, so that a cell needs no search.
    var rows = [Int](repeating: -1, count: Int((network.joined().max() ?? 0)) + 1)
    for (row, slot) in network.enumerated() {
      for word in slot where word >= 0 { rows[Int(word)] = row }
      let skip = slot.contains(none) ? 0 : gap
      var diagonal = costs[0]
      costs[0] += skip
      steps[(row + 1) * columns] = .skip
      for (column, word) in words.enumerated() {
        let isThere = Int(word) < rows.count && rows[Int(word)] == row
        let choice = cheapest(
          match: diagonal + (isThere ? 0 : other), skip: costs[column + 1] + skip,
          insert: costs[column] + gap)
        diagonal = costs[column + 1]
        costs[column + 1] = choice.cost
        steps[(row + 1) * columns + column + 1] = choice.step
      }
    }
    return path(steps, network.count, words.count)
  }

  private static func cheapest(
    match: Int32, skip: Int32, insert: Int32
  ) -> (cost: Int32, step: Step) {
    if match <= skip, match <= insert { return (match, .match) }
    return skip <= insert ? (skip, .skip) : (insert, .insert)
  }

  /// Follows the steps back from the end.
  private static func path(_ steps: [Step], _ places: Int, _ words: Int) -> [Step] {
    var (row, column, path) = (places, words, [Step]())
    while row + column > 0 {
      let step = steps[row * (words + 1) + column]
      path.append(step)
      if step != .insert { row -= 1 }
      if step != .skip { column -= 1 }
    }
    return path.reversed()
  }
}
