internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Tasks for labelers.
enum Tasks {
  static let routes: [Route] = [
    .list(
      .root, "/tasks", for: .labeler, "tasks.list",
      "Lists the caller's tasks, and then those that the caller may claim: 50 of them without a "
        + "limit.",
      parameters: [TaskScope.parameter], of: Row.self, list),
    .on(
      .root, .get, "/tasks/{task}", for: .labeler, "tasks.show",
      "Returns a task with its pictures and classes.", gives: Detail.schema, show),
    .on(
      .root, .get, "/tasks/{task}/links", for: .labeler, "tasks.links",
      "Returns new links to pictures of a task, because links expire. Pictures that are not in the "
        + "task are left out.",
      parameters: [LinkRequest.parameter], gives: Links.schema, links),
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let page = try TaskPage(request, caller.id)
    return try Listing.respond(request, context, caller, keeping: page.filters) { limit, after in
      try page.rows(limit: limit, after: after, context.db)
    }
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    let links = ImageLinks(request, context.site.config)
    let detail =
      try TaskQueries.show(task, for: caller.id, seesAll: caller.seesAll, links, context.db)
      ?? OpenTaskQueries.show(task, links, context.db)
    guard let detail else { throw Problem.notFound("task") }
    return .json(detail)
  }

  private static func links(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    let images = try LinkRequest.images(of: request)
    let links = ImageLinks(request, context.site.config)
    let found =
      try TaskQueries.links(
        to: images, in: task, for: caller.id, seesAll: caller.seesAll, links, context.db)
      ?? OpenTaskQueries.links(to: images, in: task, links, context.db)
    guard let found else { throw Problem.notFound("task") }
    return .json(Links(expiresAt: links.expiresAt, links: found))
  }
}
