/// The reason why an announced upload is not completed, or only in part.
enum Shortfall {
  case unknownKey
  case absent
  /// Another file replaced the one that was being examined.
  case replaced
  case file(Refusal.Reason)
  case archive([Refusal], taken: Int)
  /// Completed before, with the sentence that was recorded then.
  case recorded(String)
  /// Rejected or expired before.
  case settled(UploadState)

  /// Makes the result of an upload that is no longer open; nil when all files were taken.
  init?(of upload: UploadQueries.Announced) {
    if upload.state == .completed {
      guard let reason = upload.reason else { return nil }
      self = .recorded(reason)
    } else {
      self = .settled(upload.state)
    }
  }

  /// Makes the result from the refusals of an intake; nil when all files were taken.
  init?(_ refused: [Refusal], taken: Int, isArchive: Bool) {
    guard let first = refused.first else { return nil }
    self = isArchive ? .archive(refused, taken: taken) : .file(first.reason)
  }

  /// Whether a file was not examined, so that completing the upload again may succeed.
  var isBusy: Bool {
    switch self {
    case .file(let reason): reason.isBusy
    case .archive(let refused, _): refused.contains { $0.reason.isBusy }
    case .unknownKey, .absent, .replaced, .recorded, .settled: false
    }
  }

  /// The sentence for the client, which is also recorded with the upload.
  var sentence: String {
    switch self {
    case .unknownKey: "There is no such key."
    case .absent: "No bytes have been received."
    case .replaced: "The file was replaced during the check: complete it again."
    case .file(let reason): reason.sentence
    case .archive(let refused, let taken):
      "\(taken) of its files were accepted, \(refused.count) were not. " + Refusal.list(refused)
    case .recorded(let sentence): sentence
    case .settled(.expired): "The upload has expired: request a new address."
    case .settled: "This upload was completed or refused before: request a new address."
    }
  }
}
