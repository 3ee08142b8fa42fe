internal import Cryptography
internal import HTTP
internal import Logging
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary
internal import Web

/// Uploads of pictures and archives directly to storage.
///
/// A client requests signed addresses, sends the files there, and then completes the uploads.
enum Presigned {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/uploads/presign", for: .requester, "presigned.sign",
      "Returns a signed address for each file: PUT the file there with the same Content-Type. Until "
        + "the upload is completed or expires, its announced or maximum size counts toward the quota.",
      takes: .json(Announcement.schema), gives: Tickets.schema, sign),
    .permit(
      .root, .put(audit: .nothing), "/incoming/{upload}", "presigned.receive",
      "Receives the bytes of an announced file at its signed address, with exactly the headers that "
        + "came with the address.",
      takes: .bytes(AnnouncedType.allCases.map(\.rawValue)), parameters: addressParameters,
      status: 201, check),
    .on(
      .root, .post(audit: .nothing), "/uploads/complete", for: .requester, "presigned.complete",
      "Checks the files that were sent and adds them to the request.",
      takes: .json(Completion.schema), gives: Done.schema, complete),
  ]

  /// The parts of a signed address, for clients that take the address apart.
  private static let addressParameters: [Parameter] = [
    .path(
      "upload", .string(pattern: #"^[0-9a-f-]{36}(\.zip)?$"#),
      "The key of the upload; that of an archive ends in .zip."),
    .query(
      "type", .choice(AnnouncedType.allCases.map(\.rawValue)), "The announced Content-Type.",
      isRequired: true),
    .query("size", .integer(), "The maximum number of bytes.", isRequired: true),
    .query(
      "expires", .integer(), "The end of the address's validity, in seconds since 1970.",
      isRequired: true),
    .query("sig", .string(), "The signature of the address.", isRequired: true),
  ]

  /// Seconds until a signed address expires.
  private static let lifetime = 3600

  private static func sign(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Announcement.self)
    let (project, organization) = try caller.project(form.project, context)
    let store = try context.uploadStore()
    let expiry = Timestamp.now(plusSeconds: lifetime)
    let sizes = try sizes(of: form.files, context.site.config)
    let tickets = try context.db.transaction { db in
      // An archive counts as ten files, because it may be ten times as large.
      try bound(form.files.reduce(0) { $0 + ($1.contentType == .zip ? 10 : 1) }, by: caller, db)
      let tickets = try zip(form.files, sizes).map { file, size in
        let upload = ID<Upload>.new()
        try UploadQueries.insert(
          upload, file, size: size, in: project, of: organization, by: caller.id, until: expiry,
          db)
        let type = file.contentType
        let url = try store.address(
          of: upload, type: type, size: size, isExact: file.size != nil,
          expires: Int(expiry.microseconds / 1_000_000), for: request)
        return Ticket(
          filename: file.filename, url: url, contentType: type.rawValue,
          key: upload.description)
      }
      let note =
        form.files.allSatisfy { $0.size != nil }
        ? nil : "A file without a size counts with the maximum size."
      try expectRoom(for: sizes, in: organization, note: note, db)
      return tickets
    }
    return .json(Tickets(uploads: tickets))
  }

  /// Returns the maximum number of bytes of each file.
  private static func sizes(
    of files: [AnnouncedFile], _ config: Config
  ) throws(Problem) -> [Int] {
    var sizes: [Int] = []
    for file in files {
      let most = config.limit(ofArchive: file.contentType == .zip)
      guard file.size ?? 0 <= most else {
        throw .invalid([Violation("files", "must not contain a file of more than \(most) bytes")])
      }
      sizes.append(file.size ?? most)
    }
    return sizes
  }

  /// Checks the limits under the last lock of the announcement, so that sums include other
  /// transactions.
  private static func expectRoom(
    for sizes: [Int], in organization: ID<Organization>, note: String?, _ db: Connection
  ) throws {
    let room = try UsageQueries.lock(organization, db)
    try room.expect(
      try UsageQueries.announced(to: organization, db),
      adding: Room.Amount(bytes: sizes.reduce(0, +), items: sizes.count),
      note: note)
  }

  /// The maximum number of open uploads per account, because each may occupy disk space.
  private static let mostOpen = 2000

  private static func bound(_ count: Int, by caller: Caller, _ db: Connection) throws {
    try UploadQueries.lockAnnouncements(of: caller.id, db)
    let open = try UploadQueries.countOpen(of: caller.id, db)
    guard open + count <= mostOpen else {
      throw Problem(
        429,
        "\(open) announced files are not completed; at most \(mostOpen) may be open at once.",
        headers: [("Retry-After", "60")])
    }
  }

  /// Answers nginx's permission request; the bytes never pass through this process.
  private static func check(_ request: Request, _ context: Context) throws -> Response {
    let ticket = try UploadTicket(checking: request, key: context.site.config.tokenKey)
    guard !context.site.store.isClosed(ticket.path) else {
      throw Problem.forbidden("This upload was completed or refused before: request a new address.")
    }
    try context.site.store.expectRoom(for: ticket.length)
    return Response(204)
  }

  private static func complete(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Completion.self)
    let (project, organization) = try caller.project(form.project, context)
    return try context.uploading {
      try complete(form, by: UploadCompletion(context, caller, project, organization))
    }
  }

  private static func complete(
    _ form: Completion, by completion: UploadCompletion
  ) throws -> Response {
    var fault: StoreError?
    let refused: [String] = try form.uploaded.compactMap { file in
      do {
        guard let shortfall = try completion.take(file) else { return nil }
        return "\(try completion.name(of: file)): \(shortfall.sentence)"
      } catch let error as StoreError {
        // The upload stays open, so it can be completed when the store works again.
        Logger.assay.error("a file was not stored", metadata: ["error": "\(error)"])
        fault = error
        return "\(try completion.name(of: file)): \(error.sentence)"
      }
    }
    if let fault, refused.count == form.uploaded.count { throw fault.problem }
    guard refused.isEmpty else {
      let others = refused.count < form.uploaded.count ? "; the others were added" : ""
      throw Problem.badRequest(
        "\(refused.count) of \(form.uploaded.count) files were not accepted\(others). "
          + refused.prefix(5).joined(separator: " "))
    }
    return .json(Done(status: "ok"))
  }
}
