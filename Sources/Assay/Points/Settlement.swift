package import Postgres

internal import Labelling

/// Settles the points of resolved items: it pays answers that agree with the result.
package enum Settlement {
  /// The number of items in one transaction.
  static let batch = 500
  /// The most batches of one run, so that other jobs get their turn.
  static let batches = 20

  /// Settles items batch by batch, and returns the number of items.
  ///
  /// Items that another transaction has locked are left to the next run.
  /// - Parameter next: called before each batch.
  @discardableResult
  package static func settle(_ db: Connection, next: () throws -> Void = {}) throws -> Int {
    var (count, last) = (0, UUIDBytes?.none)
    for _ in 0..<batches {
      try next()
      let items = try db.transaction { db in try settleBatch(after: last, db) }
      count += items.count
      last = items.last
      if items.count < batch { break }
    }
    return count
  }

  private static func settleBatch(after last: UUIDBytes?, _ db: Connection) throws -> [UUIDBytes] {
    let items = try SettlementQueries.lock(after: last, limit: batch, db)
    guard !items.isEmpty else { return [] }
    let verdicts = try SettlementQueries.answers(to: items, db).compactMap(\.verdict)
    if !verdicts.isEmpty {
      try SettlementQueries.lockTotals(of: Array(Set(verdicts.map(\.account))), db)
      try SettlementQueries.pay(verdicts, db)
    }
    try SettlementQueries.markSettled(items, db)
    return items
  }

  /// The judgement of one person's answer to an item.
  struct Verdict {
    let item: UUIDBytes
    let account: UUIDBytes
    let isRight: Bool
    let earned: Int
  }
}

extension SettlementQueries.Given {
  /// The judgement; nil while the result settles no points.
  fileprivate var verdict: Settlement.Verdict? {
    guard PointsRule.isDecisive(method: method, votes: votes) else { return nil }
    return Settlement.Verdict(
      item: item, account: account, isRight: answer.agrees(with: trusted),
      earned: PointsRule.earned(answer, trusted: trusted, points: points))
  }
}
