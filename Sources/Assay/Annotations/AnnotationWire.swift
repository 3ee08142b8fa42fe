internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Annotations {
  /// The labels of one picture; an empty list means that no class fits.
  struct Answer: WireInput {
    let image: ID<Item>
    let labels: [String]

    static let inputs = Inputs(
      Answer.init,
      .required("image_id", .id()),
      .required("labels", .labels))
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
      Field("revision") { $0.revision },
      Field("created_at") { $0.createdAt },
    ]
  }
}

extension Rule where Value == [String] {
  /// A rule for names of classes; repeated names are dropped.
  static var labels: Rule {
    let names = Rule<[String]>.list(of: .text(1...100), 0...1000)
    return Rule(names.schema) { json throws(Reason) in
      var seen: Set<String> = []
      return try names.read(json).filter { seen.insert($0).inserted }
    }
  }
}
