internal import Postgres

/// Every SQL statement that gives tasks to people.
enum AssignmentQueries {
  /// Locks a project, so that one labeler never gets two tasks of it at once.
  static func lock(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.first(
      "select true from project where project_id = \(project) for no key update"
    ) { row throws(PostgresError) in try row.next(Bool.self) } ?? false
  }

  /// Locks a task and tells its state; nil when there is no such task.
  static func lock(
    _ task: ID<LabelTask>, _ db: Connection
  ) throws(PostgresError) -> TaskStatus? {
    try db.first(
      "select state from task where task_id = \(task) for no key update"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The open task of a project that the account has already.
  static func openTask(
    of project: ID<Project>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> ID<LabelTask>? {
    try db.first(
      """
      select t.task_id from task t join assignment a on a.task_id = t.task_id
      where t.project_id = \(project) and a.account_id = \(account) and t.state = 'open'
        and a.state in ('assigned', 'leased', 'in_progress', 'returned')
      order by t.task_id
      limit 1
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Makes a task of all the project's items that are not excluded; false when there are none.
  static func insert(
    _ task: ID<LabelTask>, of project: ID<Project>, by admin: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      with chosen as (
        select item_id, organization_id, row_number() over (order by item_id) as position
        from item
        where project_id = \(project) and state <> 'excluded'
      ), made as (
        insert into task (
          task_id, organization_id, project_id, schema_id, title, item_count, created_by)
        select \(task), p.organization_id, p.project_id, s.schema_id, p.title,
          (select count(*) from chosen), \(admin)
        from project p
        join label_schema s on s.project_id = p.project_id
        where p.project_id = \(project) and exists (select from chosen)
        order by s.version desc
        limit 1
        returning task_id
      )
      insert into task_item (task_id, item_id, organization_id, position)
      select made.task_id, item_id, organization_id, position from chosen, made
      """) > 0
  }

  /// Gives the task to somebody, who may see its project from now on; twice is once.
  static func assign(
    _ task: ID<LabelTask>, to account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into assignment (
        assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
        project_title, item_count)
      select \(ID<Assignment>.new()), t.task_id, t.organization_id, \(account), t.project_id,
        t.schema_id, t.title, p.title, t.item_count
      from task t join project p on p.project_id = t.project_id
      where t.task_id = \(task)
      on conflict on constraint assignment_once_per_person do nothing
      """)
    try db.run(
      """
      insert into project_member (project_id, organization_id, account_id, role)
      select project_id, organization_id, \(account), 'labeler' from task where task_id = \(task)
      on conflict do nothing
      """)
  }
}
