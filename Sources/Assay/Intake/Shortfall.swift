/// Why an announced upload is not completed, or not all of it is taken.
enum Shortfall {
  case unknownKey
  case absent
  /// A file was sent again over the one that was being examined.
  case replaced
  case file(Refusal.Reason)
  case archive([Refusal], taken: Int)
  /// Completed before, with the sentence that was recorded then.
  case recorded(String)
  /// Rejected or expired before.
  case settled(UploadState)

  /// The result of a settled upload; nil when all of it was taken.
  init?(of upload: UploadQueries.Announced) {
    if upload.state == .completed {
      guard let reason = upload.reason else { return nil }
      self = .recorded(reason)
    } else {
      self = .settled(upload.state)
    }
  }

  /// The refusals of its intake; nil when all of it was taken.
  init?(of intake: Intake, isArchive: Bool) {
    guard let first = intake.refused.first else { return nil }
    self =
      isArchive
      ? .archive(intake.refused, taken: intake.kept.count) : .file(first.reason)
  }

  /// Whether a file of it was not examined, and may be taken when the upload is completed again.
  var isBusy: Bool {
    switch self {
    case .file(let reason): reason.isBusy
    case .archive(let refused, _): refused.contains { $0.reason.isBusy }
    case .unknownKey, .absent, .replaced, .recorded, .settled: false
    }
  }

  /// The sentence that the client reads, and that is recorded with the upload.
  var sentence: String {
    switch self {
    case .unknownKey: "There is no such key."
    case .absent: "No bytes have arrived."
    case .replaced: "Another file came in its place: complete it again."
    case .file(let reason): reason.sentence
    case .archive(let refused, let taken):
      "\(taken) of its files were taken, \(refused.count) not. " + Refusal.list(refused)
    case .recorded(let sentence): sentence
    case .settled(let state): "The upload was \(state) before."
    }
  }
}
