/// The text with the least edit distance to all others.
enum Medoid {
  /// The most steps of all comparisons together: some hundredths of a second.
  private static let mostSteps = 20_000_000

  /// Returns the place of the medoid; of equals the first.
  ///
  /// Long texts are compared by their beginnings, so that the time is bounded.
  static func place(_ texts: [(key: String, times: Int)]) -> Int {
    let pairs = max(1, texts.count * (texts.count - 1) / 2)
    let length = max(16, Int(Double(mostSteps / pairs).squareRoot()))
    let scalars = texts.map { Array($0.key.unicodeScalars.prefix(length)) }
    var sums = [Int](repeating: 0, count: texts.count)
    for one in texts.indices {
      for other in texts.indices where other > one {
        let distance = distance(scalars[one], scalars[other])
        sums[one] += distance * texts[other].times
        sums[other] += distance * texts[one].times
      }
    }
    return sums.indices.reduce(0) { sums[$1] < sums[$0] ? $1 : $0 }
  }

  /// The number of insertions, deletions and replacements (Levenshtein, 1965).
  static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
    var row = Array(0...other.count)
    for (i, left) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in other.enumerated() {
        let replaced = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}
