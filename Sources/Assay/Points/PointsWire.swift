internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Points {
  /// The part of the points that a leaderboard counts.
  struct Filter {
    let period: Period
    /// The request whose points count; nil for all.
    let project: ID<Project>?

    static let parameters: [Parameter] = [
      .query(
        "period", .choice(Period.allCases.map(\.rawValue)),
        "The current UTC day, ISO week or month, or all days; all by default.", isRequired: false),
      .query(
        "request_id", .string(format: "uuid"),
        "Counts points of this request only, without bonuses.", isRequired: false),
    ]

    /// Reads `?period` and `?request_id`.
    /// - Throws: 400 when one of them is not valid.
    init(_ query: Query) throws(Problem) {
      switch query["period"].map(Period.init) {
      case nil: period = .all
      case .some(nil):
        let words = Period.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid([Violation("period", "must be one of \(words)")])
      case .some(let period?): self.period = period
      }
      guard let text = query["request_id"] else {
        project = nil
        return
      }
      guard let id = ID<Project>(text) else {
        throw .invalid([Violation("request_id", "must be the id of a request")])
      }
      project = id
    }
  }

  /// The days whose points count.
  enum Period: String, CaseIterable {
    case day, week, month, all
  }

  /// A person on the leaderboard.
  struct Rank: WireOutput {
    let rank: Int
    /// `anonymous` for people who are not named.
    let username: String
    let points: Int
    let labeled: Int
    let accuracy: Double?

    static let fields: Fields<Rank> = [
      Field("rank") { $0.rank },
      Field("username") { $0.username },
      Field("points") { $0.points },
      Field("labeled") { $0.labeled },
      Field("accuracy") { $0.accuracy },
    ]
  }

  /// The caller's row of the leaderboard.
  struct Place: WireOutput {
    /// Nil for a caller without an answer.
    let rank: Int?
    let username: String
    let points: Int
    let labeled: Int
    let accuracy: Double?

    static let fields: Fields<Place> = [
      Field("rank") { $0.rank },
      Field("username") { $0.username },
      Field("points") { $0.points },
      Field("labeled") { $0.labeled },
      Field("accuracy") { $0.accuracy },
    ]
  }

  /// The caller's statistics of the last 30 days.
  struct Statistics: WireOutput {
    let days: [Day]
    let pace: Pace
    /// The number of successive days with an answer, up to today or yesterday.
    let streak: Int

    private var labeled: Int { days.reduce(0) { $0 + $1.labeled } }
    private var points: Int { days.reduce(0) { $0 + $1.points } }
    private var agreement: Double? {
      let settled = days.reduce(0) { $0 + $1.settled }
      guard settled > 0 else { return nil }
      return Double(days.reduce(0) { $0 + $1.correct }) / Double(settled)
    }

    static let fields: Fields<Statistics> = [
      Field("days") { $0.days },
      Field("labeled") { $0.labeled },
      Field("points") { $0.points },
      Field("agreement") { $0.agreement },
      Field("median_seconds") { $0.pace.measured },
      Field("median_client_seconds") { $0.pace.told },
      Field("streak") { $0.streak },
    ]
  }

  /// The median seconds per item; nil where nothing was measured.
  struct Pace {
    let measured: Double?
    /// As the client measured.
    let told: Double?
  }

  /// The caller's answers and points of one day.
  struct Day: WireOutput {
    let day: CalendarDay
    let labeled: Int
    let points: Int
    let settled: Int
    let correct: Int

    static let fields: Fields<Day> = [
      Field("day") { $0.day },
      Field("labeled") { $0.labeled },
      Field("points") { $0.points },
    ]
  }

  /// A day as its ISO date, such as 2026-02-28.
  struct CalendarDay: WireValue {
    let text: String

    static var schema: Schema { .string(format: "date") }
    func write(to writer: inout JSONWriter) { writer.string(text) }
  }
}
