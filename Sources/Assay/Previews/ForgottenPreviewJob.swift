internal import Queue
internal import Vocabulary

/// Starts every minute the previews that nobody has started.
struct ForgottenPreviewJob: JobKind {
  static let name = "forgotten-previews"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try PreviewJob.wakeForgotten(lease.db)
  }
}
