internal import Cryptography
internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement about tasks that the caller may claim.
///
/// They read through functions: the caller sees no row of the organizations that own the tasks.
enum OpenTaskQueries {
  /// Returns the tasks that the caller may claim, newest first.
  static func list(
    limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Row] {
    try db.all(
      """
      select task_id, project_id, title, project_title, item_count, created_at, answer::text,
        description, points
      from claimable_tasks(\(after ?? .last), \(limit))
      """
    ) { row throws(PostgresError) in
      try Tasks.Row(
        id: row.next(), project: row.next(), title: row.next(), projectTitle: row.next(),
        status: .open, images: row.next(), createdAt: row.next(),
        crowd: Tasks.Crowd(
          scope: .open, answer: row.next(), instructions: row.next(), points: row.next()))
    }
  }

  /// Returns a task that the caller may claim, with the pictures that the caller would get; nil
  /// when there is no such task.
  static func show(
    _ task: ID<LabelTask>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> Tasks.Detail? {
    try db.first(
      """
      select task_id, project_id, coalesce(title, ''), 'open', classes, answer::text,
        instructions, points, packed_items, items
      from claimable_task(\(task))
      """
    ) { row throws(PostgresError) in
      let head = try Tasks.Head(
        id: row.next(), project: row.next(), title: row.next(), status: row.next(),
        classes: row.next(),
        crowd: Tasks.Crowd(
          scope: .open, answer: row.next(), instructions: row.next(), points: row.next()))
      let packed = try row.take()
      let items = try Set(row.next([UUIDBytes].self))
      return Tasks.Detail(
        head: head,
        images: try TaskQueries.images(
          packed, PackedAnswers([]), only: items, areTexts: false, links))
    }
  }

  /// Returns addresses of pictures of a task that the caller may claim; nil when there is none.
  static func links(
    to images: [ID<Item>], in task: ID<LabelTask>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Link]? {
    let wanted = Set(images)
    return try show(task, links, db)?.images.filter { wanted.contains($0.id) }.map {
      Tasks.Link(id: $0.id, url: $0.url)
    }
  }
}
