internal import Queue
internal import Vocabulary

/// Removes every minute failures and limits that no longer matter.
struct ThrottleJob: JobKind {
  static let name = "throttles"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws { try SignInQueries.sweep(lease.db) }
}
