internal import Postgres
internal import Vocabulary

/// Every SQL statement of claims that is not in `ClaimQueries`.
enum TaskClaimQueries {
  /// Returns whether a project is open to the crowd and to the caller.
  static func isOpen(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select is_open_pool(\(project))") { row throws(PostgresError) in try row.next() }
  }
}
