internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Claims and releases tasks of opened requests.
enum TaskClaims {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/tasks/next", for: .labeler, "claims.next",
      "Claims the next task of a request, or of all that are open to the crowd. A task that the "
        + "caller has claimed before comes back. 204 when there is none.",
      takes: .optionalJSON(Wish.schema), gives: Tasks.Detail.schema, mayBeEmpty: true, next),
    .on(
      .root, .post(audit: .nothing), "/tasks/{task}/claim", for: .labeler, "claims.claim",
      "Claims an open task.", gives: Tasks.Detail.schema, claim),
    .on(
      .root, .post(audit: .nothing), "/tasks/{task}/release", for: .labeler, "claims.release",
      "Gives a claimed task back. Saved answers count.", gives: Released.schema, release),
  ]

  private static func next(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let wish = try request.optionalJSON(Wish.self)
    // It may be decided or excluded before it is shown: then the next one is.
    for _ in 0..<3 {
      let claimed = try context.db.transaction { db in
        try ClaimQueries.next(of: wish.request, db)
      }
      guard let task = claimed else { break }
      if let detail = try detail(of: task, request, context, caller) { return .json(detail) }
    }
    if let project = wish.request, try !TaskClaimQueries.isOpen(project, context.db) {
      throw Problem.notFound("request that is open to the crowd")
    }
    return .empty
  }

  private static func claim(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    // An appointed labeler has the task already.
    if try !TaskQueries.isAppointed(task, to: caller.id, context.db) {
      try context.db.transaction { db in try Claims.claim(task, db) }
    }
    guard let detail = try detail(of: task, request, context, caller) else {
      throw Problem.notFound("task")
    }
    return .json(detail)
  }

  private static func detail(
    of task: ID<LabelTask>, _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Tasks.Detail? {
    try TaskQueries.show(
      task, for: caller.id, seesAll: caller.seesAll, ImageLinks(request, context.site.config),
      context.db)
  }

  private static func release(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    try context.db.transaction { db in
      guard let assignment = try ClaimQueries.lockLease(of: task, for: caller.id, db) else {
        guard try TaskQueries.isAssigned(task, to: caller.id, db) else {
          throw Problem.notFound("task")
        }
        throw Problem.conflict("You have not claimed the task, or its lease is over.")
      }
      try Leases.count(assignment, [], as: .released, db)
    }
    return .json(Released(task: task, status: "released"))
  }
}

extension TaskClaims {
  /// The body that asks for the next task.
  struct Wish: WireInput {
    let request: ID<Project>?

    static let inputs = Inputs(Wish.init, .optional("request_id", .id()))
  }

  /// The answer to a release.
  struct Released: WireOutput {
    let task: ID<LabelTask>
    let status: String

    static let fields: Fields<Released> = [
      Field("task_id") { $0.task },
      Field("status") { $0.status },
    ]
  }
}
