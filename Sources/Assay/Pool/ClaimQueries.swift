internal import Postgres
internal import Vocabulary

/// Every SQL statement that leases tasks.
enum ClaimQueries {
  /// The outcome of a claim; see the function `claim_task`.
  enum Outcome: String, PostgresDecodable {
    case mine, claimed, taken, closed, barred, unskilled, full, unknown
  }

  /// Leases the caller a task.
  static func claim(_ task: ID<LabelTask>, _ db: Connection) throws(PostgresError) -> Outcome {
    try db.one("select claim_task(\(task))") { row throws(PostgresError) in try row.next() }
  }

  /// Leases the caller the next task of one or of all pools; nil when there is none.
  static func next(
    of project: ID<Project>?, _ db: Connection
  ) throws(PostgresError) -> ID<LabelTask>? {
    try db.one("select claim_next(\(project))") { row throws(PostgresError) in try row.next() }
  }

  /// Locks the caller's live lease of a task; nil when there is none.
  static func lockLease(
    of task: ID<LabelTask>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> ID<Assignment>? {
    try db.first(
      """
      select assignment_id from assignment
      where task_id = \(task) and account_id = \(account) and withdrawn_at is null
        and lease_expires_at is not null and state in ('leased', 'in_progress')
      for no key update
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
