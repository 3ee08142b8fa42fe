internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// Pictures whose answer the customer knows; they measure labelers, who cannot tell them apart.
enum Gold {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/gold", for: .requester, "gold.add",
      "Makes pictures gold: their answer is known, and labelers get them among the others. A second "
        + "call changes the answer.",
      takes: .json(Form.schema), gives: Added.schema, add),
    .on(
      .root, .get, "/requests/{request}/gold", for: .requester, "gold.list",
      "Lists a request's gold with the answers that it has got.", gives: .array(Row.schema),
      paging: .cursor, list),
    .on(
      .root, .delete(audit: .byHandler), "/requests/{request}/gold/{image}", for: .requester,
      "gold.remove",
      "Makes a gold picture an ordinary one: its last decision stands, or its answers decide it again.",
      gives: Removed.schema, remove),
  ]

  private static func add(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let form = try request.json(Form.self)
    let elements = try form.elements()
    let rows = try context.db.transaction { db in
      let items = elements.map(\.image)
      let known = try ResolutionQueries.lock(items, in: project, db)
      let rules = try ResultQueries.rules(of: project, db)
      for element in elements { try element.answer.check(rules) }
      guard known.count == items.count else { throw Problem.notFound("image in this request") }
      guard try GoldQueries.count(in: project, without: items, db) + items.count <= most else {
        throw Problem.conflict("A request has at most \(most) gold pictures.")
      }
      try GoldQueries.save(elements, in: project, by: caller.id, db)
      try Resolution.settle(elements.map { ($0.image, $0.answer.answer) }, as: .gold, db)
      try note("gold.added", project, items.count, caller, request, db)
      return try GoldQueries.list(in: project, only: items, limit: items.count, after: nil, db)
    }
    return .json(Added(rows: rows))
  }

  /// The most gold of a request: the choice of the next task looks through all of it.
  private static let most = 10_000

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    return try Listing.respond(request, context, caller) { limit, after in
      try GoldQueries.list(in: project, only: nil, limit: limit, after: after, context.db)
    }
  }

  private static func remove(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let image = try request.id("image", of: Item.self)
    try context.db.transaction { db in
      _ = try ResolutionQueries.lock([image], in: project, db)
      guard try GoldQueries.remove(image, from: project, db) else {
        throw Problem.notFound("gold picture")
      }
      if let decision = try GoldQueries.lastDecision(about: image, db) {
        try Resolution.settle(
          [(image, decision.answer)], as: .review(by: decision.decider), db)
      } else {
        try Resolution.decide([image], db)
      }
      try note("gold.removed", project, 1, caller, request, db)
    }
    return .json(Removed(image: image))
  }

  private static func note(
    _ action: String, _ project: ID<Project>, _ count: Int, _ caller: Caller, _ request: Request,
    _ db: Connection
  ) throws(PostgresError) {
    try AuditLogQueries.record(
      AuditLog.Event(
        action, by: caller, of: project.description, request, facts: [("images", "\(count)")]), db)
  }
}

extension Gold {
  /// The body that makes pictures gold: one, or a list of them.
  struct Form: WireInput {
    let image: ID<Item>?
    let label: String?
    let labels: [String]?
    let content: String?
    let items: [Element]

    static let inputs = Inputs(
      Form.init,
      .optional("image_id", .id()),
      .optional("label", .text(1...100)),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      .optional("items", .list(of: .object, 0...1000), default: []))

    /// Returns the pictures, each once.
    /// - Throws: 400 for none, for both forms, and for a picture that is named twice.
    func elements() throws(Problem) -> [Element] {
      guard let image else {
        guard !items.isEmpty else {
          throw .invalid([Violation("image_id", "or items is required")])
        }
        guard Set(items.map(\.image)).count == items.count else {
          throw .invalid([Violation("items", "must not name a picture twice")])
        }
        return items
      }
      guard items.isEmpty else {
        throw .invalid([Violation("items", "must not be sent with image_id")])
      }
      guard let element = Element(image: image, label: label, labels: labels, content: content)
      else { throw .invalid([KnownAnswer.oneOf.violation]) }
      return [element]
    }
  }

  /// A picture and its known answer.
  struct Element: WireInput {
    let image: ID<Item>
    let answer: KnownAnswer

    init?(image: ID<Item>, label: String?, labels: [String]?, content: String?) {
      guard let answer = KnownAnswer(label: label, labels: labels, content: content) else {
        return nil
      }
      (self.image, self.answer) = (image, answer)
    }

    static let inputs = Inputs(
      Element.init,
      .required("image_id", .id()),
      .optional("label", .text(1...100)),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      alternatives: KnownAnswer.oneOf)
  }

  /// A gold picture in a list.
  struct Row: ListedRow {
    let image: ID<Item>
    let filename: String
    let labels: [String]
    let text: String?
    /// The labelers who have answered it.
    let answers: Int
    /// The answers that were judged, and those of them that agree.
    let judged: Int
    let correct: Int
    let createdAt: Timestamp

    var cursor: UUIDBytes { image.bytes }

    static let fields: Fields<Row> = [
      Field("image_id") { $0.image },
      Field("filename") { $0.filename },
      Field("labels") { $0.labels },
      Field("text") { $0.text },
      Field("answers") { $0.answers },
      Field("judged") { $0.judged },
      Field("correct") { $0.correct },
      Field("created_at") { $0.createdAt },
    ]
  }

  /// The pictures that a request has made gold.
  struct Added: WireOutput {
    let rows: [Row]

    static let fields: Fields<Added> = [
      Field("message") { "\($0.rows.count) pictures are gold." },
      Field("items") { $0.rows },
    ]
  }

  /// The answer to a removal.
  struct Removed: WireOutput {
    let image: ID<Item>

    static let fields: Fields<Removed> = [
      Field("message") { _ in "The picture is an ordinary one again." },
      Field("image_id") { $0.image },
    ]
  }
}
