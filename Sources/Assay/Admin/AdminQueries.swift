internal import Postgres
internal import Vocabulary

/// Every SQL statement of the lists for administrators of the site.
enum AdminQueries {
  /// All projects, newest first.
  static func requests(
    limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Admin.Request] {
    try db.all(
      """
      select p.project_id, p.title, \(ProjectQueries.status), p.created_at
      from (
        select * from project p
        where p.project_id < \(after ?? .last)
        order by p.project_id desc
        limit \(limit)
      ) p
      order by p.project_id desc
      """
    ) { row throws(PostgresError) in
      try Admin.Request(
        id: row.next(), title: row.next(), status: row.next(), createdAt: row.next())
    }
  }

  /// Returns all tasks with their labelers, newest first.
  static func tasks(
    limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Admin.Task] {
    try db.all(
      """
      select t.task_id, t.project_id, t.state,
        array(
          select p.username from assignment a join account p on p.account_id = a.account_id
          where a.task_id = t.task_id and a.state not in ('expired', 'released')
          order by a.assignment_id),
        t.created_at
      from task t
      where t.task_id < \(after ?? .last)
      order by t.task_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Admin.Task(
        id: row.next(), project: row.next(), status: row.next(), labelers: row.next(),
        createdAt: row.next())
    }
  }
}
