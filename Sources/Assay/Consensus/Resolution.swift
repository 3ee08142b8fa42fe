internal import Labelling
internal import Postgres
internal import Vocabulary

/// The counted answers of one item, and the rules of its pool.
struct Ballot {
  let item: ID<Item>
  let project: ID<Project>
  let kind: AnswerKind
  /// The confidence that decides the item.
  let target: Double
  /// The result that stands; nil for an open item.
  let result: Resolution.Result?
  /// Whether the item gets no more answers.
  let isFull: Bool
  var answers: [Answer] = []

  /// One person's answer.
  struct Answer {
    let account: ID<Account>
    let answer: LabelAnswer
  }
}

/// Decides items: the one place where answers become a result.
enum Resolution {
  /// An item's result.
  struct Result {
    let item: ID<Item>
    /// False for a contested item, whose answer is the best guess.
    var isResolved: Bool
    let answer: LabelAnswer
    let confidence: Double
    let isCalibrated: Bool
    /// The number of known items behind the calibration.
    let calibratedOn: Int
    let method: String
    /// The number of counted answers.
    let votes: Int
    /// The person who decided; nil for a rule, and for gold.
    let decider: ID<Account>?
  }

  /// The way in which a person knows the answer.
  enum Method {
    case gold
    case review(by: ID<Account>)

    var name: String {
      switch self {
      case .gold: "gold"
      case .review: "review"
      }
    }
  }

  /// Decides items from their counted answers.
  ///
  /// The caller's transaction has counted the last answer, or nobody may answer any more. The items
  /// are locked here. Those that are not open any more are left alone, and those that need more
  /// answers.
  /// - Parameter revising: also items that a rule has decided before.
  static func decide(
    _ items: [ID<Item>], revising: Bool = false, _ db: Connection
  ) throws(PostgresError) {
    guard !items.isEmpty else { return }
    try ResolutionQueries.lock(items, db)
    let ballots = try ResolutionQueries.ballots(of: items, revising: revising, db)
    var results: [Result] = []
    for (project, ballots) in Dictionary(grouping: ballots, by: \.project) {
      results += try news(of: ballots, in: project, db)
    }
    try ResolutionQueries.write(results, db)
  }

  /// Returns the items of a project whose result would change, without a lock.
  static func stale(
    _ items: [ID<Item>], in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>] {
    guard !items.isEmpty else { return [] }
    let ballots = try ResolutionQueries.ballots(of: items, revising: true, db)
    return try news(of: ballots, in: project, db).map(\.item)
  }

  private static func news(
    of ballots: [Ballot], in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [Result] {
    let people = Set(ballots.flatMap(\.answers).map(\.account))
    let model = try ModelQueries.model(of: project, with: Array(people), db)
    return ballots.compactMap { ballot in
      Deciding(ballot: ballot, model: model).result.flatMap {
        $0.isNews(after: ballot.result) ? $0 : nil
      }
    }
  }

  /// Writes answers that a person knows.
  ///
  /// The caller has locked the items.
  static func settle(
    _ known: [(item: ID<Item>, answer: LabelAnswer)], as method: Method, _ db: Connection
  ) throws(PostgresError) {
    let votes = try ResolutionQueries.votes(for: known.map(\.item), db)
    let decider: ID<Account>? = if case .review(let account) = method { account } else { nil }
    try ResolutionQueries.write(
      known.map { item, answer in
        Result(
          item: item, isResolved: true, answer: answer, confidence: 1, isCalibrated: false,
          calibratedOn: 0, method: method.name, votes: votes[item] ?? 0, decider: decider)
      }, db)
  }

  /// Returns the answers to an item with their weights.
  static func weighed(_ item: ID<Item>, _ db: Connection) throws(PostgresError) -> [Results.Answer]
  {
    var answers = try ResultQueries.answers(to: item, db)
    guard let ballot = try ResolutionQueries.ballot(of: item, db) else { return answers }
    let model = try ModelQueries.model(
      of: ballot.project, with: ballot.answers.map(\.account), db)
    let weights = Dictionary(
      zip(ballot.answers.map(\.account), Deciding(ballot: ballot, model: model).weights)
    ) { first, _ in first }
    for place in answers.indices where answers[place].state == "counted" {
      answers[place].weight = weights[answers[place].account]
    }
    return answers
  }
}

extension Resolution.Result {
  /// The change of a confidence that is worth writing.
  private static let step = 0.005

  /// Whether the result says more than an earlier one.
  func isNews(after old: Resolution.Result?) -> Bool {
    guard let old else { return true }
    return isResolved != old.isResolved || !answer.isSame(as: old.answer) || method != old.method
      || isCalibrated != old.isCalibrated || votes != old.votes
      || abs(confidence - old.confidence) > Self.step
      || abs(calibratedOn - old.calibratedOn) * 10 > old.calibratedOn
  }
}
