internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Submits a task, with or without answers.
enum Submission {
  static let routes: [Route] = [
    .on(
      .root, .post(audit: .nothing), "/tasks/{task}/submit", for: .labeler, "submission.submit",
      "Submits a task. `label`, `labels` or `content` answer a task of one picture, `answers` answer "
        + "several. Pictures of a claimed task that have no answer go back to the others.",
      takes: .optionalJSON(Form.schema), parameters: [Repeated.parameter], gives: Receipt.schema,
      submit)
  ]

  private static func submit(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let task = try request.id("task", of: LabelTask.self)
    let form = try request.optionalJSON(Form.self)
    return try Answers.retrying {
      try Repeated.once(request, context, caller) { db in
        let given = try answers(form, in: task, caller, db)
        let outcome = try Answers.take(given, in: task, by: caller.id, .now, db)
        return .json(Receipt(task: task, outcome: outcome))
      }
    }
  }

  /// Returns the answers of a form; a single one belongs to the task's only picture.
  private static func answers(
    _ form: Form, in task: ID<LabelTask>, _ caller: Caller, _ db: Connection
  ) throws -> [Answers.Given] {
    guard form.label == nil || form.labels == nil else {
      throw Problem.invalid([Violation("labels", "must not be sent with label")])
    }
    let labels = form.labels ?? form.label.map { [$0] }
    guard labels != nil || form.content != nil else { return form.answers.map(\.given) }
    guard form.answers.isEmpty else {
      throw Problem.invalid([Violation("answers", "must not be sent with labels or content")])
    }
    let images = try images(of: task, caller, db)
    guard images.count == 1, let image = images.first else {
      throw Problem.invalid([
        Violation("answers", "is required: the task has \(images.count) pictures")
      ])
    }
    let given = Answers.Given(
      image: image, labels: labels, content: form.content, seconds: form.seconds)
    guard let given else { throw Problem.invalid([Answers.labelsOrContent.violation]) }
    return [given]
  }

  /// Returns the pictures of the caller's task, which is claimed if it is open.
  private static func images(
    of task: ID<LabelTask>, _ caller: Caller, _ db: Connection
  ) throws -> [ID<Item>] {
    if let images = try SubmissionQueries.images(in: task, for: caller.id, db) { return images }
    // Says why it cannot be claimed.
    try Claims.claim(task, db)
    return try SubmissionQueries.images(in: task, for: caller.id, db) ?? []
  }
}

extension Submission {
  /// The body that submits a task.
  struct Form: WireInput {
    let label: String?
    let labels: [String]?
    let content: String?
    let seconds: Double?
    let answers: [Element]

    static let inputs = Inputs(
      Form.init,
      .optional("label", .text(1...100)),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      .optional("seconds", .seconds),
      .optional("answers", .list(of: .object, 0...1000), default: []))
  }

  /// The answer to one picture of a task.
  struct Element: WireInput {
    let given: Answers.Given

    init?(image: ID<Item>, labels: [String]?, content: String?, seconds: Double?) {
      guard
        let given = Answers.Given(
          image: image, labels: labels, content: content, seconds: seconds)
      else { return nil }
      self.given = given
    }

    static let inputs = Inputs(
      Element.init,
      .required("image_id", .id()),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      .optional("seconds", .seconds),
      alternatives: Answers.labelsOrContent)
  }

  /// The answer to a submission.
  struct Receipt: WireOutput {
    let task: ID<LabelTask>
    let outcome: Answers.Outcome

    /// `submitted`, or `surplus` when none of the answers has a slot.
    var status: String {
      outcome.isSubmitted || count(.counted) > 0 || count(.surplus) == 0
        ? "submitted" : "surplus"
    }

    var message: String {
      guard outcome.isLate else { return "Submission recorded." }
      return "The lease was over: answers without a free slot are kept as surplus."
    }

    func count(_ state: AnswerQueries.Place.State) -> Int {
      outcome.places.count { $0.state == state }
    }

    static let fields: Fields<Receipt> = [
      Field("task_id") { $0.task },
      Field("status") { $0.status },
      Field("message") { $0.message },
      Field("late") { $0.outcome.isLate },
      Field("counted") { $0.count(.counted) },
      Field("surplus") { $0.count(.surplus) },
      Field("returned") { $0.count(.returned) },
      Field("answers") {
        $0.outcome.places.map { Placed(image: $0.image, status: $0.state) }
      },
    ]
  }

  /// The outcome for one picture.
  struct Placed: WireOutput {
    let image: ID<Item>
    let status: AnswerQueries.Place.State

    static let fields: Fields<Placed> = [
      Field("image_id") { $0.image },
      Field("status") { $0.status },
    ]
  }
}

extension AnswerQueries.Place.State: WireValue {}
