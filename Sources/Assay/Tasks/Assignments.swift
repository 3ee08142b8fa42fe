internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Gives tasks to labelers.
enum Assignments {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .byHandler), "/admin/assign", for: .admin, "admin.assign",
      "Assigns a request's pictures, or an existing task, to a labeler.",
      takes: .json(Appointment.schema), gives: Assigned.schema, assign)
  ]

  private static func assign(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Appointment.self)
    guard let labeler = try AssignmentQueries.labeler(named: form.labeler, context.db) else {
      throw Problem.notFound("labeler")
    }
    let task = try context.db.transaction { db in
      try GrantQueries.lock(labeler, db)
      guard try AssignmentQueries.mayLabel(labeler, db) else {
        throw Problem.badRequest("The account \(form.labeler) is not an active labeler.")
      }
      let task =
        switch form.work {
        case .task(let task): try give(task, to: labeler, db)
        case .project(let project): try makeTask(of: project, for: labeler, by: caller.id, db)
        }
      try AuditLogQueries.record(
        AuditLog.Event(
          "admin.assign", by: caller, of: task.description, request,
          facts: [("labeler", form.labeler)]), db)
      return task
    }
    return .json(Assigned(status: "assigned", task: task))
  }

  private static func give(
    _ task: ID<LabelTask>, to account: ID<Account>, _ db: Connection
  ) throws -> ID<LabelTask> {
    guard let state = try AssignmentQueries.lock(task, for: account, db) else {
      throw Problem.notFound("task")
    }
    guard state == .open else { throw Problem.badRequest("The task is no longer open.") }
    try AssignmentQueries.assign(task, to: account, db)
    return task
  }

  /// A task of all the project's items, or the one that is open already, even if this or another
  /// account was removed from it.
  private static func makeTask(
    of project: ID<Project>, for account: ID<Account>, by admin: ID<Account>, _ db: Connection
  ) throws -> ID<LabelTask> {
    guard try AssignmentQueries.lock(project, db) else { throw Problem.notFound("request") }
    if let open = try AssignmentQueries.openTask(of: project, for: account, db) {
      try AssignmentQueries.assign(open, to: account, db)
      return open
    }
    try AssignmentQueries.cancelAbandoned(in: project, db)
    let task = ID<LabelTask>.new()
    guard try AssignmentQueries.insert(task, of: project, by: admin, db) else {
      throw Problem.badRequest("The request has no pictures to label.")
    }
    try AssignmentQueries.assign(task, to: account, db)
    return task
  }
}
