internal import Glibc
internal import Labelling
internal import Postgres
internal import Vocabulary

/// Fits the model of a project to all its answers, and brings its results up to date.
enum Fitting {
  /// The number of items per transaction.
  private static let batch = 500

  /// The outcome of a fit.
  struct Fitted {
    let topics: [Topic]
    let temperature: Temperature
  }

  /// The fit of one question.
  struct Topic {
    let name: String
    let classes: [String]
    let fit: SkillFit
    let people: [UUIDBytes]

    var width: Int { SkillModel.width(fit.model.method, classes.count) }
    var skills: [Double] { fit.skills }
  }

  /// Fits the model of a project, and decides its items by it.
  /// - Parameters:
  ///   - tells: whether letters are sent.
  ///   - next: called before each batch.
  static func fit(
    _ project: ID<Project>, tells: Bool, _ db: Connection, next: () throws -> Void = {}
  ) throws {
    let start = seconds()
    let rules = try ResultQueries.rules(of: project, db)
    let sheet = try AnswerSheet(project, rules, db)
    let fitted = try fit(sheet, known: FittingQueries.known(in: project, db))
    try db.transaction { db in
      try FittingQueries.save(fitted, of: project, seconds: seconds() - start, db)
    }
    for areOpen in [true, false] {
      try decide(in: project, areOpen: areOpen, db, next)
    }
    try GoldBar.update(project, tells: tells, db)
    try FittingQueries.note(seconds() - start, of: project, db)
  }

  private static func fit(
    _ sheet: AnswerSheet, known: [(item: ID<Item>, labels: [String])]
  ) -> Fitted {
    var (topics, examples, behind) = ([Topic](), [Temperature.Example](), Set<Int>())
    for question in sheet.questions {
      let table = sheet.table(of: question)
      let fit = Aggregation.fit(table)
      guard fit.model.method != .majority else { continue }
      topics.append(
        Topic(
          name: question.name, classes: question.classes, fit: fit,
          people: sheet.people.prefix(table.people).map(\.bytes)))
      let truths = known.compactMap { item, labels in
        sheet.number(of: item).flatMap { number in
          question.truth(labels).map { (item: number, truth: $0) }
        }
      }
      examples += Aggregation.examples(fit, table, known: truths)
      behind.formUnion(truths.filter { !table.votes(of: $0.item).isEmpty }.map(\.item))
    }
    return Fitted(
      topics: topics, temperature: Temperature.fit(examples, items: behind.count))
  }

  /// Decides items of a project; only those whose result changes are locked.
  private static func decide(
    in project: ID<Project>, areOpen: Bool, _ db: Connection, _ next: () throws -> Void
  ) throws {
    var last: UUIDBytes?
    while true {
      try next()
      let items = try FittingQueries.items(
        in: project, areOpen: areOpen, after: last, limit: batch, db)
      let stale = try Resolution.stale(items, in: project, db)
      if !stale.isEmpty {
        try db.transaction { db in try Resolution.decide(stale, revising: true, db) }
      }
      guard items.count == batch else { return }
      last = items.last?.bytes
    }
  }

  private static func seconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
