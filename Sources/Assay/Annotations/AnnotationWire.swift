internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Annotations {
  /// The answer to one picture: labels, of which an empty list means that no class fits, or a text.
  struct Answer: WireInput {
    let given: Answers.Given
    /// Whether the answer to the last picture submits the task.
    let submits: Bool

    init?(
      image: ID<Item>, labels: [String]?, content: String?, seconds: Double?, submits: Bool
    ) {
      guard
        let given = Answers.Given(
          image: image, labels: labels, content: content, seconds: seconds)
      else { return nil }
      (self.given, self.submits) = (given, submits)
    }

    static let inputs = Inputs(
      Answer.init,
      .required("image_id", .id()),
      .optional("labels", .labels),
      .optional("content", .text(1...10_000)),
      .optional("seconds", .seconds),
      .optional("submit", .truth, default: true),
      alternatives: Answers.labelsOrContent)
  }

  /// The answer to a saved annotation, with exactly the contract's keys.
  struct Saved: WireOutput {
    let task: ID<LabelTask>
    let image: ID<Item>
    let status: String

    static let fields: Fields<Saved> = [
      Field("task_id") { $0.task },
      Field("image_id") { $0.image },
      Field("status") { $0.status },
    ]
  }

  /// One person's current labels for one picture.
  struct Row: ListedRow {
    let id: ID<Annotation>
    let image: ID<Item>
    let filename: String
    let task: ID<LabelTask>
    let labeler: String
    let labels: [String]
    /// The answer to a question for a text; nil for labels.
    let content: String?
    let revision: Int
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("image_id") { $0.image },
      Field("filename") { $0.filename },
      Field("task_id") { $0.task },
      Field("labeler") { $0.labeler },
      // Old annotations are stored in the form in which they were sent.
      Field("labels") { $0.labels.map(\.normalized) },
      Field("content") { $0.content },
      Field("revision") { $0.revision },
      Field("created_at") { $0.createdAt },
    ]
  }
}
