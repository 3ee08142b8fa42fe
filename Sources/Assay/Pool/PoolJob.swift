internal import Postgres
internal import Queue
internal import Vocabulary

/// Ends expired leases, and fills the pools of opened projects, every five seconds.
struct PoolJob: JobKind {
  static let name = "pools"
  static let lane = Lane.crowd
  static let start = JobStart.every(seconds: 5)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    let expired = try LeaseQueries.expired(limit: PoolUpkeep.most.leases, lease.db)
    try lease.each(expired, most: PoolUpkeep.most.leases) {
      "assignment \($0)"
    } do: {
      try Leases.endExpired($0, lease.db)
    } condemn: { _ in
      // The error is in the log; the next run tries again.
    }
    let waiting = try PoolFillingQueries.waiting(limit: PoolUpkeep.most.projects, lease.db)
    try lease.each(waiting, most: PoolUpkeep.most.projects) {
      "project \($0)"
    } do: {
      try PoolFilling.fill($0, batches: PoolUpkeep.batches, lease.db)
    } condemn: { _ in
      // As above.
    }
  }
}
