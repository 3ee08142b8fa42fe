internal import HTTP
internal import Imaging
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary
internal import Web

/// Items on the `/api` face, where they are called files.
enum Files {
  static let routes: [Route] = [
    .on(
      .api, .post(audit: .nothing), "/api/upload", for: .requester, "files.upload",
      "Uploads images, texts and ZIP archives of both, in form fields named \"files\".",
      takes: .form(fields), gives: Receipt.schema, status: 201, check: checkAddress
    ) { request, context, caller in
      try context.uploading { try upload(request, context, caller) }
    },
    .on(
      .api, .get, "/api/files/{user}", for: .requester, "files.list",
      "Lists the files that a user has uploaded.", gives: Page.schema, paging: .offset, list),
    .on(
      .api, .delete(audit: .byRoute), "/api/files/{file}", for: .requester, "files.delete",
      "Deletes the file with this id from its project. Uploading it again restores it.",
      gives: Accounts.Message.schema, delete),
    .on(
      .api, .get, "/api/files/{file}/download", for: .requester, "files.download",
      "Returns the original file.", gives: .string(format: "binary"), as: storedTypes, download),
  ]

  /// The media types of downloads, of which generators of clients take the first that they know.
  private static let storedTypes =
    ["application/octet-stream"] + ImageType.allCases.map(\.mime) + [StoredBytes.textType]

  /// The form's other fields, which may also be sent in the query.
  private static let fields = [
    Schema.Member("project", .string(format: "uuid"), required: false),
    Schema.Member(
      "text_as", .choice(TextOptions.Unit.allCases.map(\.rawValue)), required: false),
    Schema.Member("text_column", .string(), required: false),
    Schema.Member("text_key", .string(), required: false),
    Schema.Member(
      "separator", .choice(Separator.allCases.map(\.rawValue)), required: false),
    Schema.Member(
      "quotes", .choice(TextOptions.Quotes.allCases.map(\.rawValue)), required: false),
    Schema.Member(ArchiveNames.field, ArchiveNames.schema, required: false),
  ]

  /// Checks the fields in the query, before any byte is stored.
  private static func checkAddress(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws {
    let query = try request.query()
    if let named = query["project"] { _ = try target(named, caller, context) }
    _ = try TextOptions { query[$0] }
    _ = try ArchiveNames.encoding { query[$0] }
  }

  private static func upload(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try checkAddress(request, context, caller)
    let query = try request.query()
    let form = try UploadForm(context, .wide)
    try request.multipart(limit: context.site.config.requestLimit, form.take)
    if let long = fields.first(where: { form.overlong.contains($0.name) }) {
      throw Problem.invalid([
        Violation(long.name, "must be at most \(UploadForm.fieldLimit) bytes long")
      ])
    }
    let given = { query[$0] ?? form.fields[$0] }
    let (project, organization) = try target(given("project") ?? "", caller, context)
    try form.finish(TextOptions(given), names: ArchiveNames.encoding(given))
    let intake = form.intake
    let kept = intake.settle()
    guard !kept.isEmpty else { throw intake.problem }
    let added = try Recorder(context, project, of: organization, by: caller.id)
      .record(kept)
    let files = try FileQueries.files(
      holding: kept.map(\.sha256), in: project,
      ImageLinks(request, context.site.config), context.db)
    return .json(
      Receipt(
        message: "\(added) files uploaded.", project: project, uploaded: added,
        skipped: kept.count - added, files: files, errors: intake.refused))
  }

  private static func target(
    _ named: String, _ caller: Caller, _ context: Context
  ) throws -> (id: ID<Project>, organization: ID<Organization>) {
    guard !named.isEmpty else { throw Problem.invalid([Violation("project", "is required")]) }
    guard let project = ID<Project>(named) else {
      throw Problem.invalid([Violation("project", "must be the id of a project")])
    }
    return try caller.project(project, context, as: "project")
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let user = try request.id("user", of: Account.self)
    guard user == caller.id || caller.seesAll else {
      throw Problem.notFound("user")
    }
    let query = try request.query()
    let limit = try query.int("limit", Paging.limits) ?? 100
    let offset = try query.int("offset", Paging.offsets) ?? 0
    let total = try FileQueries.count(of: user, for: caller, context.db)
    let files = try FileQueries.list(
      of: user, for: caller, limit: limit, offset: offset,
      ImageLinks(request, context.site.config), context.db)
    return .json(Page(files: files, total: total, limit: limit, offset: offset))
  }

  private static func delete(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let file = try request.id("file", of: Item.self)
    guard try FileQueries.original(file, for: caller, context.db) != nil else {
      throw Problem.notFound("file")
    }
    try context.db.transaction { db in
      // Read before the deletion, which may remove the data about similar pictures.
      let alike = try ClusterQueries.items(alike: file, db)
      if let alike {
        try InspectionQueries.lockComparison(alike.organization, db)
        try ClusterQueries.bringBack(copiesOf: [file], db)
      }
      try FileQueries.lock(file, db)
      // Another request has deleted the file.
      guard try FileQueries.original(file, for: caller, db) != nil else {
        throw Problem.notFound("file")
      }
      guard try FileQueries.delete(file, for: caller, db) else {
        throw Problem.conflict("The file is part of a task and cannot be deleted.")
      }
      if let alike { try ClusterQueries.settle(alike.items, in: alike.organization, db) }
    }
    return .json(Accounts.Message(message: "File deleted."))
  }

  /// Names the file that nginx sends from disk, and its headers.
  private static func download(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let file = try request.id("file", of: Item.self)
    guard let original = try FileQueries.original(file, for: caller, context.db) else {
      throw Problem.notFound("file")
    }
    guard !original.isDamaged else {
      throw Problem(410, "The stored file is damaged: upload it again to repair it.")
    }
    return Response(
      200,
      headers: [
        ("X-Accel-Redirect", context.site.store.redirect(to: original.sha256)),
        ("Content-Type", original.contentType),
        ("Content-Disposition", ContentDisposition.attachment(original.filename)),
        ("Cache-Control", "private, no-cache"),
      ])
  }
}
