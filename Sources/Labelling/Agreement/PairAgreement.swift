/// The common answers of two people, from which Cohen's kappa is computed.
package struct PairAgreement: Sendable {
  /// The categories of the first and the second person.
  private struct Pair: Hashable {
    let first: Int32
    let second: Int32
  }

  private var counts: [Pair: Int] = [:]

  /// Makes an empty table.
  package init() {}

  /// Adds the answers of both people to one item, by the numbers of their categories.
  package mutating func add(_ first: Int32, _ second: Int32) {
    counts[Pair(first: first, second: second), default: 0] += 1
  }

  /// The number of items that both have answered.
  package var items: Int { counts.values.reduce(0, +) }

  /// Cohen's kappa (Educational and Psychological Measurement 20, 1960) with its 95 % interval; the
  /// value is nil when both always give the same category.
  package var kappa: AgreementTable.Value {
    // The order of a dictionary changes from process to process.
    let kinds = counts.sorted {
      ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second)
    }
    let pairs = kinds.map(\.key)
    let bounds = Bootstrap.interval(kinds.map(\.value)) { Self.kappa(pairs, $0) }
    return AgreementTable.Value(
      value: Self.kappa(pairs, kinds.map(\.value)), low: bounds?.low, high: bounds?.high,
      items: items)
  }

  private static func kappa(_ pairs: [Pair], _ times: [Int]) -> Double? {
    var (rows, columns, equal, all) = ([Int32: Double](), [Int32: Double](), 0.0, 0.0)
    for (pair, count) in zip(pairs, times) where count > 0 {
      rows[pair.first, default: 0] += Double(count)
      columns[pair.second, default: 0] += Double(count)
      equal += pair.first == pair.second ? Double(count) : 0
      all += Double(count)
    }
    guard all > 0 else { return nil }
    let expected = rows.reduce(0) { $0 + $1.value * columns[$1.key, default: 0] } / (all * all)
    return expected < 1 ? (equal / all - expected) / (1 - expected) : nil
  }
}
