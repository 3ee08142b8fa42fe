package import Postgres

/// The work of `PoolJob` that is due in all pools.
package enum PoolUpkeep {
  /// The most leases and projects per run; the next run continues.
  static let most = (leases: 2000, projects: 50)
  /// The most batches of a project per run, so that no project waits long for a large one.
  static let batches = 5

  /// Ends expired leases and fills pools once, over the worker's connection.
  package static func run(_ db: Connection) throws {
    for assignment in try LeaseQueries.expired(limit: most.leases, db) {
      try Leases.endExpired(assignment, db)
    }
    for project in try PoolFillingQueries.waiting(limit: most.projects, db) {
      try PoolFilling.fill(project, batches: batches, db)
    }
  }
}
