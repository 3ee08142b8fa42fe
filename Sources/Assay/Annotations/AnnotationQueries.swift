internal import Postgres
internal import Vocabulary

/// Every SQL statement about annotations.
enum AnnotationQueries {
  /// Saves one revision and counts the first one of a picture; the last picture closes the task.
  ///
  /// A request that was opened to the crowd is left to `Answers`: there an answer needs a slot.
  /// It is one statement, and so one round trip and one commit. It locks the assignment, so that
  /// nothing is saved for an account that is removed at the same time. When something is wrong it
  /// writes nothing and returns false.
  static func save(
    _ labels: [String], of item: ID<Item>, in task: ID<LabelTask>, by account: ID<Account>,
    as annotation: ID<Annotation>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.first(
      """
      with assigned as (
        select a.assignment_id, a.task_id, a.organization_id, a.project_id, a.schema_id
        from assignment a
        where a.task_id = \(task) and a.account_id = \(account) and a.withdrawn_at is null
          and a.state in ('assigned', 'in_progress', 'returned', 'submitted')
          and not exists (select from pool o where o.project_id = a.project_id)
        for no key update
      ), saved as (
        insert into annotation (
          annotation_id, organization_id, project_id, assignment_id, account_id, item_id, revision,
          labels)
        select \(annotation), a.organization_id, a.project_id, a.assignment_id, \(account), i.item_id,
          1 + coalesce((
            select max(n.revision) from annotation n
            where n.item_id = i.item_id and n.account_id = \(account)), 0),
          \(labels)::text[]
        from assigned a
        join task_item i on i.task_id = a.task_id and i.item_id = \(item)
        join label_schema s on s.schema_id = a.schema_id
        where \(labels)::text[] <@ s.keys
        returning assignment_id, item_id, revision
      ), counted as (
        update assignment a
        set answered = answered + 1,
          state = case when answered + 1 = item_count
            then 'submitted' else 'in_progress' end::assignment_state
        from saved
        where a.assignment_id = saved.assignment_id and not exists (
          select from annotation n
          where n.assignment_id = saved.assignment_id and n.item_id = saved.item_id)
      )
      select revision from saved
      """
    ) { row throws(PostgresError) in try row.next(Int.self) } != nil
  }

  /// Returns the current annotations of all labelers in a project, newest first.
  static func list(
    in project: ID<Project>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Annotations.Row] {
    try db.all(
      """
      select n.annotation_id, n.item_id, i.filename, a.task_id,
        coalesce(p.username, labeler_name(a.assignment_id), ''), n.labels, n.content, n.revision,
        n.created_at
      from (
        select * from annotation n
        where n.project_id = \(project)
          and n.annotation_id < \(after ?? .last)
          and not exists (
            select from annotation newer
            where newer.item_id = n.item_id and newer.account_id = n.account_id
              and newer.revision > n.revision
            offset 0)
        order by n.annotation_id desc
        limit \(limit)
      ) n
      join item i on i.item_id = n.item_id
      join assignment a on a.assignment_id = n.assignment_id
      left join account p on p.account_id = a.account_id
      order by n.annotation_id desc
      """
    ) { row throws(PostgresError) in
      try Annotations.Row(
        id: row.next(), image: row.next(), filename: row.next(), task: row.next(),
        labeler: row.next(), labels: row.next(), content: row.next(), revision: row.next(),
        createdAt: row.next())
    }
  }
}
