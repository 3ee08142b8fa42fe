internal import Queue
internal import Vocabulary

/// Grants bonuses for consistency every hour.
struct BonusJob: JobKind {
  static let name = "bonuses"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 3600)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try ConsistencyBonus.grant(lease.db) { try lease.beat() }
  }
}
