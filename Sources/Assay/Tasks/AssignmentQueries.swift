internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement that assigns tasks.
enum AssignmentQueries {
  /// The condition that the account of the assignment `a` may work on its task.
  private static let isLive: SQL =
    "a.withdrawn_at is null and a.state not in ('expired', 'released')"

  /// Locks a project, so that two labelers do not get the same abandoned task; false if it is
  /// unknown.
  static func lock(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.first(
      "select true from project where project_id = \(project) for no key update"
    ) { row throws(PostgresError) in try row.next(Bool.self) } ?? false
  }

  /// Locks a task and returns its state, or nil when there is no such task, or it is in a pool.
  ///
  /// The project is locked first, as when abandoned tasks are cancelled. Then the account's
  /// assignment is locked, as when the last answer closes the task.
  static func lock(
    _ task: ID<LabelTask>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> TaskStatus? {
    try db.run(
      """
      select from project
      where project_id = (select project_id from task where task_id = \(task))
      for no key update
      """)
    try db.run(
      """
      select from assignment where task_id = \(task) and account_id = \(account)
      for no key update
      """)
    return try db.first(
      "select state from task where task_id = \(task) and not in_pool for no key update"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the project's open task to assign to an account.
  ///
  /// It is the task that the account works on, or worked on before its removal; otherwise an
  /// abandoned task with all the project's pictures. The result is nil when there is none.
  static func openTask(
    of project: ID<Project>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> ID<LabelTask>? {
    try db.first(
      """
      select t.task_id
      from task t
      left join assignment a on a.task_id = t.task_id and a.account_id = \(account)
      where t.project_id = \(project) and t.state = 'open' and not t.in_pool
        and (a.state not in ('submitted', 'accepted')
          or \(isAbandoned) and not exists (
            select from item i
            where i.project_id = t.project_id and i.state <> 'excluded' and not exists (
              select from task_item c where c.task_id = t.task_id and c.item_id = i.item_id)))
      order by a.assignment_id is null, not (\(isLive)), t.task_id
      limit 1
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The condition that no account may work on the task `t`.
  private static let isAbandoned: SQL = """
    not exists (select from assignment a where a.task_id = t.task_id and \(isLive))
    """

  /// Cancels the abandoned open tasks of a project; their annotations stay.
  static func cancelAbandoned(
    in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update task t set state = 'cancelled'
      where t.project_id = \(project) and t.state = 'open' and not t.in_pool and \(isAbandoned)
      """)
  }

  /// Makes a task with all the project's items that are not excluded; false when there are none.
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

  /// Assigns the task to an account, which may then see its project; repeating has no effect.
  ///
  /// An assignment that was released by a removal is reopened with its annotations. The account's
  /// finished assignments in the project become visible again.
  static func assign(
    _ task: ID<LabelTask>, to account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into assignment as a (
        assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
        project_title, item_count)
      select \(ID<Assignment>.new()), t.task_id, t.organization_id, \(account), t.project_id,
        t.schema_id, t.title, p.title, t.item_count
      from task t join project p on p.project_id = t.project_id
      where t.task_id = \(task)
      on conflict on constraint assignment_once_per_person do update set
        withdrawn_at = null,
        state = case
          when a.state not in ('expired', 'released') then a.state
          when a.answered = a.item_count then 'submitted'
          when a.answered > 0 then 'in_progress'
          else 'assigned' end::assignment_state
      where a.withdrawn_at is not null or a.state in ('expired', 'released')
      """)
    try db.run(
      """
      update assignment a set withdrawn_at = null
      from task t
      where t.task_id = \(task) and a.project_id = t.project_id and a.account_id = \(account)
        and a.withdrawn_at is not null and a.state in ('submitted', 'accepted')
      """)
    try db.run(
      """
      insert into project_member (project_id, organization_id, account_id, role)
      select project_id, organization_id, \(account), 'labeler' from task where task_id = \(task)
      on conflict do nothing
      """)
  }

  /// The account of that username.
  static func labeler(
    named username: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.first(
      "select account_id from account where lower(username) = lower(\(username))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Whether an account may be given tasks.
  static func mayLabel(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    let role = try db.first(
      "select role from account where account_id = \(account) and is_active"
    ) { row throws(PostgresError) in try row.next(Role.self) }
    guard let role else { return false }
    return Access.labeler.roles?.contains(role) == true
  }
}
