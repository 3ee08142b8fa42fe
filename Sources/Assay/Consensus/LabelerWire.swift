internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

extension Agreement {
  /// A labeler of a request.
  struct Labeler: WireOutput {
    let account: ID<Account>
    let username: String
    let answers: Int
    let gold: Score
    let results: Score
    let medianSeconds: Double?
    /// The share of answers in less than a third of the request's median time.
    let tooFast: Double?
    let barredAt: Timestamp?
    /// The skill in the last fit; nil without a fit, and for several classes.
    let skills: [Double]?
    var skill: Double?
    var confusion: [Confusion] = []

    static let fields: Fields<Labeler> = [
      Field("account_id") { $0.account },
      Field("username") { $0.username },
      Field("answers") { $0.answers },
      Field("gold") { $0.gold },
      Field("results") { $0.results },
      Field("skill") { $0.skill },
      Field("median_seconds") { $0.medianSeconds },
      Field("too_fast") { $0.tooFast },
      Field("barred_at") { $0.barredAt },
      Field("confusion") { $0.confusion },
    ]
  }

  /// The share of right answers with its 95 % interval (Wilson).
  struct Score: WireOutput {
    let correct: Int
    let count: Int

    var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }

    static let fields: Fields<Score> = [
      Field("accuracy") { $0.accuracy },
      Field("low") { WilsonInterval(correct: $0.correct, of: $0.count)?.low },
      Field("high") { WilsonInterval(correct: $0.correct, of: $0.count)?.high },
      Field("correct") { $0.correct },
      Field("n") { $0.count },
    ]
  }

  /// The number of times that a labeler gave one answer where the result is another, or the same.
  struct Confusion: WireOutput {
    let truth: [String]
    let answer: [String]
    let count: Int

    static let fields: Fields<Confusion> = [
      Field("result") { $0.truth },
      Field("answer") { $0.answer },
      Field("n") { $0.count },
    ]
  }
}
