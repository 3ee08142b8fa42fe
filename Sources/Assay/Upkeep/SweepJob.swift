internal import Queue
internal import Site
internal import Vocabulary

/// Removes unneeded data every minute.
struct SweepJob: JobKind {
  static let name = "sweep"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  private let site: Site
  init(_ site: Site) { self.site = site }

  func prepare(_ payload: NoPayload, _ lease: Lease) throws { try Sweeper(site).sweep(lease.db) }
}

/// Removes files without a row every day.
struct OrphanJob: JobKind {
  static let name = "orphans"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 86_400)

  private let site: Site
  init(_ site: Site) { self.site = site }

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try Sweeper(site).removeOrphans(lease.db)
  }
}
