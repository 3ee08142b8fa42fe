internal import HTTP
internal import Labelling
internal import Postgres
internal import Queue
internal import Vocabulary
internal import Web

extension Quality {
  /// The body that starts a run; clients may omit it.
  struct NewRun: WireInput {
    let level: QualityLevel

    static let inputs = Inputs(NewRun.init, .optional("level", .level, default: .standard))
  }

  /// The answer to a started run, with exactly the contract's keys.
  struct Started: WireOutput {
    let request: ID<Project>
    let status: String

    static let fields: Fields<Started> = [
      Field("request_id") { $0.request },
      Field("status") { $0.status },
    ]
  }

  /// The progress of the latest run.
  struct Progress: WireOutput {
    let request: ID<Project>
    /// The latest run; nil before the first.
    let latest: JobProgress?

    static let fields: Fields<Progress> = [
      Field("request_id") { $0.request },
      Field("state") { $0.latest?.state },
      Field("done") { $0.latest?.done ?? 0 },
      Field("total") { $0.latest?.total ?? 0 },
      Field("failed") { $0.latest?.failed ?? 0 },
      Field("started_at") { $0.latest?.startedAt },
      Field("finished_at") { $0.latest?.finishedAt },
      Field("rate") { $0.latest?.rate },
      Field("seconds_left") { $0.latest?.secondsLeft },
    ]
  }

  /// The result of quality control for one picture.
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
  /// A rule for a level, which has two names.
  static var level: Rule {
    Rule(.choice(QualityLevel.words)) { json throws(Reason) in
      guard case .string(let word) = json, let level = QualityLevel(word: word) else {
        throw "must be one of \(QualityLevel.words.joined(separator: ", "))"
      }
      return level
    }
  }
}
