internal import HTTP
internal import Labelling
internal import Postgres

extension Quality {
  /// How a run is asked for; the body may be left out.
  struct NewRun: WireInput {
    let level: QualityLevel

    static let inputs = Inputs(NewRun.init, .optional("level", .level, default: .standard))
  }

  /// The answer to a started run: exactly the contract's keys.
  struct Started: WireOutput {
    let request: ID<Project>
    let status: String

    static let fields: Fields<Started> = [
      Field("request_id") { $0.request },
      Field("status") { $0.status },
    ]
  }

  /// How far the latest run has come.
  struct Progress: WireOutput {
    let request: ID<Project>
    let state: String?
    let done: Int
    let total: Int
    let failed: Int
    let startedAt: Timestamp?
    let finishedAt: Timestamp?
    /// Items a second: of late while it runs, over all of it when it is over.
    let rate: Double?

    /// At that rate; nil when it cannot be told.
    private var secondsLeft: Int? {
      if finishedAt != nil { return 0 }
      guard let rate, rate > 0 else { return nil }
      return Int((Double(total - done - failed) / rate).rounded(.up))
    }

    static let fields: Fields<Progress> = [
      Field("request_id") { $0.request },
      Field("state") { $0.state },
      Field("done") { $0.done },
      Field("total") { $0.total },
      Field("failed") { $0.failed },
      Field("started_at") { $0.startedAt },
      Field("finished_at") { $0.finishedAt },
      Field("rate") { $0.rate },
      Field("seconds_left") { $0.secondsLeft },
    ]
  }

  /// What quality control says of one picture.
  struct Row: ListedRow {
    let image: ID<Item>
    let duplicateScore: Double
    let aiGeneratedScore: Double
    let sourceURL: String?
    let flags: [String]

    var cursor: UUIDBytes { image.bytes }

    static let fields: Fields<Row> = [
      Field("image_id") { $0.image },
      Field("duplicate_score") { $0.duplicateScore },
      Field("ai_generated_score") { $0.aiGeneratedScore },
      Field("source_url") { $0.sourceURL },
      Field("flags") { $0.flags },
    ]
  }
}

extension Rule where Value == QualityLevel {
  /// A level by either of its words.
  static var level: Rule {
    Rule(.choice(QualityLevel.words)) { json throws(Reason) in
      guard case .string(let word) = json, let level = QualityLevel(word: word) else {
        throw "must be one of \(QualityLevel.words.joined(separator: ", "))"
      }
      return level
    }
  }
}
