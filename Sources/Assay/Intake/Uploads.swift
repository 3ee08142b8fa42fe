internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Uploads of pictures as a multipart form, and the list of uploaded pictures.
enum Uploads {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/requests/{request}/uploads", for: .requester,
      "uploads.receive",
      "Uploads JPEG and PNG files, in form fields named \"files\".",
      takes: .form, gives: Receipt.schema, check: { _ = try $2.project($0, $1) }, receive),
    .list(
      .root, "/requests/{request}/uploads", for: .requester, "uploads.list",
      "Lists the pictures of a request.", of: Row.self, list),
  ]

  private static func receive(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    return try context.uploading {
      try receive(request, context, caller, project, organization)
    }
  }

  private static func receive(
    _ request: Request, _ context: Context, _ caller: Caller, _ project: ID<Project>,
    _ organization: ID<Organization>
  ) throws -> Response {
    let form = try UploadForm(context, .root)
    try request.multipart(limit: context.site.config.requestLimit, form.take)
    let intake = form.intake
    let kept = intake.settle()
    guard !kept.isEmpty else { throw intake.problem }
    let added = try Recorder(context, project, of: organization, by: caller.id)
      .record(kept)
    return .json(
      Receipt(
        request: project, uploaded: added, skipped: kept.count - added,
        errors: intake.refused))
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, _) = try caller.project(request, context)
    let links = ImageLinks(request, context.site.config)
    return try Listing.respond(request, context, caller) { limit, after in
      try UploadListQueries.list(in: project, limit: limit, after: after, links, context.db)
    }
  }
}
