internal import HTTP
internal import Postgres

extension Admin {
  /// An account in a list.
  struct User: ListedRow {
    let id: ID<Account>
    let username: String
    let email: String?
    let role: Role
    let isActive: Bool
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<User> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("email") { $0.email },
      Field("role") { $0.role.rawValue },
      Field("is_active") { $0.isActive },
      Field("created_at") { $0.createdAt },
    ]
  }

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

  /// Who is to label what: a request's pictures, or an existing task.
  struct Appointment: WireInput {
    var project: ID<Project>?
    var task: ID<LabelTask>?
    var labeler = ""

    static let alternatives = ["request_id", "task_id"]
    static let excludesOthers = true
    static let inputs: [Input<Appointment>] = [
      .optional("request_id", \.project, .id()),
      .optional("task_id", \.task, .id()),
      .required("labeler_username", \.labeler, .text(1...320)),
    ]
  }

  /// The answer to an appointment.
  struct Assigned: WireOutput {
    let status: String
    let task: ID<LabelTask>

    static let fields: Fields<Assigned> = [
      Field("status") { $0.status },
      Field("task_id") { $0.task },
    ]
  }
}
