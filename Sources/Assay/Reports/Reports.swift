internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Labelers report what cannot be labelled; those who manage the request decide.
enum Reports {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/tasks/report", for: .labeler, "reports.make",
      "Reports a picture of a task, or without image_id all of the task. Nobody gets the reported "
        + "pictures until somebody has decided.",
      takes: .optionalJSON(Form.schema), parameters: Form.parameters + [Repeated.parameter],
      gives: Receipt.schema, make),
    .on(
      .root, .get, "/requests/{request}/reports", for: .requester, "reports.list",
      "Lists the reports of a request's pictures.", parameters: [state],
      gives: .array(Row.schema), paging: .cursor, list),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/reports/{report}/uphold",
      for: .requester, "reports.uphold",
      "Excludes the reported pictures, and pays the points of those who have answered them.",
      gives: Row.schema, uphold),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/reports/{report}/dismiss",
      for: .requester, "reports.dismiss",
      "Gives the reported pictures back, also after the report was upheld.",
      gives: Row.schema, dismiss),
    .on(
      .root, .get, "/admin/reports", for: .admin, "admin.reports", "Lists all reports.",
      parameters: [state], gives: .array(Row.schema), paging: .cursor, listAll),
    .on(
      .root, .post(audit: .byHandler), "/admin/reports/{report}/uphold", for: .admin,
      "admin.upholdReport",
      "Excludes the reported pictures, and pays the points of those who have answered them.",
      gives: Row.schema, upholdAny),
    .on(
      .root, .post(audit: .byHandler), "/admin/reports/{report}/dismiss", for: .admin,
      "admin.dismissReport",
      "Gives the reported pictures back, also after the report was upheld.",
      gives: Row.schema, dismissAny),
  ]

  private static let state = Parameter.query(
    "state", State.schema, "Lists only reports in this state.", isRequired: false)

  private static func make(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.jsonOrQuery(Form.self)
    return try Repeated.once(request, context, caller) { db in
      switch try ReportQueries.make(form, as: .new(), db) {
      case .made(let receipt): return .json(receipt)
      case .noTask: throw Problem.notFound("task")
      case .noImage: throw Problem.notFound("image in this task")
      case .dismissed:
        throw Problem.conflict(
          "A report of yours about one of these pictures was dismissed: that picture cannot be "
            + "reported again.")
      case .full:
        throw Problem.conflict(
          "Your open reports are too many, or hold too many pictures: wait until some are decided.")
      }
    }
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try list(in: project, request, context, caller)
  }

  private static func listAll(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try list(in: nil, request, context, caller)
  }

  private static func list(
    in project: ID<Project>?, _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let wanted = try request.query()[Self.state.name]
    let state = wanted.flatMap(State.init(rawValue:))
    guard wanted == nil || state != nil else {
      let words = State.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem.invalid([Violation(Self.state.name, "must be one of \(words)")])
    }
    let links = ImageLinks(request, context.site.config)
    return try Listing.respond(
      request, context, caller, keeping: state.map { [(Self.state.name, $0.rawValue)] } ?? []
    ) { limit, after in
      try ReportQueries.list(
        in: project, state, links, limit: limit, after: after, context.db)
    }
  }

  private static func uphold(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try decide(.upheld, in: project, request, context, caller)
  }

  private static func dismiss(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try decide(.dismissed, in: project, request, context, caller)
  }

  private static func upholdAny(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try decide(.upheld, in: nil, request, context, caller)
  }

  private static func dismissAny(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try decide(.dismissed, in: nil, request, context, caller)
  }
}
