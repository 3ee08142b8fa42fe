internal import Queue
internal import Vocabulary

/// Adds every minute the counted refusals of past hours to the audit log.
struct RefusalJob: JobKind {
  static let name = "refusals"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try AuditQueries.sweepRefusals(lease.db)
  }
}
