internal import Cryptography
internal import HTTP
internal import Imaging
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary
internal import Web

/// Completes announced uploads, a source for the intake: each is taken or refused with a reason.
struct UploadCompletion {
  private let context: Context
  private let caller: Caller
  private let project: ID<Project>
  private let recorder: Recorder
  private let examiner: Examiner
  private let store: any UploadStore
  /// The budget of all archives of the request.
  private let budget = IntakeBudget()

  private static let rule = IntakeRule.root

  init(
    _ context: Context, _ caller: Caller, _ project: ID<Project>, _ organization: ID<Organization>
  ) throws {
    self.context = context
    self.caller = caller
    self.project = project
    recorder = Recorder(context, project, of: organization, by: caller.id)
    examiner = try Examiner(context, Self.rule.types)
    store = try context.uploadStore()
  }

  /// Completes one upload; nil when all its files are taken, now or before.
  func take(_ file: Presigned.SentFile) throws -> Shortfall? {
    guard let id = ID<Upload>(file.key) else { return .unknownKey }
    let find = { try UploadQueries.find(id, in: project, by: caller.id, context.db) }
    guard let upload = try find() else { return .unknownKey }
    guard upload.state == .presigned else { return Shortfall(of: upload) }
    do {
      return try receive(id, upload, file)
    } catch let error as StoreError {
      // Another request has completed the upload meanwhile and moved its bytes.
      if let now = try find(), now.state == .completed { return Shortfall(of: now) }
      // Or another file has replaced the one that was being examined.
      guard error.isGone else { throw error }
      return .replaced
    }
  }

  /// Returns the announced filename and the key of a file, for a sentence to the client.
  func name(of file: Presigned.SentFile) throws -> String {
    let announced = try ID<Upload>(file.key).flatMap {
      try UploadQueries.find($0, in: project, by: caller.id, context.db)?.filename
    }
    guard let filename = announced ?? file.filename else { return file.key }
    return "\(filename) (\(file.key))"
  }

  private func receive(
    _ id: ID<Upload>, _ upload: UploadQueries.Announced, _ sent: Presigned.SentFile
  ) throws -> Shortfall? {
    guard examiner.hasTime else { return .file(.busy) }
    let limit = context.site.config.limit(ofArchive: upload.isArchive)
    switch try store.fetch(id, limit: limit) {
    case .nothing:
      // Another request may have completed it meanwhile.
      let now = try UploadQueries.find(id, in: project, by: caller.id, context.db)
      guard let now, now.state == .completed else { return .absent }
      return Shortfall(of: now)
    case .tooLarge: return try reject(id, .file(.tooLarge(limit: limit)))
    case .file(let file, let etag):
      // The client's etag may be the store's etag or the content's digest.
      let claimed = sent.etag?.filter { $0 != "\"" }
      let other = claimed == etag ? nil : claimed
      if upload.isArchive, let other, !Examiner.matches(other, file.digest()) {
        return try reject(id, .file(.etag))
      }
      let intake = try take(file, upload, etag: other)
      let kept = intake.settle()
      let shortfall = Shortfall(
        intake.refused, taken: kept.count, isArchive: upload.isArchive)
      if kept.isEmpty, let shortfall {
        // The bytes stay until the upload is completed again.
        return shortfall.isBusy ? shortfall : try reject(id, shortfall)
      }
      guard try record(id, kept, shortfall?.sentence) else {
        // Another request has completed the upload meanwhile, or it has expired.
        return try UploadQueries.find(id, in: project, by: caller.id, context.db)
          .flatMap { Shortfall(of: $0) }
      }
      store.discard(id)
      return shortfall
    }
  }

  private func take(
    _ file: IncomingFile, _ upload: UploadQueries.Announced, etag: String?
  ) throws -> Intake {
    let intake = try Intake(context, Self.rule, examiner, budget)
    intake.names = upload.nameEncoding
    // The announcement determines the kind.
    let kind = upload.isArchive ? .archive : FileKind.picture(intake.recognizer.type(of: file.head))
    try intake.take(file, named: upload.filename, as: kind, etag: etag)
    // Nothing is recorded, so that the client can try again.
    if let fault = intake.fault { throw fault }
    return intake
  }

  /// Records the kept files; false when the upload is no longer open.
  private func record(
    _ upload: ID<Upload>, _ kept: [StoredBytes], _ reason: String?
  ) throws -> Bool {
    try recorder.transaction(recording: kept) { db in
      // When two requests complete one upload, the second finds it completed.
      guard try UploadQueries.lock(upload, db) else { return false }
      // Done first, so that the announced bytes no longer count when the stored ones do.
      try UploadQueries.finish(upload, as: .completed, reason: reason, db)
      _ = try recorder.insert(kept)
      return true
    }
  }

  private func reject(_ upload: ID<Upload>, _ shortfall: Shortfall) throws -> Shortfall {
    try UploadQueries.finish(upload, as: .rejected, reason: shortfall.sentence, context.db)
    store.discard(upload)
    return shortfall
  }
}
