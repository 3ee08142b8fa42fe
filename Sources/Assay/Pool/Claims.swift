internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Leases tasks of pools to labelers.
enum Claims {
  /// Leases the caller a task; a live lease of it stays as it is.
  /// - Throws: 404 for an unknown task; 409 when its slots are taken, the request is closed, or the
  ///   caller holds too many tasks.
  static func claim(_ task: ID<LabelTask>, _ db: Connection) throws {
    switch try ClaimQueries.claim(task, db) {
    case .mine, .claimed: return
    case .taken: throw Problem.conflict("All slots of the task are taken.")
    case .closed: throw Problem.conflict("The request is closed: its tasks cannot be claimed.")
    case .full:
      throw Problem.conflict(
        "You hold as many tasks of the request as it allows: submit or release one first.")
    case .unskilled:
      throw Problem.conflict(
        "You get no more tasks of this request: too few of your answers were right.")
    case .barred, .unknown: throw Problem.notFound("task")
    }
  }
}
