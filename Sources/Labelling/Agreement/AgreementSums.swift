/// The contribution of each kind of item to the coefficients.
struct AgreementSums {
  private struct Row {
    /// The share of the pairs that agree.
    let agreeing: Double
    /// The ordered pairs that differ, divided by the answers without one.
    let differing: Double
    /// The answers, by the places of their categories in `totals`.
    let labels: Range<Int>
  }

  private var rows: [Row] = []
  private var labels: [Int32] = []
  /// The number of answers in each category; kept to save memory between samples.
  private var totals: [Int]

  /// - Parameter answers: the sorted categories of the answers to each kind of item, two or more.
  init(_ answers: [[Int32]]) {
    var known: [Int32: Int32] = [:]
    for row in answers {
      let start = labels.count
      for label in row {
        let number = known[label] ?? Int32(known.count)
        known[label] = number
        labels.append(number)
      }
      let (pairs, equal) = (Double(row.count * (row.count - 1)), Self.agreeing(row))
      rows.append(
        Row(
          agreeing: equal / pairs, differing: (pairs - equal) / Double(row.count - 1),
          labels: start..<labels.count))
    }
    totals = [Int](repeating: 0, count: known.count)
  }

  /// The ordered pairs of a sorted row that agree.
  private static func agreeing(_ row: [Int32]) -> Double {
    var (sum, run) = (0, 0)
    for place in row.indices {
      run = place > 0 && row[place - 1] == row[place] ? run + 1 : 0
      sum += 2 * run
    }
    return Double(sum)
  }

  /// Returns percent agreement, Fleiss' kappa and Krippendorff's alpha.
  /// - Parameter times: how often each kind of item occurs.
  mutating func coefficients(_ times: [Int]) -> [Double?] {
    var (agreeing, differing, items, all) = (0.0, 0.0, 0.0, 0.0)
    for place in totals.indices { totals[place] = 0 }
    for (row, count) in zip(rows, times) where count > 0 {
      agreeing += Double(count) * row.agreeing
      differing += Double(count) * row.differing
      items += Double(count)
      all += Double(count * row.labels.count)
      for place in row.labels { totals[Int(labels[place])] += count }
    }
    guard items > 0 else { return [nil, nil, nil] }
    let squares = totals.reduce(0.0) { $0 + Double($1) * Double($1) }
    let (observed, chance) = (agreeing / items, squares / (all * all))
    let expected = (all * all - squares) / (all - 1)
    return [
      observed, chance < 1 ? (observed - chance) / (1 - chance) : nil,
      expected > 0 ? 1 - differing / expected : nil,
    ]
  }
}
