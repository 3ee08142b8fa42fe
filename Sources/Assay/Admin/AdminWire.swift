internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Admin {
  /// A request in a list.
  struct Request: ListedRow {
    let id: ID<Project>
    let title: String
    let status: Projects.Status
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Request> = [
      Field("id") { $0.id },
      Field("title") { $0.title },
      Field("status") { $0.status.rawValue },
      Field("created_at") { $0.createdAt },
    ]
  }

  /// A task in a list.
  struct Task: ListedRow {
    let id: ID<LabelTask>
    let project: ID<Project>
    let status: TaskStatus
    let labelers: [String]
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Task> = [
      Field("id") { $0.id },
      Field("request_id") { $0.project },
      Field("status") { $0.status },
      Field("labelers") { $0.labelers },
      Field("created_at") { $0.createdAt },
    ]
  }
}
