internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// Takes answers of labelers, and submits tasks.
enum Answers {
  /// One answer of a labeler.
  struct Given {
    let image: ID<Item>
    let labels: [String]
    /// The text; nil for labels.
    let content: String?
    /// The time that the client measured.
    let seconds: Double?

    /// Makes an answer; nil unless there are either labels or a text.
    init?(image: ID<Item>, labels: [String]?, content: String?, seconds: Double?) {
      guard (labels == nil) != (content == nil) else { return nil }
      self.image = image
      self.labels = labels ?? []
      self.content = content
      self.seconds = seconds
    }
  }

  /// The moment that submits the task.
  enum Finish {
    /// The answer to the last picture.
    case whenComplete
    /// A later request.
    case never
    /// This request; unanswered pictures of a claimed task go back.
    case now
  }

  /// The outcome of a request.
  struct Outcome {
    let assignment: ID<Assignment>
    /// Whether the lease was over before the answers came.
    let isLate: Bool
    let isSubmitted: Bool
    /// The states of the caller's places in this task.
    let places: [AnswerQueries.Place]
  }

  /// The most repetitions when another request of the same person saves the same picture.
  private static let mostRetries = 100

  /// Saves answers in one transaction, and counts them when the task is submitted.
  ///
  /// An open task that the caller has not claimed is claimed first.
  /// - Throws: 404 for an unknown task or picture, 400 for invalid answers, 409 for final ones.
  @discardableResult
  static func take(
    _ given: [Given], in task: ID<LabelTask>, by caller: Caller, _ finish: Finish,
    _ context: Context
  ) throws -> Outcome {
    try retrying {
      try context.db.transaction { db in try take(given, in: task, by: caller.id, finish, db) }
    }
  }

  /// Repeats a transaction when another request of the same person saves the same picture.
  static func retrying<Result>(_ transaction: () throws -> Result) throws -> Result {
    for _ in 0..<mostRetries {
      do {
        return try transaction()
      } catch PostgresError.constraint(name: "annotation_revision_taken", _, _) {
        continue
      }
    }
    throw PostgresError.conflict("too many saves of one picture at once")
  }

  /// Saves answers in a transaction of the caller.
  static func take(
    _ given: [Given], in task: ID<LabelTask>, by account: ID<Account>, _ finish: Finish,
    _ db: Connection
  ) throws -> Outcome {
    try AnswerQueries.follow(account, db)
    let work = try work(on: task, for: account, db)
    guard work.state != .accepted else {
      throw Problem.conflict("The task is closed and accepts no labels.")
    }
    try check(given, work, db)
    try AnswerQueries.save(given, work, by: account, db)
    let progress = try AnswerQueries.progress(of: work, db)
    let isSubmitted = try count(given, work, progress, finish, db)
    let places = try AnswerQueries.places(of: work, account, db)
    if work.hasPool, work.isOpen, !isSubmitted {
      try AnswerQueries.keepPlaces(of: given.map(\.image), by: account, db)
    }
    return Outcome(
      assignment: work.assignment, isLate: work.isLate, isSubmitted: isSubmitted, places: places)
  }

  /// Returns the caller's work on a task, which is claimed if it is open.
  private static func work(
    on task: ID<LabelTask>, for account: ID<Account>, _ db: Connection
  ) throws -> AnswerQueries.Work {
    if let work = try AnswerQueries.lock(task, for: account, db) { return work }
    try Claims.claim(task, db)
    guard let work = try AnswerQueries.lock(task, for: account, db) else {
      throw Problem.notFound("task")
    }
    return work
  }

  private static func check(
    _ given: [Given], _ work: AnswerQueries.Work, _ db: Connection
  ) throws {
    guard !given.isEmpty else { return }
    try AnswerCheck.expectKind(given, work)
    let states = try AnswerQueries.states(of: given.map(\.image), work, db)
    guard given.allSatisfy({ states[$0.image] != nil }) else {
      throw Problem.notFound("image in this task")
    }
    try ClassNames.expect(given.flatMap(\.labels), in: work.classes)
    if let final = given.first(where: { states[$0.image] == .final }) {
      throw Problem.conflict("The picture \(final.image) is decided: its answers cannot change.")
    }
  }

  /// Counts the answers if the task is submitted, or was before; true when it is submitted now.
  private static func count(
    _ given: [Given], _ work: AnswerQueries.Work, _ progress: AnswerQueries.Progress,
    _ finish: Finish, _ db: Connection
  ) throws -> Bool {
    guard !given.isEmpty || !isUnanswered(work, progress) else {
      throw Problem.conflict("No picture of the task is answered yet.")
    }
    let items = given.map { (item: $0.image, seconds: $0.seconds) }
    guard work.isOpen else {
      // Corrections of a submitted task, and answers after the lease has expired.
      if work.hasPool { try Leases.count(work.assignment, items, as: nil, db) }
      return false
    }
    switch finish {
    case .never: return false
    case .whenComplete: guard progress.isComplete else { return false }
    case .now:
      guard progress.isComplete || work.isClaimed else {
        throw Problem.conflict(
          "\(progress.total - progress.answered) pictures of the task are not answered yet.")
      }
    }
    let counted =
      work.isClaimed || !work.countsAppointed
      ? items : try AnswerQueries.items(of: work, db).map { (item: $0, seconds: nil) }
    try Leases.count(work.assignment, counted, as: .submitted, db)
    return true
  }

  /// Whether a claimed task that was not submitted has pictures, but no answer.
  private static func isUnanswered(
    _ work: AnswerQueries.Work, _ progress: AnswerQueries.Progress
  ) -> Bool {
    // All pictures of a live lease may be excluded.
    work.isClaimed && work.state != .submitted && progress.answered == 0
      && (progress.total > 0 || !work.isLive)
  }

  /// The rule that an answer has labels or a text.
  static let labelsOrContent = Alternatives(
    ["labels", "content"], excludeOthers: true,
    orElse: Violation("labels", "or content is required, but not both"))
}

/// The conditions of answers.
enum AnswerCheck {
  /// Checks that the answers are of the kind that the request asks for.
  /// - Throws: 400 for other kinds.
  static func expectKind(_ given: [Answers.Given], _ work: AnswerQueries.Work) throws(Problem) {
    let images = Set(given.map(\.image))
    guard images.count == given.count else {
      throw .invalid([Violation("answers", "must not name a picture twice")])
    }
    for answer in given {
      switch (work.kind, answer.content) {
      case (.text, nil):
        throw .invalid([Violation("content", "is required: the request asks for a text")])
      case (.choice, _?), (.multi, _?):
        throw .invalid([Violation("labels", "is required: the request asks for classes")])
      case (.choice, nil) where answer.labels.count > 1:
        throw .invalid([Violation("labels", "must be one class, or none")])
      default: break
      }
    }
  }
}

extension Rule where Value == Double {
  /// A rule for the seconds that an answer took, at most a day.
  static var seconds: Rule {
    let range = 0.0...86_400
    return Rule(.number(range)) { json throws(Reason) in
      let number: Double? =
        switch json {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
      guard let number, range.contains(number) else { throw "must be a number from 0 to 86400" }
      // The database keeps single precision, and refuses a number that is too small for it.
      return Double(Float(number))
    }
  }
}
