/// The answers of people to items as counts, from which agreement is computed.
///
/// Items with fewer than two answers say nothing about agreement; they are left out.
package struct AgreementTable: Sendable {
  /// The sorted answers to items; equal rows stand once.
  private var rows: [[Int32]: Int] = [:]
  /// The number of items with two or more answers.
  package private(set) var items = 0
  /// Their answers.
  package private(set) var answers = 0

  /// Makes an empty table.
  package init() {}

  /// Adds the answers to an item, by the numbers of their categories.
  package mutating func add(_ labels: [Int32]) {
    guard labels.count > 1 else { return }
    rows[labels.sorted(), default: 0] += 1
    items += 1
    answers += labels.count
  }

  /// An agreement with its interval.
  package struct Value: Sendable, Equatable {
    /// The coefficient, at most 1; nil when it is not defined, as when all answers are the same.
    package let value: Double?
    /// The lower bound of the 95 % interval; nil when it cannot be told.
    package let low: Double?
    /// The upper bound.
    package let high: Double?
    /// The number of items behind it.
    package let items: Int
  }

  /// The share of pairs of answers to an item that agree, as the mean over the items.
  package var percent: Value { value(Self.percent) }

  /// Fleiss' kappa (Psychological Bulletin 76, 1971), for any number of answers from two on.
  ///
  /// With the same number of answers for all items it is Fleiss' own formula. Otherwise the shares of
  /// the categories are those of all answers.
  package var fleiss: Value { value(Self.fleiss) }

  /// Krippendorff's alpha for nominal data with missing answers (Computing Krippendorff's
  /// Alpha-Reliability, 2011).
  package var krippendorff: Value { value(Self.krippendorff) }

  /// A multiset of rows.
  private typealias Sample = [(row: [Int32], times: Int)]

  private func value(_ coefficient: (Sample) -> Double?) -> Value {
    // The order of a dictionary changes from process to process.
    let sample = rows.map { (row: $0.key, times: $0.value) }.sorted {
      $0.row.lexicographicallyPrecedes($1.row)
    }
    let bounds = Bootstrap.interval(sample.map(\.times)) { times in
      coefficient(zip(sample, times).map { ($0.row, $1) })
    }
    return Value(
      value: coefficient(sample), low: bounds?.low, high: bounds?.high, items: items)
  }

  /// The ordered pairs of a row that agree.
  private static func agreeing(_ row: [Int32]) -> Double {
    var (sum, run) = (0.0, 0.0)
    for place in row.indices {
      run = place > 0 && row[place - 1] == row[place] ? run + 1 : 0
      sum += 2 * run
    }
    return sum
  }

  private static func percent(_ sample: Sample) -> Double? {
    var (sum, items) = (0.0, 0.0)
    for (row, times) in sample where times > 0 {
      sum += Double(times) * agreeing(row) / Double(row.count * (row.count - 1))
      items += Double(times)
    }
    return items > 0 ? sum / items : nil
  }

  /// The squares of the categories' counts, summed, and the number of all answers.
  private static func squares(_ sample: Sample) -> (sum: Double, all: Double) {
    var (totals, all) = ([Int32: Double](), 0.0)
    for (row, times) in sample where times > 0 {
      for label in row { totals[label, default: 0] += Double(times) }
      all += Double(row.count * times)
    }
    // Whole numbers: their sum does not depend on the order.
    return (totals.values.reduce(0) { $0 + $1 * $1 }, all)
  }

  private static func fleiss(_ sample: Sample) -> Double? {
    guard let observed = percent(sample) else { return nil }
    let squares = squares(sample)
    let expected = squares.sum / (squares.all * squares.all)
    return expected < 1 ? (observed - expected) / (1 - expected) : nil
  }

  private static func krippendorff(_ sample: Sample) -> Double? {
    let squares = squares(sample)
    guard squares.all > 1 else { return nil }
    var observed = 0.0
    for (row, times) in sample where times > 0 {
      let pairs = Double(row.count * (row.count - 1))
      observed += Double(times) * (pairs - agreeing(row)) / Double(row.count - 1)
    }
    let expected = (squares.all * squares.all - squares.sum) / (squares.all - 1)
    return expected > 0 ? 1 - observed / expected : nil
  }
}
