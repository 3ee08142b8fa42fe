internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Reports {
  /// The state of a report.
  enum State: String, CaseIterable, PostgresDecodable, WireValue {
    case open, upheld, dismissed
  }

  /// A new report, from the body or the query.
  struct Form: WireInput {
    let task: ID<LabelTask>
    let reason: String
    let details: String?
    /// The reported picture; nil for all pictures of the task.
    let image: ID<Item>?

    static let inputs = Inputs(
      Form.init,
      .required("task_id", .id()),
      .required("reason", .line(1...200)),
      .optional("details", .text(0...2000)),
      .optional("image_id", .id()))

    /// The members as parameters of the query.
    static let parameters = schema.members.map { member in
      let schema = if case .nullable(let schema) = member.schema { schema } else { member.schema }
      return Parameter.query(
        member.name, schema, "The same as in the body, which takes precedence.", isRequired: false)
    }
  }

  /// The answer to a report.
  struct Receipt: WireOutput {
    let reason: String
    let report: ID<TaskReport>
    let task: ID<LabelTask>
    let image: ID<Item>?

    static let fields: Fields<Receipt> = [
      Field("message") { _ in "Task reported" },
      Field("reason") { $0.reason },
      Field("report_id") { $0.report },
      Field("task_id") { $0.task },
      Field("image_id") { $0.image },
      Field("status") { _ in State.open },
    ]
  }

  /// A report in a list.
  struct Row: ListedRow {
    let id: ID<TaskReport>
    let project: ID<Project>
    let task: ID<LabelTask>
    let image: ID<Item>?
    let imageURL: MediaAddress?
    let filename: String?
    let images: Int
    let reporter: String
    let reason: String
    let details: String?
    let state: State
    let createdAt: Timestamp
    let decidedAt: Timestamp?
    let decidedBy: String?

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("request_id") { $0.project },
      Field("task_id") { $0.task },
      Field("image_id") { $0.image },
      Field("image_url") { $0.imageURL },
      Field("filename") { $0.filename },
      Field("images_count") { $0.images },
      Field("reporter") { $0.reporter },
      Field("reason") { $0.reason },
      Field("details") { $0.details },
      Field("status") { $0.state },
      Field("created_at") { $0.createdAt },
      Field("decided_at") { $0.decidedAt },
      Field("decided_by") { $0.decidedBy },
    ]
  }
}
