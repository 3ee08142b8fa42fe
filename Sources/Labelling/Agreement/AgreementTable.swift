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

  /// The agreement of all people.
  package struct Coefficients: Sendable, Equatable {
    /// The share of pairs of answers to an item that agree, as the mean over the items.
    package let percent: Value
    /// Fleiss' kappa (Psychological Bulletin 76, 1971), for any number of answers from two on.
    ///
    /// With the same number of answers for all items it is Fleiss' own formula. Otherwise the shares
    /// of the categories are those of all answers.
    package let fleiss: Value
    /// Krippendorff's alpha for nominal data with missing answers (Computing Krippendorff's
    /// Alpha-Reliability, 2011).
    package let krippendorff: Value
  }

  /// Computes the coefficients, all from the same samples.
  package var coefficients: Coefficients {
    // The order of a dictionary changes from process to process.
    let rows = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let times = rows.map(\.value)
    var sums = AgreementSums(rows.map(\.key))
    let values = sums.coefficients(times)
    let work = rows.reduce(0) { $0 + 1 + $1.key.count }
    let bounds = Bootstrap.intervals(times, samples: Bootstrap.samples(work: work)) {
      sums.coefficients($0)
    }
    let found = zip(values, bounds).map { value, bounds in
      Value(value: value, low: bounds?.low, high: bounds?.high, items: items)
    }
    return Coefficients(percent: found[0], fleiss: found[1], krippendorff: found[2])
  }
}
