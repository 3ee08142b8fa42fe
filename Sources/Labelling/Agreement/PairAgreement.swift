/// The common answers of two people, from which Cohen's kappa is computed.
package struct PairAgreement: Sendable {
  /// The categories of the first and the second person.
  private struct Pair: Hashable {
    let first: Int32
    let second: Int32
  }

  private var counts: [Pair: Int] = [:]
  /// The number of items that both have answered.
  package private(set) var items = 0

  /// Makes an empty table.
  package init() {}

  /// Adds the answers of both people to one item, by the numbers of their categories.
  package mutating func add(_ first: Int32, _ second: Int32) {
    counts[Pair(first: first, second: second), default: 0] += 1
    items += 1
  }

  /// Cohen's kappa (Educational and Psychological Measurement 20, 1960) with its 95 % interval; the
  /// value is nil when both always give the same category.
  package var kappa: AgreementTable.Value { kappa(among: items) }

  /// Cohen's kappa as one of several.
  /// - Parameter all: the items of all pairs that are compared; it bounds the number of samples.
  package func kappa(among all: Int) -> AgreementTable.Value {
    let cells = cells
    let times = cells.map(\.count)
    let shared = 2 + (cells.map { max($0.first, $0.second) }.max() ?? 0)
    let bounds = Bootstrap.intervals(times, samples: Bootstrap.samples(work: all)) {
      [Self.kappa(cells, $0, shared)]
    }
    return AgreementTable.Value(
      value: Self.kappa(cells, times, shared), low: bounds.first??.low, high: bounds.first??.high,
      items: items)
  }

  /// The number of items in which both people gave the categories with these numbers.
  private typealias Cell = (first: Int, second: Int, count: Int)

  /// The table with the categories numbered from 2 on.
  ///
  /// A category that only one of them has used adds nothing to the expected agreement: all those of
  /// the first person are number 0, all those of the second 1. So texts make few cells.
  private var cells: [Cell] {
    let used = Set(counts.keys.map(\.first)).intersection(counts.keys.map(\.second)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(used, Int32(2)...))
    var cells: [Pair: Int] = [:]
    for (pair, count) in counts {
      let cell = Pair(first: numbers[pair.first] ?? 0, second: numbers[pair.second] ?? 1)
      cells[cell, default: 0] += count
    }
    // The order of a dictionary changes from process to process.
    return cells.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map {
      (Int($0.key.first), Int($0.key.second), $0.value)
    }
  }

  private static func kappa(_ cells: [Cell], _ times: [Int], _ categories: Int) -> Double? {
    var rows = [Double](repeating: 0, count: categories)
    var (columns, equal, all) = (rows, 0.0, 0.0)
    for (cell, count) in zip(cells, times) where count > 0 {
      rows[cell.first] += Double(count)
      columns[cell.second] += Double(count)
      equal += cell.first == cell.second ? Double(count) : 0
      all += Double(count)
    }
    guard all > 0 else { return nil }
    let expected = zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 } / (all * all)
    return expected < 1 ? (equal / all - expected) / (1 - expected) : nil
  }
}
