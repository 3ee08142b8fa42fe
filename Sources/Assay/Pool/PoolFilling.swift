internal import Postgres
internal import Vocabulary

/// Brings the items of opened projects into their pools, and into tasks.
enum PoolFilling {
  /// The number of items per transaction.
  static let batch = 2000

  /// Takes some batches of a project's items into its pool; true while there are more.
  ///
  /// Each batch commits by itself, so that no claim waits long for its locks.
  @discardableResult
  static func fill(_ project: ID<Project>, batches: Int, _ db: Connection) throws -> Bool {
    for _ in 0..<batches {
      let hasMore = try db.transaction { db in
        let isFilling = try PoolFillingQueries.fill(project, limit: batch, db)
        let isBundling = try PoolFillingQueries.bundle(project, limit: batch, db)
        return isFilling || isBundling
      }
      let full = try PoolFillingQueries.full(in: project, limit: batch, db)
      if !full.isEmpty { try db.transaction { db in try Resolution.decide(full, db) } }
      if !hasMore && full.count < batch { return false }
    }
    return true
  }
}
