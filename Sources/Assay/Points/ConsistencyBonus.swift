package import Postgres

/// Grants bonuses for an accuracy that was held over an ISO week.
///
/// A bonus follows later settlements and corrections of its week for four weeks.
package enum ConsistencyBonus {
  /// The number of finished weeks that are looked at.
  static let weeks = 4
  /// The number of people in one transaction.
  static let batch = 500

  /// Enters the differences between the bonuses and the ledger.
  /// - Parameter next: called before each batch.
  package static func grant(_ db: Connection, next: () throws -> Void = {}) throws {
    for week in 1...weeks {
      var people = try BonusQueries.due(weeksAgo: week, db)[...]
      while !people.isEmpty {
        try next()
        let some = Array(people.prefix(batch))
        try db.transaction { db in
          try SettlementQueries.lockTotals(of: some, db)
          try BonusQueries.grant(to: some, weeksAgo: week, db)
        }
        people = people.dropFirst(batch)
      }
    }
  }
}
