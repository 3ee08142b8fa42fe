internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Results {
  /// The results that a list shows.
  struct Filter {
    let state: String?
    let low: Double?
    let high: Double?

    private static let states = ["resolved", "contested"]

    static let parameters = [
      Parameter.query(
        "state", .choice(states), "Lists only pictures in this state.", isRequired: false),
      .query(
        "min_confidence", .number(0...1), "Lists only results that are at least so sure.",
        isRequired: false),
      .query(
        "max_confidence", .number(0...1), "Lists only results that are at most so sure.",
        isRequired: false),
    ]

    /// Reads the query.
    /// - Throws: 400 for an unknown state, and for numbers out of range.
    init(_ query: Query) throws(Problem) {
      state = query["state"]
      guard state.map(Self.states.contains) ?? true else {
        throw .invalid([Violation("state", "must be one of resolved, contested")])
      }
      low = try query.number("min_confidence", 0...1)
      high = try query.number("max_confidence", 0...1)
    }

    /// The parameters that the link to the next page repeats.
    var kept: [(name: String, value: String)] {
      let numbers = [("min_confidence", low), ("max_confidence", high)]
      return (state.map { [("state", $0)] } ?? [])
        + numbers.compactMap { name, number in number.map { (name, "\($0)") } }
    }
  }

  /// The result of a picture.
  struct Row: ListedRow {
    let image: ID<Item>
    let filename: String
    let state: String
    let labels: [String]
    let text: String?
    let confidence: Double?
    let isCalibrated: Bool
    let calibratedOn: Int
    let method: String?
    let votes: Int
    let decidedAt: Timestamp?

    var cursor: UUIDBytes { image.bytes }

    /// The class where there is just one.
    var label: String? { labels.count == 1 ? labels.first : nil }

    static let fields: Fields<Row> = [
      Field("image_id") { $0.image },
      Field("filename") { $0.filename },
      Field("state") { $0.state },
      Field("label") { $0.label },
      Field("labels") { $0.labels },
      Field("text") { $0.text },
      Field("confidence") { $0.confidence },
      Field("calibrated") { $0.isCalibrated },
      Field("calibrated_on") { $0.calibratedOn },
      Field("method") { $0.method },
      Field("votes") { $0.votes },
      Field("decided_at") { $0.decidedAt },
    ]
  }

  /// The result of a picture with all that led to it.
  struct Detail: WireOutput {
    let row: Row
    let answers: [Answer]
    let decisions: [Made]

    static let fields: Fields<Detail> = Row.fields.within(
      \.row,
      and: [
        Field("answers") { $0.answers },
        Field("decisions") { $0.decisions },
      ])
  }

  /// One person's answer.
  struct Answer: WireOutput {
    let account: ID<Account>
    let labeler: String
    let labels: [String]
    let text: String?
    /// `counted`, or `surplus` for an answer without a slot.
    let state: String
    /// The part of the answer in the result; nil for an answer that was not counted.
    var weight: Double?
    let seconds: Double?
    /// From the claim to the answer, as the server measured.
    let serverSeconds: Double?
    let answeredAt: Timestamp?

    static let fields: Fields<Answer> = [
      Field("account_id") { $0.account },
      Field("labeler") { $0.labeler },
      Field("labels") { $0.labels },
      Field("text") { $0.text },
      Field("state") { $0.state },
      Field("weight") { $0.weight },
      Field("seconds") { $0.seconds },
      Field("server_seconds") { $0.serverSeconds },
      Field("answered_at") { $0.answeredAt },
    ]
  }

  /// A decision that somebody made.
  struct Made: WireOutput {
    let decider: String
    let labels: [String]
    let text: String?
    let reason: String
    let stateBefore: String
    let labelsBefore: [String]?
    let textBefore: String?
    let decidedAt: Timestamp

    static let fields: Fields<Made> = [
      Field("decided_by") { $0.decider },
      Field("labels") { $0.labels },
      Field("text") { $0.text },
      Field("reason") { $0.reason },
      Field("state_before") { $0.stateBefore },
      Field("labels_before") { $0.labelsBefore },
      Field("text_before") { $0.textBefore },
      Field("decided_at") { $0.decidedAt },
    ]
  }

  /// The body that decides a picture.
  struct Form: WireInput {
    let answer: KnownAnswer
    let reason: String

    init?(label: String?, labels: [String]?, content: String?, reason: String) {
      guard let answer = KnownAnswer(label: label, labels: labels, content: content) else {
        return nil
      }
      (self.answer, self.reason) = (answer, reason)
    }

    static let inputs = Inputs(
      Form.init,
      .optional("label", .text(1...100)),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      .required("reason", .text(1...2000)),
      alternatives: KnownAnswer.oneOf)
  }
}
