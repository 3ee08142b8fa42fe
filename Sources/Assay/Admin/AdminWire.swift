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

  /// The body that assigns a request's pictures or an existing task to a labeler.
  struct Appointment: WireInput {
    let work: Work
    let labeler: String

    /// The work to assign.
    enum Work {
      case project(ID<Project>)
      case task(ID<LabelTask>)
    }

    init?(project: ID<Project>?, task: ID<LabelTask>?, labeler: String) {
      switch (project, task) {
      case (let project?, nil): work = .project(project)
      case (nil, let task?): work = .task(task)
      default: return nil
      }
      self.labeler = labeler
    }

    static let inputs = Inputs(
      Appointment.init,
      .optional("request_id", .id()),
      .optional("task_id", .id()),
      .required("labeler_username", .text(1...320)),
      alternatives: Alternatives(
        ["request_id", "task_id"], excludeOthers: true,
        orElse: Violation("request_id", "or task_id is required, one of the two")))
  }

  /// The answer to an assignment.
  struct Assigned: WireOutput {
    let status: String
    let task: ID<LabelTask>

    static let fields: Fields<Assigned> = [
      Field("status") { $0.status },
      Field("task_id") { $0.task },
    ]
  }
}
