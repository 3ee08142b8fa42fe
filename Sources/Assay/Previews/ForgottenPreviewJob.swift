internal import Queue
internal import Vocabulary

/// Opens a job of previews for each project that needs one and has none.
struct ForgottenPreviewJob: JobKind {
  static let name = "forgotten-previews"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 60)

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try PreviewJob.wakeForgotten(lease.db)
  }
}
