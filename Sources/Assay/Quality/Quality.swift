internal import HTTP
internal import Postgres
internal import Queue
internal import Site
internal import Vocabulary
internal import Web

/// Quality control: finds duplicates, generated pictures, and pictures of poor quality.
enum Quality {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/requests/{request}/qc/run", for: .requester, "quality.run",
      "Starts quality control of a request.", takes: .optionalJSON(NewRun.schema),
      gives: Started.schema, run),
    .on(
      .root, .get, "/requests/{request}/qc", for: .requester, "quality.show",
      "Returns the progress of the latest run.", gives: Progress.schema, show),
    .on(
      .root, .post(audit: .nothing), "/requests/{request}/qc/cancel", for: .requester,
      "quality.cancel",
      "Cancels the run. Its results up to now are kept.", gives: Progress.schema, cancel),
    .list(
      .root, "/requests/{request}/qc/results", for: .requester, "quality.results",
      "Lists the quality results of all pictures.", of: Row.self, results),
    .on(
      .root, .get, "/requests/{request}/qc/results/{image}", for: .requester, "quality.evidence",
      "Returns the quality result of one picture and its evidence.", gives: Evidence.schema,
      evidence),
  ]

  private static func run(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    let form = try request.optionalJSON(NewRun.self)
    let job = try context.db.transaction { db in
      try QualityJob.start(
        on: project, of: organization, by: caller.id, level: form.level, db)
    }
    guard let job else { throw Problem.conflict("Quality control is already running.") }
    if context.site.config.quality == .inline {
      let worker = Worker(context.site)
      while try worker.runNext(of: job) {}
    }
    return .json(Started(request: project, status: "started"))
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return .json(try progress(of: project, context.db))
  }

  private static func cancel(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    // Looked up once, because a job that starts meanwhile has chunks that must be locked before it.
    if let job = try CancelQueries.open(QualityJob.self, key: "\(project)", context.db) {
      try context.db.transaction { db in try CancelQueries.cancel(job, db) }
    }
    return .json(try progress(of: project, context.db))
  }

  private static func progress(of project: ID<Project>, _ db: Connection) throws -> Progress {
    Progress(
      request: project,
      latest: try ProgressQueries.latest(QualityJob.self, of: project.bytes, db))
  }

  private static func results(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try Listing.respond(request, context, caller) { limit, after in
      try QualityQueries.results(of: project, limit: limit, after: after, context.db)
    }
  }

  private static func evidence(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    let image = try request.id("image", of: Item.self)
    guard let finding = try EvidenceQueries.finding(of: image, in: project, context.db) else {
      throw Problem.notFound("image")
    }
    let links = ImageLinks(request, context.site.config)
    let copies = try EvidenceQueries.copies(of: image, in: organization, links, context.db)
    return .json(Evidence(finding: finding, copies: copies))
  }
}
