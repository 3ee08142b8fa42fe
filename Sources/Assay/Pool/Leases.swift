internal import Postgres
internal import Vocabulary

/// Ends leases and counts answers.
enum Leases {
  /// The end of an assignment.
  enum Ending: String {
    case submitted, released, expired
  }

  /// Counts an assignment's answers, and decides the items whose slots are full.
  ///
  /// It runs in the transaction that has saved the answers.
  /// - Parameters:
  ///   - items: the items that were just answered, and the seconds that each took.
  ///   - ending: the new state of the assignment, which gives its other leases back; nil to
  ///     leave it as it is.
  static func count(
    _ assignment: ID<Assignment>, _ items: [(item: ID<Item>, seconds: Double?)], as ending: Ending?,
    _ db: Connection
  ) throws(PostgresError) {
    try Resolution.decide(LeaseQueries.count(assignment, items, as: ending, db), db)
  }

  /// Ends an assignment's lease if it has expired.
  ///
  /// Another worker, or the labeler who submits at this moment, may be quicker.
  static func endExpired(_ assignment: ID<Assignment>, _ db: Connection) throws {
    try db.transaction { db in
      guard try LeaseQueries.lockExpired(assignment, db) else { return }
      try count(assignment, [], as: .expired, db)
    }
  }
}
