internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// The state of a task on the root face, from the task or from an assignment.
enum TaskStatus: String, CaseIterable, PostgresDecodable, WireValue {
  case open, completed, cancelled, held

  static func decode(_ column: borrowing Column) throws(PostgresError) -> TaskStatus {
    switch try String.decode(column) {
    case "open", "assigned", "leased", "in_progress", "returned": return .open
    case "done", "submitted", "accepted": return .completed
    case "cancelled": return .cancelled
    case "held": return .held
    case let word: throw .unexpected("unknown task state \(word)")
    }
  }
}

extension Tasks {
  /// A task in a list.
  struct Row: ListedRow {
    let id: ID<LabelTask>
    let project: ID<Project>
    let title: String?
    let projectTitle: String
    let status: TaskStatus
    let images: Int
    let createdAt: Timestamp
    var crowd = Crowd()

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("request_id") { $0.project },
      Field("title") { $0.title },
      Field("request_title") { $0.projectTitle },
      Field("status") { $0.status },
      Field("images_count") { $0.images },
      Field("created_at") { $0.createdAt },
      Field("scope") { $0.crowd.scope },
      Field("description") { $0.crowd.instructions },
      Field("answer") { $0.crowd.answer },
      Field("points") { $0.crowd.points },
      Field("lease_expires_at") { $0.crowd.leaseExpiresAt },
    ]
  }

  /// Further facts of a task of an opened request; empty for other tasks.
  struct Crowd {
    /// Whether the caller has the task, or may claim it.
    enum Scope: String, CaseIterable, WireValue { case assigned, open }

    var scope = Scope.assigned
    var answer: AnswerKind?
    var instructions: String?
    /// The points of a right answer.
    var points: Int?
    /// The end of the caller's lease; nil when the task is submitted.
    var leaseExpiresAt: Timestamp?
  }

  /// A task without its pictures.
  struct Head {
    let id: ID<LabelTask>
    let project: ID<Project>
    let title: String
    let status: TaskStatus
    let classes: [String]
    let crowd: Crowd
  }

  /// One picture to label.
  struct Image: WireOutput {
    let id: ID<Item>
    let url: MediaAddress
    /// The caller's current labels.
    let labels: StoredLabels?
    /// The caller's current text.
    let content: String?

    static let fields: Fields<Image> = [
      Field("image_id") { $0.id },
      Field("url") { $0.url },
      Field("labels") { $0.labels },
      Field("content") { $0.content },
    ]
  }

  /// A task with its pictures and classes.
  struct Detail: WireOutput {
    let head: Head
    let images: [Image]

    static let fields: Fields<Detail> = [
      Field("id") { $0.head.id },
      Field("request_id") { $0.head.project },
      Field("title") { $0.head.title },
      Field("status") { $0.head.status },
      Field("classes") { $0.head.classes },
      Field("scope") { $0.head.crowd.scope },
      Field("description") { $0.head.crowd.instructions },
      Field("answer") { $0.head.crowd.answer },
      Field("points") { $0.head.crowd.points },
      Field("lease_expires_at") { $0.head.crowd.leaseExpiresAt },
      Field("images") { $0.images },
    ]
  }
}
