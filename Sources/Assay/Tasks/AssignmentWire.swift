internal import HTTP
internal import Vocabulary
internal import Web

extension Assignments {
  /// A labeler, and the work to assign: a request's pictures, or an existing task.
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
        orElse: Violation("request_id", "or task_id is required, but not both")))
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
