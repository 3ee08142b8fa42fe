internal import Postgres
internal import Queue
internal import Vocabulary

/// Ends expired leases, and fills the pools of opened projects, every five seconds.
struct PoolJob: JobKind {
  static let name = "pools"
  static let lane = Lane.crowd
  static let start = JobStart.every(seconds: 5)
  /// The most leases and projects per run; the next run continues.
  private static let most = (leases: 2000, projects: 50)
  /// The most batches of a project per run, so that no project waits long for a large one.
  private static let batches = 5

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    let expired = try LeaseQueries.expired(limit: Self.most.leases, lease.db)
    try lease.each(expired, most: Self.most.leases) {
      "assignment \($0)"
    } do: {
      try Leases.endExpired($0, lease.db)
    } condemn: { _ in
      // The error is in the log; the next run tries again.
    }
    let waiting = try PoolFillingQueries.waiting(limit: Self.most.projects, lease.db)
    try lease.each(waiting, most: Self.most.projects) {
      "project \($0)"
    } do: {
      try PoolFilling.fill($0, batches: Self.batches, lease.db)
    } condemn: { _ in
      // As above.
    }
  }
}
