internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Projects, which the root face calls requests.
enum Projects {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/requests", for: .customer, "projects.create",
      "Creates a request with the classes for its pictures.",
      takes: .json(NewProject.schema), gives: Created.schema, status: 201, create),
    .list(
      .root, "/requests", for: .requester, "projects.list",
      "Lists the requests that the caller can see.",
      of: Row.self, list),
    .on(
      .root, .get, "/requests/{request}", for: .requester, "projects.show",
      "Returns a request and its progress.", gives: Detail.schema, show),
  ]

  private static func create(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(NewProject.self)
    guard let organization = caller.organization else {
      throw Problem.forbidden("The account has no current organization: choose one in its profile.")
    }
    let project = ID<Project>.new()
    let createdAt = try context.db.transaction { db in
      let createdAt = try ProjectQueries.insert(
        project, of: organization, form, by: caller.id, db)
      let schema = ID<LabelSchema>.new()
      try ProjectQueries.insert(
        schema, of: project, in: organization, classes: form.classes, db)
      return createdAt
    }
    let created = Created(
      id: project, title: form.title, description: form.description, classes: form.classes,
      status: .created, createdAt: createdAt)
    return .json(created)
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try Listing.respond(request, context, caller) { limit, after in
      try ProjectQueries.list(for: caller, limit: limit, after: after, context.db)
    }
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard let detail = try ProjectQueries.detail(project, for: caller, context.db) else {
      throw Problem.notFound("request")
    }
    return .json(detail)
  }
}
