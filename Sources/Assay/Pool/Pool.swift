internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// Requests that are open to the crowd: everybody who labels may claim their tasks.
enum Pool {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/open", for: .requester, "pool.open",
      "Opens a request to the crowd. Opening it again changes the settings for pictures that are "
        + "not resolved.",
      takes: .optionalJSON(Opening.schema), gives: Row.schema, open),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/close", for: .requester, "pool.close",
      "Closes a request: nobody claims its tasks any more. Tasks that are under way may be finished.",
      gives: Row.schema, close),
    .on(
      .root, .get, "/requests/{request}/pool", for: .requester, "pool.show",
      "Returns the settings of an opened request, and the counts of its pictures.",
      gives: Row.schema, show),
  ]

  private static func open(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    let form = try request.optionalJSON(Opening.self)
    try context.db.transaction { db in
      try PoolQueries.lockProject(project, db)
      let old = try PoolQueries.settings(of: project, db)
      var settings = old ?? Settings()
      try settings.take(form)
      if let old, old.answer != settings.answer, try !PoolQueries.mayChangeAnswer(project, db) {
        throw Problem.conflict(
          "Tasks of the kind \(old.answer.rawValue) are claimed or answered: it cannot change.")
      }
      let misfits = try GoldQueries.misfits(in: project, settings.answer, db)
      guard misfits == 0 else {
        throw Problem.conflict(
          "\(misfits) gold pictures have no answer of the kind \(settings.answer.rawValue): change them "
            + "first.")
      }
      guard try PoolQueries.mayOpen(project, of: organization, db) else {
        throw Problem.conflict(
          "The organization has too many requests open to the crowd: close one first.")
      }
      try PoolQueries.open(project, of: organization, settings, by: caller.id, db)
      try note("pool.opened", project, caller, request, db)
    }
    // Small requests are ready at once; the worker takes over the rest of large ones.
    try PoolFilling.fill(project, batches: 1, context.db)
    return try shown(project, context)
  }

  private static func close(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    try context.db.transaction { db in
      guard try PoolQueries.settings(of: project, db) != nil else { throw isNotOpened }
      if try PoolQueries.close(project, db) {
        try note("pool.closed", project, caller, request, db)
      }
    }
    return try shown(project, context)
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try shown(caller.project(request, context).id, context)
  }

  private static func shown(_ project: ID<Project>, _ context: Context) throws -> Response {
    guard let row = try PoolQueries.show(project, context.db) else { throw isNotOpened }
    return .json(row)
  }

  private static let isNotOpened = Problem(404, "The request was never opened to the crowd.")

  private static func note(
    _ action: String, _ project: ID<Project>, _ caller: Caller, _ request: Request,
    _ db: Connection
  ) throws(PostgresError) {
    try AuditLogQueries.record(
      AuditLog.Event(action, by: caller, of: project.description, request), db)
  }
}
