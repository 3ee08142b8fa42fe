internal import HTTP
internal import Postgres

/// Quality control: finds duplicates, pictures that say they were generated, and poor pictures.
enum Quality {
  static let routes: [Route] = [
    .on(
      .post, "/requests/{request}/qc/run", for: .requester, "quality.run",
      "Starts quality control of a request.", takes: .optionalJSON(NewRun.schema),
      gives: Started.schema, run),
    .on(
      .get, "/requests/{request}/qc", for: .requester, "quality.show",
      "Shows how far the latest run has come.", gives: Progress.schema, show),
    .on(
      .get, "/requests/{request}/qc/results", for: .requester, "quality.results",
      "Lists what quality control says of each picture.", gives: .array(Row.schema), results),
  ]

  /// Progress is seen in steps of so many pictures.
  static let itemsPerChunk = 8

  private static func run(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard let organization = try ProjectQueries.organization(of: project, for: caller, context.db)
    else {
      throw Problem.notFound("request")
    }
    let form = request.contentLength ?? 0 > 0 ? try request.json(NewRun.self) : NewRun()
    let job = ID<Job>.new()
    try context.db.transaction { db in
      try JobQueries.start(
        job, kind: QualityJob.kind, on: project, of: organization, by: caller.id,
        itemsPerChunk: itemsPerChunk, level: form.level, db)
    }
    if context.site.config.quality == .inline {
      let worker = Worker(context.site)
      while try worker.runNext(of: job) {}
    }
    return .json(Started(request: project, status: "started"))
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard try ProjectQueries.organization(of: project, for: caller, context.db) != nil,
      let progress = try QualityQueries.progress(of: project, context.db)
    else {
      throw Problem.notFound("request")
    }
    return .json(progress)
  }

  private static func results(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard try ProjectQueries.organization(of: project, for: caller, context.db) != nil else {
      throw Problem.notFound("request")
    }
    return try Listing.respond(request) { limit, after in
      try QualityQueries.results(of: project, limit: limit, after: after, context.db)
    }
  }
}
