internal import HTTP
internal import Postgres

/// Annotations: what people answer, kept as revisions.
enum Annotations {
  static let routes: [Route] = [
    .on(
      .post, "/tasks/{task}/labels", for: .labeler, "annotations.save",
      "Saves the labels of one picture of a task.",
      takes: .json(Answer.schema), gives: Saved.schema, save),
    .on(
      .get, "/requests/{request}/labels", for: .requester, "annotations.list",
      "Lists the current labels of a request's pictures.", gives: .array(Row.schema), list),
  ]

  private static func save(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    let answer = try request.json(Answer.self)
    guard let image = answer.image else {
      throw Problem.invalid([Violation("image_id", "is required")])
    }
    let outcome = try saveOnce(answer.labels, of: image, in: task, by: caller.id, context.db)
    guard let outcome else { throw Problem.notFound("task") }
    guard outcome.isInTask else { throw Problem.notFound("image in this task") }
    guard outcome.unknown.isEmpty else {
      let names = outcome.unknown.map { "\"\($0)\"" }.joined(separator: ", ")
      throw Problem.invalid([Violation("labels", "must be classes of the request, not \(names)")])
    }
    guard outcome.isSaved else {
      throw Problem.conflict("The task takes no more labels.")
    }
    return .json(Saved(task: task, image: image, status: "saved"))
  }

  /// Saves a revision; of two saves of one picture at the same moment, one fails on the revision's
  /// number and is repeated behind the other: each failure is another's success, so that nobody
  /// fails more often than there are others.
  private static func saveOnce(
    _ labels: [String], of image: ID<Item>, in task: ID<LabelTask>, by account: ID<Account>,
    _ db: Connection
  ) throws(PostgresError) -> AnnotationQueries.Outcome? {
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

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try request.id("request", of: Project.self)
    guard try ProjectQueries.organization(of: project, context.db) != nil else {
      throw Problem.notFound("request")
    }
    return try Listing.respond(request) { limit, after in
      try AnnotationQueries.list(in: project, limit: limit, after: after, context.db)
    }
  }
}
