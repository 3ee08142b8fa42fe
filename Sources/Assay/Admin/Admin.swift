internal import HTTP
internal import Web

/// Lists for administrators of the site; `Assignments` gives tasks to labelers.
enum Admin {
  static let routes: [Route] = [
    .list(
      .root, "/admin/requests", for: .admin, "admin.requests", "Lists all requests.",
      of: Request.self, requests),
    .list(
      .root, "/admin/tasks", for: .admin, "admin.tasks", "Lists all tasks.",
      of: Task.self, tasks),
  ]

  private static func requests(
    _ request: HTTP.Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try Listing.respond(request, context, caller) { limit, after in
      try AdminQueries.requests(limit: limit, after: after, context.db)
    }
  }

  private static func tasks(
    _ request: HTTP.Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try Listing.respond(request, context, caller) { limit, after in
      try AdminQueries.tasks(limit: limit, after: after, context.db)
    }
  }
}
