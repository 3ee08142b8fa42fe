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
    let given = answer.given
    if given.content == nil, answer.submits,
      try saveOnce(given.labels, of: given.image, in: task, by: caller.id, context.db)
    {
      return .json(Saved(task: task, image: given.image, status: "saved"))
    }
    try Answers.take(
      [given], in: task, by: caller, answer.submits ? .whenComplete : .never, context)
    return .json(Saved(task: task, image: given.image, status: "saved"))
  }

  /// Saves a revision; false when it must be left to `Answers`, which also says why it is refused.
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

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try Listing.respond(request, context, caller) { limit, after in
      try AnnotationQueries.list(in: project, limit: limit, after: after, context.db)
    }
  }
}
