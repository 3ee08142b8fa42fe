internal import Cryptography
internal import Labelling
internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement about a labeler's tasks.
enum TaskQueries {
  /// The end of the lease of an assignment that is not submitted yet.
  private static let lease: SQL =
    "case when a.state in ('leased', 'in_progress') then a.lease_expires_at end"

  /// Returns the tasks assigned to an account, newest first.
  static func list(
    of account: ID<Account>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Row] {
    try db.all(
      """
      select a.task_id, a.project_id, a.title, a.project_title, a.state, a.item_count,
        a.created_at, o.answer::text, o.instructions, o.points_per_item, \(lease)
      from assignment a
      left join pool o on a.lease_expires_at is not null and o.project_id = a.project_id
      where a.account_id = \(account) and a.task_id < \(after ?? .last)
        and a.withdrawn_at is null and a.state not in ('expired', 'released')
      order by a.task_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Tasks.Row(
        id: row.next(), project: row.next(), title: row.next(), projectTitle: row.next(),
        status: row.next(), images: row.next(), createdAt: row.next(),
        crowd: Tasks.Crowd(
          answer: row.next(), instructions: row.next(), points: row.next(),
          leaseExpiresAt: row.next()))
    }
  }

  /// Returns whether a task is in the account's list.
  static func isAssigned(
    _ task: ID<LabelTask>, to account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      """
      select exists (
        select from assignment a
        where a.task_id = \(task) and a.account_id = \(account) and a.withdrawn_at is null)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns whether the account was appointed to a task.
  static func isAppointed(
    _ task: ID<LabelTask>, to account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      """
      select exists (
        select from assignment a
        where a.task_id = \(task) and a.account_id = \(account) and a.withdrawn_at is null
          and a.lease_expires_at is null and a.state not in ('expired', 'released'))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns a task with the account's current annotations, or nil.
  ///
  /// The task must be assigned to the account, unless it sees all. The query returns one row: the
  /// items as packed when the task was made, and the annotations from one range of an index.
  static func show(
    _ task: ID<LabelTask>, for account: ID<Account>, seesAll: Bool, _ links: ImageLinks,
    _ db: Connection
  ) throws(PostgresError) -> Tasks.Detail? {
    try db.first(
      """
      select t.task_id, t.project_id, coalesce(t.title, ''),
        coalesce(a.state::text, t.state::text),
        array(
          select c.name from label_class c where c.schema_id = t.schema_id order by c.position),
        o.answer::text, o.instructions, o.points_per_item, \(lease),
        t.packed_items,
        (select string_agg(
           uuid_send(n.item_id)
             || array_send(case when n.content is null then n.labels else array[n.content] end), '')
         from (
           select distinct on (n.item_id) n.item_id, n.labels, n.content from annotation n
           where n.assignment_id = a.assignment_id
           order by n.item_id desc, n.revision desc) n),
        case when a.lease_expires_at is not null then array(
          select c.item_id from claim c
          where c.assignment_id = a.assignment_id and c.state <> 'returned') end
      from task t \(assignment(of: account))
      left join pool o on t.in_pool and o.project_id = t.project_id
      where \(isVisible(task, seesAll))
      """
    ) { row throws(PostgresError) in
      let head = try Tasks.Head(
        id: row.next(), project: row.next(), title: row.next(), status: row.next(),
        classes: row.next(),
        crowd: Tasks.Crowd(
          answer: row.next(), instructions: row.next(), points: row.next(),
          leaseExpiresAt: row.next()))
      let items = try row.take()
      let answers = try PackedAnswers(row.next([UInt8]?.self) ?? [])
      let claimed = try row.next([UUIDBytes]?.self).map(Set.init)
      return Tasks.Detail(
        head: head,
        images: try images(
          items, answers, only: claimed, areTexts: head.crowd.answer == .text, links))
    }
  }

  /// Returns addresses of pictures of a task, or nil when there is no such task, as in `show`.
  static func links(
    to images: [ID<Item>], in task: ID<LabelTask>, for account: ID<Account>, seesAll: Bool,
    _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Tasks.Link]? {
    let rows = try db.all(
      """
      select c.item_id, i.sha256, b.mime
      from task t \(assignment(of: account))
      left join task_item c
        on c.task_id = t.task_id and c.item_id = any (\(images.map(\.bytes))::uuid[])
        -- Of a claimed task only the pictures that were claimed, as in `show`.
        and (a.lease_expires_at is null or exists (
          select from claim l
          where l.assignment_id = a.assignment_id and l.item_id = c.item_id
            and l.state <> 'returned'))
      left join item i on i.item_id = c.item_id
      left join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where \(isVisible(task, seesAll))
      order by c.position
      """
    ) { row throws(PostgresError) -> Tasks.Link? in
      guard let item = try row.next(ID<Item>?.self), let digest = try row.next(Digest?.self),
        let mime = try row.next(String?.self)
      else { return nil }
      return Tasks.Link(id: item, url: links.address(digest, MediaAddress.Suffix(mime: mime)))
    }
    return rows.isEmpty ? nil : rows.compactMap(\.self)
  }

  /// The join of a task `t` with the account's assignment `a`, if the account may work on it.
  private static func assignment(of account: ID<Account>) -> SQL {
    """
    left join assignment a on a.task_id = t.task_id and a.account_id = \(account)
      and a.withdrawn_at is null and a.state not in ('expired', 'released')
    """
  }

  /// The condition that a task is this one, and is assigned to the account unless it sees all.
  private static func isVisible(_ task: ID<LabelTask>, _ seesAll: Bool) -> SQL {
    "t.task_id = \(task) and (\(seesAll)::boolean or a.assignment_id is not null)"
  }

  /// Reads a task's packed items.
  /// - Parameter claimed: the items that the caller has a place on; nil for all.
  static func images(
    _ items: borrowing Column, _ answers: PackedAnswers, only claimed: Set<UUIDBytes>?,
    areTexts: Bool, _ links: ImageLinks
  ) throws(PostgresError) -> [Tasks.Image] {
    var packed = PackedItems(items.bytes)
    var images: [Tasks.Image] = []
    while let item = try packed.next() {
      if let claimed, !claimed.contains(item.id) { continue }
      let answer = answers[item.id]
      images.append(
        Tasks.Image(
          id: ID(item.id), url: links.address(item.digest, item.suffix),
          labels: areTexts ? nil : answer, content: areTexts ? answer?.first : nil))
    }
    return images
  }
}
