internal import Postgres

/// Every SQL statement the annotations feature runs.
enum AnnotationQueries {
  /// What became of a save.
  struct Outcome {
    let isInTask: Bool
    /// Labels that the task's schema does not know.
    let unknown: [String]
    let isSaved: Bool
  }

  /// Saves one revision, counts the first answer of a picture, and closes the task with its last.
  ///
  /// Nil when the task is not assigned to the account. One statement, so one round trip and one
  /// commit; nothing is written unless everything about it is right.
  static func save(
    _ labels: [String], of item: ID<Item>, in task: ID<LabelTask>, by account: ID<Account>,
    as annotation: ID<Annotation>, _ db: Connection
  ) throws(PostgresError) -> Outcome? {
    try db.first(
      """
      with held as (
        select a.assignment_id, a.organization_id, t.item_count,
          exists (
            select from task_item ti
            where ti.task_id = t.task_id and ti.item_id = \(item)) as is_in_task,
          array(
            select label from unnest(\(labels)::text[]) as given (label)
            where not exists (
              select from label_class c
              where c.schema_id = t.schema_id and c.key = label)) as unknown,
          t.state in ('open', 'done') and a.state <> 'accepted' as takes_labels
        from assignment a
        join task t on t.task_id = a.task_id
        where a.task_id = \(task) and a.account_id = \(account)
          and a.state not in ('expired', 'released')
      ), saved as (
        insert into annotation (
          annotation_id, organization_id, assignment_id, item_id, revision, labels)
        select \(annotation), organization_id, assignment_id, \(item), 1 + coalesce((
            select max(n.revision) from annotation n
            where n.assignment_id = held.assignment_id and n.item_id = \(item)), 0),
          \(labels)::text[]
        from held
        where is_in_task and takes_labels and unknown = '{}'
        returning assignment_id, revision
      ), counted as (
        update assignment a
        set answered = answered + 1,
          state = case when answered + 1 = held.item_count
            then 'submitted' else 'in_progress' end::assignment_state
        from held, saved
        where a.assignment_id = saved.assignment_id and saved.revision = 1
        returning a.answered
      ), closed as (
        update task t set state = 'done'
        from counted
        where t.task_id = \(task) and t.item_count = counted.answered and t.state = 'open'
      )
      select is_in_task, unknown, exists (select from saved) from held
      """
    ) { row throws(PostgresError) in
      try Outcome(isInTask: row.next(), unknown: row.next(), isSaved: row.next())
    }
  }

  /// Everybody's current answers in a project, newest first.
  static func list(
    in project: ID<Project>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Annotations.Row] {
    try db.all(
      """
      select n.annotation_id, n.item_id, i.filename, a.task_id, coalesce(p.username, ''),
        n.labels, n.revision, n.created_at
      from item i
      join annotation n on n.item_id = i.item_id
      join assignment a on a.assignment_id = n.assignment_id
      left join account p on p.account_id = a.account_id
      where i.project_id = \(project)
        and (\(after)::uuid is null or n.annotation_id < \(after))
        and not exists (
          select from annotation newer
          where newer.assignment_id = n.assignment_id and newer.item_id = n.item_id
            and newer.revision > n.revision)
      order by n.annotation_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Annotations.Row(
        id: row.next(), image: row.next(), filename: row.next(), task: row.next(),
        labeler: row.next(), labels: row.next(), revision: row.next(), createdAt: row.next())
    }
  }
}
