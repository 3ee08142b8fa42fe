internal import HTTP
internal import Postgres

/// Pictures sent as a multipart form, and the list of what was sent.
enum Uploads {
  static let routes: [Route] = [
    .on(
      .post, "/requests/{request}/uploads", for: .requester, "uploads.receive",
      "Takes JPEG and PNG files from the form field files.",
      takes: .form, gives: Receipt.schema, check: { _ = try target($0, $1, $2) }, receive),
    .on(
      .get, "/requests/{request}/uploads", for: .requester, "uploads.list",
      "Lists the pictures of a request.", gives: .array(Row.schema), list),
  ]

  private static func receive(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, organization) = try target(request, context, caller)
    return try context.uploading {
      try receive(request, context, caller, project, organization)
    }
  }

  private static func target(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> (ID<Project>, ID<Organization>) {
    let project = try request.id("request", of: Project.self)
    guard let organization = try ProjectQueries.organization(of: project, for: caller, context.db)
    else { throw Problem.notFound("request") }
    return (project, organization)
  }

  private static func receive(
    _ request: Request, _ context: Context, _ caller: Caller, _ project: ID<Project>,
    _ organization: ID<Organization>
  ) throws -> Response {
    let intake = try Intake(context, .root)
    try request.multipart(limit: context.site.config.requestLimit, intake.take)
    guard !intake.stored.isEmpty else { throw nothingTaken(intake) }
    let desk = ItemDesk(
      project: project, organization: organization, account: caller.id, context.site.store,
      context.db)
    let added = try desk.transaction(recording: intake.stored) { _ in
      try desk.record(intake.stored)
    }
    return .json(
      Receipt(
        request: project, uploaded: added, skipped: intake.stored.count - added,
        errors: intake.refused))
  }

  /// The answer when no file was taken.
  static func nothingTaken(_ intake: Intake) -> Problem {
    if let fault = intake.fault { return fault.problem }
    guard !intake.refused.isEmpty else {
      return .badRequest("The form holds no file in the field files.")
    }
    if intake.refused.contains(where: { $0.reason.isBusy }) {
      return .unavailable("The images could not be checked: try again in a moment.")
    }
    return .badRequest("No file was taken. " + Refusal.list(intake.refused))
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard try ProjectQueries.organization(of: project, for: caller, context.db) != nil else {
      throw Problem.notFound("request")
    }
    let links = ImageLinks(request, context.site.config)
    return try Listing.respond(request, context, caller) { limit, after in
      try ItemQueries.list(in: project, limit: limit, after: after, links, context.db)
    }
  }
}
