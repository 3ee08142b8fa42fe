internal import Queue
internal import Vocabulary

/// Settles points every minute, for all items that were resolved since then.
///
/// People see the points of many items change at once, so they cannot tell which of them was gold.
struct SettlementJob: JobKind {
  static let name = "settlement"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try Settlement.settle(lease.db) { try lease.beat() }
  }
}
