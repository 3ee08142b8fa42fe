internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The results of an opened request, and the decisions of people about them.
enum Results {
  static let routes: [Route] = [
    .on(
      .root, .get, "/requests/{request}/consensus", for: .requester, "results.list",
      "Lists the resolved and contested pictures of a request with their answers.",
      parameters: Filter.parameters, gives: .array(Row.schema), paging: .cursor, list),
    .on(
      .root, .get, "/requests/{request}/consensus/{image}", for: .requester, "results.show",
      "Returns the result of a picture, every answer with its weight, and every decision.",
      gives: Detail.schema, show),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/consensus/{image}", for: .requester,
      "results.decide",
      "Decides a picture. The decision replaces the result, also an earlier decision, and corrects "
        + "the points.",
      takes: .json(Form.schema), gives: Detail.schema, decide),
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let filter = try Filter(request.query())
    return try Listing.respond(request, context, caller, keeping: filter.kept) { limit, after in
      try ResultQueries.list(in: project, filter, limit: limit, after: after, context.db)
    }
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try shown(request.id("image", of: Item.self), in: project, context.db)
  }

  private static func shown(
    _ image: ID<Item>, in project: ID<Project>, _ db: Connection
  ) throws -> Response {
    guard let row = try ResultQueries.row(of: image, in: project, db) else {
      throw Problem.notFound("image that is open to the crowd")
    }
    return .json(
      Detail(
        row: row, answers: try Resolution.weighed(image, db),
        decisions: try ResultQueries.decisions(about: image, db)))
  }

  private static func decide(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let image = try request.id("image", of: Item.self)
    let form = try request.json(Form.self)
    return try context.db.transaction { db in
      _ = try ResolutionQueries.lock([image], in: project, db)
      try form.answer.check(ResultQueries.rules(of: project, db))
      guard let row = try ResultQueries.row(of: image, in: project, db) else {
        throw Problem.notFound("image that is open to the crowd")
      }
      try check(row)
      try ResultQueries.record(form, about: row, by: caller.id, db)
      try Resolution.settle([(image, form.answer.answer)], as: .review(by: caller.id), db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "consensus.decided", by: caller, of: image.description, request,
          facts: [("before", row.state)]), db)
      return try shown(image, in: project, db)
    }
  }

  private static func check(_ row: Row) throws(Problem) {
    switch row.state {
    case "excluded": throw .conflict("The picture is excluded: restore it first.")
    case "held": throw .conflict("The picture is reported: decide the report first.")
    default: break
    }
    guard row.method != Resolution.Method.gold.name else {
      throw .conflict("The picture is gold: change its answer there.")
    }
  }
}
