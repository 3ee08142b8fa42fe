internal import Cryptography
internal import Glibc
internal import HTTP
internal import Postgres

/// Completes announced uploads, one by one: each is taken or refused with a reason.
struct CompletionDesk {
  private let context: Context
  private let caller: Caller
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let examiner: Examiner
  private let store: any UploadStore

  init(
    _ context: Context, _ caller: Caller, _ project: ID<Project>, _ organization: ID<Organization>
  ) throws {
    self.context = context
    self.caller = caller
    self.project = project
    self.organization = organization
    examiner = try Examiner(context)
    store = try context.uploadStore()
  }

  /// Takes one file; gives the reason when it is refused.
  ///
  /// Completing twice is completing once.
  func take(_ file: Presigned.SentFile) throws -> String? {
    guard let upload = ID<Upload>(file.key) else { return "There is no such key." }
    let state = try UploadQueries.state(upload, in: project, by: caller.id, context.db)
    switch state {
    case nil: return "There is no such key."
    case "completed": return nil
    case "presigned", "received":
      do {
        return try receive(upload, file)
      } catch let error as StoreError {
        // Somebody else completed it meanwhile, and its bytes have moved on.
        let state = try UploadQueries.state(upload, in: project, by: caller.id, context.db)
        guard state == "completed" else { throw error }
        return nil
      }
    default: return "The upload was \(state ?? "refused") before."
    }
  }

  private func receive(_ upload: ID<Upload>, _ sent: Presigned.SentFile) throws -> String? {
    switch try store.fetch(upload) {
    case .nothing: return "No bytes have arrived."
    case .tooLarge:
      return try reject(upload, "The file is larger than \(context.site.config.fileLimit) bytes.")
    case .file(let file, let etag):
      // An etag may be the store's own word, or the content's digest.
      let claimed = sent.etag?.filter { $0 != "\"" }
      switch try examiner.examine(file, named: "", etag: claimed == etag ? nil : claimed) {
      case .refused(let reason): return try reject(upload, reason)
      case .picture(let picture): try record(upload, picture)
      }
    }
    store.discard(upload)
    return nil
  }

  private func record(_ upload: ID<Upload>, _ picture: StoredPicture) throws {
    let desk = ItemDesk(
      project: project, organization: organization, account: caller.id, context.site.store,
      context.db)
    try desk.transaction(recording: [picture]) { db in
      // Of two that complete one upload at once, the second finds it completed.
      guard let filename = try UploadQueries.lock(upload, db) else { return }
      var named = picture
      named.filename = filename
      _ = try desk.record([named])
      try UploadQueries.finish(upload, as: "completed", reason: nil, db)
    }
  }

  private func reject(_ upload: ID<Upload>, _ reason: String) throws -> String {
    try UploadQueries.finish(upload, as: "rejected", reason: reason, context.db)
    store.discard(upload)
    return reason
  }
}
