internal import Postgres

extension TestSite {
  /// Waits until a statement waits for another transaction's lock.
  package func waitForABlockedStatement() throws {
    let db = owner()
    for _ in 0..<100_000 {
      let isWaiting = try db.one(
        """
        select exists (
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock')
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
      if isWaiting { return }
    }
    throw Missing(description: "no statement came to the lock")
  }
}
