internal import Cryptography
internal import Glibc
internal import HTTP
internal import Imaging
internal import Postgres

/// Completes announced uploads, one by one: each is taken or refused with a reason.
struct CompletionDesk {
  private let context: Context
  private let caller: Caller
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let examiner: Examiner
  private let store: any UploadStore
  /// One for all archives of the request.
  private let budget = IntakeBudget()

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

  /// Takes one file; gives the reason when not all of it is taken.
  ///
  /// Completing twice is completing once.
  func take(_ file: Presigned.SentFile) throws -> String? {
    guard let id = ID<Upload>(file.key) else { return "There is no such key." }
    let find = { try UploadQueries.find(id, in: project, by: caller.id, context.db) }
    guard let upload = try find() else { return "There is no such key." }
    switch upload.state {
    case "presigned", "received":
      do {
        return try receive(id, upload, file)
      } catch let error as StoreError {
        // Somebody else completed it meanwhile, and its bytes have moved on.
        if let now = try find(), now.state == "completed" { return now.reason }
        // Or a file was sent once more, over the one that was being examined.
        guard error.isGone else { throw error }
        return "Another file came in its place: complete it again."
      }
    default: return upload.outcome
    }
  }

  private func receive(
    _ id: ID<Upload>, _ upload: UploadQueries.Announced, _ sent: Presigned.SentFile
  ) throws -> String? {
    guard examiner.hasTime else { return Examiner.later }
    let limit = context.site.config.limit(ofArchive: upload.isArchive)
    switch try store.fetch(id, limit: limit) {
    case .nothing:
      // Somebody else may have completed it meanwhile.
      let now = try UploadQueries.find(id, in: project, by: caller.id, context.db)
      return now?.state == "completed" ? now?.reason : "No bytes have arrived."
    case .tooLarge: return try reject(id, "The file is larger than \(limit) bytes.")
    case .file(let file, let etag):
      // An etag may be the store's own word, or the content's digest.
      let claimed = sent.etag?.filter { $0 != "\"" }
      let outcome = try examine(file, upload, etag: claimed == etag ? nil : claimed)
      guard !outcome.stored.isEmpty else {
        // Its bytes stay where they are until it is completed again.
        if let reason = outcome.reason, reason.contains(Examiner.later) { return reason }
        return try reject(id, outcome.reason ?? "")
      }
      guard try record(id, outcome.stored, outcome.reason) else {
        // Another request completed it meanwhile, or it was given up.
        return try UploadQueries.find(id, in: project, by: caller.id, context.db)?.outcome
      }
      store.discard(id)
      return outcome.reason
    }
  }

  private func examine(
    _ file: IncomingFile, _ upload: UploadQueries.Announced, etag: String?
  ) throws -> (stored: [StoredBytes], reason: String?) {
    guard upload.isArchive else {
      switch try examiner.examine(file, named: upload.filename, etag: etag) {
      case .refused(let reason): return ([], reason)
      case .picture(let picture): return ([picture], nil)
      }
    }
    if let etag, !Examiner.names(etag, file.digest()) {
      return ([], "The etag is another file's.")
    }
    let desk = try IntakeDesk(context, .archive, budget)
    desk.names = upload.nameEncoding.flatMap { NameEncoding(named: $0) }
    try desk.unpack(file, named: upload.filename)
    // Nothing is recorded then, so that it can be tried again.
    if let fault = desk.fault { throw fault }
    return (desk.stored, Refusal.summary(desk.refused, of: desk.stored.count))
  }

  /// False when the upload is settled already.
  private func record(
    _ upload: ID<Upload>, _ stored: [StoredBytes], _ reason: String?
  ) throws -> Bool {
    let desk = ItemDesk(
      project: project, organization: organization, account: caller.id, context.site.store,
      context.db)
    return try desk.transaction(recording: stored) { db in
      // Of two that complete one upload at once, the second finds it completed.
      guard try UploadQueries.lock(upload, db) else { return false }
      // First, so that the announced bytes no longer count when the stored ones do.
      try UploadQueries.finish(upload, as: "completed", reason: reason, db)
      _ = try desk.record(stored)
      return true
    }
  }

  private func reject(_ upload: ID<Upload>, _ reason: String) throws -> String {
    try UploadQueries.finish(upload, as: "rejected", reason: reason, context.db)
    store.discard(upload)
    return reason
  }
}
