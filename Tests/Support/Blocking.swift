internal import Postgres

extension TestSite {
  /// Waits until a statement waits for another transaction's lock.
  package func waitForABlockedStatement() throws {
    let db = owner()
    try wait(for: "a statement at the lock") {
      try db.one(
        """
        select exists (
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock')
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
    }
  }

  /// The number of deadlocks that the server has found in this database.
  ///
  /// Transactions are repeated after a deadlock, so no answer shows it. A connection adds its count
  /// when it is closed.
  package func deadlocks() throws -> Int {
    let db = owner()
    func number(_ query: SQL) throws -> Int {
      try db.one(query) { row throws(PostgresError) in try row.next() }
    }
    // The site's own connection stays.
    try wait(for: "the end of the other connections") {
      try number(
        """
        select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'assay_app'
        """) <= 1
    }
    return try number("select deadlocks from pg_stat_database where datname = current_database()")
  }
}
