internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Annotations: the labels that people assign, stored as revisions.
enum Annotations {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/tasks/{task}/labels", for: .labeler, "annotations.save",
      "Saves the labels of one picture of a task.",
      takes: .json(Answer.schema), gives: Saved.schema, save),
    .list(
      .root, "/requests/{request}/labels", for: .requester, "annotations.list",
      "Lists the current labels of a request's pictures.", of: Row.self, list),
  ]

  private static func save(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    let answer = try request.json(Answer.self)
    let isSaved = try saveOnce(
      answer.labels, of: answer.image, in: task, by: caller.id, context.db)
    guard isSaved else { throw try problem(with: answer, task, caller, context.db) }
    return .json(Saved(task: task, image: answer.image, status: "saved"))
  }

  /// Saves a revision.
  ///
  /// When two requests save the same picture at the same time, one fails on the revision's number
  /// and is repeated. A request fails only when another succeeds, so it is not repeated more often
  /// than there are others.
  private static func saveOnce(
    _ labels: [String], of image: ID<Item>, in task: ID<LabelTask>, by account: ID<Account>,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    for _ in 0..<1000 {
      do {
        return try AnnotationQueries.save(
          labels, of: image, in: task, by: account, as: .new(), db)
      } catch .constraint(name: "annotation_revision_taken", _, _) {
        continue
      }
    }
    throw .conflict("too many saves of one picture at once")
  }

  private static func problem(
    with answer: Answer, _ task: ID<LabelTask>, _ caller: Caller, _ db: Connection
  ) throws -> Problem {
    let refusal = try AnnotationQueries.refusal(
      answer.labels, of: answer.image, in: task, by: caller.id, db)
    guard let refusal else { return .notFound("task") }
    guard refusal.isInTask else { return .notFound("image in this task") }
    guard !refusal.unknown.isEmpty else {
      return .conflict("The task is closed and accepts no labels.")
    }
    let names = refusal.unknown.map { "\"\($0)\"" }.joined(separator: ", ")
    return .invalid([Violation("labels", "must be classes of the request, not \(names)")])
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try Listing.respond(request, context, caller) { limit, after in
      try AnnotationQueries.list(in: project, limit: limit, after: after, context.db)
    }
  }
}
