internal import Postgres

/// Every SQL statement the tasks feature runs.
enum TaskQueries {
  /// The tasks assigned to somebody, newest first.
  static func list(
    of account: ID<Account>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Row] {
    try db.all(
      """
      select task_id, project_id, title, project_title, state, item_count, created_at
      from assignment a
      where account_id = \(account) and task_id < \(after ?? .last)
        and a.withdrawn_at is null and a.state not in ('expired', 'released')
      order by task_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Tasks.Row(
        id: row.next(), project: row.next(), title: row.next(), projectTitle: row.next(),
        status: row.next(), images: row.next(), createdAt: row.next())
    }
  }

  /// A task that is assigned to the account, or any when it sees all.
  static func head(
    _ task: ID<LabelTask>, for account: ID<Account>, seesAll: Bool, _ db: Connection
  ) throws(PostgresError) -> Tasks.Head? {
    try db.first(
      """
      select t.task_id, t.project_id, coalesce(t.title, ''),
        coalesce((
          select a.state::text from assignment a
          where a.task_id = t.task_id and a.account_id = \(account)
            and a.withdrawn_at is null and a.state not in ('expired', 'released')), t.state::text),
        array(
          select c.name from label_class c where c.schema_id = t.schema_id order by c.position)
      from task t
      where t.task_id = \(task)
        and (\(seesAll)::boolean or exists (
          select from assignment a
          where a.task_id = t.task_id and a.account_id = \(account)
            and a.withdrawn_at is null and a.state not in ('expired', 'released')))
      """
    ) { row throws(PostgresError) in
      try Tasks.Head(
        id: row.next(), project: row.next(), title: row.next(), status: row.next(),
        classes: row.next())
    }
  }

  /// A task's pictures in order, each with the account's own current answer.
  static func images(
    _ task: ID<LabelTask>, answeredBy account: ID<Account>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Image] {
    try db.all(
      """
      select ti.item_id, i.sha256, b.mime, n.labels
      from task_item ti
      join item i on i.item_id = ti.item_id
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      left join assignment a on a.task_id = ti.task_id and a.account_id = \(account)
      left join lateral (
        select labels from annotation n
        where n.assignment_id = a.assignment_id and n.item_id = ti.item_id
        order by n.revision desc limit 1) n on true
      where ti.task_id = \(task)
      order by ti.position
      """
    ) { row throws(PostgresError) in
      let id = try row.next(ID<Item>.self)
      let url = links.url(try row.next([UInt8].self), mime: try row.next(String.self))
      return try Tasks.Image(id: id, url: url, labels: row.next())
    }
  }
}
