internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Projects {
  /// The state of a project on the root face, derived from its rows.
  enum Status: String, PostgresDecodable {
    case created, uploading, qc, ready, labeling, review, completed, archived
  }

  /// The body that creates a request.
  struct NewProject: WireInput {
    let title: String
    let description: String
    let classes: [String]

    static let inputs = Inputs(
      NewProject.init,
      .required("title", .line(1...200)),
      .optional("description", .text(0...10_000), default: ""),
      .required("classes", .classes))
  }

  /// The answer to a created request.
  struct Created: WireOutput {
    let id: ID<Project>
    let title: String
    let description: String
    let classes: [String]
    let status: Status
    let createdAt: Timestamp

    static let fields: Fields<Created> = [
      Field("id") { $0.id },
      Field("title") { $0.title },
      Field("description") { $0.description },
      Field("classes") { $0.classes },
      Field("status") { $0.status.rawValue },
      Field("created_at") { $0.createdAt },
    ]
  }

  /// A request in a list.
  struct Row: ListedRow {
    let id: ID<Project>
    let title: String
    let description: String
    let status: Status
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("title") { $0.title },
      Field("description") { $0.description },
      Field("status") { $0.status.rawValue },
      Field("created_at") { $0.createdAt },
    ]
  }

  /// A request with its progress.
  struct Detail: WireOutput {
    let row: Row
    let classes: [String]
    let progress: Progress

    static let fields: Fields<Detail> = [
      Field("id") { $0.row.id },
      Field("title") { $0.row.title },
      Field("description") { $0.row.description },
      Field("classes") { $0.classes },
      Field("status") { $0.row.status.rawValue },
      Field("created_at") { $0.row.createdAt },
      Field("progress") { $0.progress },
    ]
  }

  /// The counts of a request, derived from its rows.
  struct Progress: WireOutput {
    let images: Int
    let checked: Int
    let tasks: Int
    let tasksCompleted: Int
    let labeled: Int

    static let fields: Fields<Progress> = [
      Field("images") { $0.images },
      Field("checked") { $0.checked },
      Field("labeled") { $0.labeled },
      Field("tasks") { $0.tasks },
      Field("tasks_completed") { $0.tasksCompleted },
    ]
  }
}

extension Rule where Value == [String] {
  /// A rule for the names of a schema's classes, which must not repeat.
  static var classes: Rule {
    let names = Rule<[String]>.list(of: .line(1...100), 1...1000)
    let name = Rule<String>.line(1...100).schema
    return Rule(.array(name, count: 1...1000, isSet: true)) { json throws(Reason) in
      let classes = try names.read(json)
      guard Set(classes).count == classes.count else { throw "must not name a class twice" }
      return classes
    }
  }
}
