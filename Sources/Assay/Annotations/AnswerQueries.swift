internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that takes answers.
enum AnswerQueries {
  /// A labeler's work on a task.
  struct Work {
    let assignment: ID<Assignment>
    let task: ID<LabelTask>
    let state: State
    /// The names that labels may have.
    let classes: [String]
    /// Whether the labeler has claimed the task; false for an appointed one.
    let isClaimed: Bool
    /// Whether the lease of a claimed task is not over.
    let isLive: Bool
    /// Whether the request was opened to the crowd, so that an answer needs a slot.
    let hasPool: Bool
    /// The kind of answer of a claimed task; appointed labelers give any number of labels.
    let kind: AnswerKind
    /// Whether answers of appointed labelers can be counted: they are not texts.
    let countsAppointed: Bool

    /// Whether the lease ended before the task was submitted.
    var isLate: Bool { isClaimed && !isLive && state != .submitted }

    /// Whether the task waits for answers: later ones are corrections, or late.
    var isOpen: Bool { isClaimed ? isLive : state == .open }
  }

  /// The state of a labeler's work.
  enum State: String, PostgresDecodable {
    case open, submitted, accepted, over
  }

  /// Waits for another request of the same person that saves answers.
  ///
  /// Two of them could answer one item in two tasks, and wait for each other.
  static func follow(_ account: ID<Account>, _ db: Connection) throws(PostgresError) {
    try db.run(
      "select pg_advisory_xact_lock(hashtextextended('answers ' || \(account)::text, 0))")
  }

  /// Locks the account's assignment of a task; nil when it has none.
  ///
  /// A lease that has ended is returned, too: late answers are kept.
  static func lock(
    _ task: ID<LabelTask>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Work? {
    try db.first(
      """
      select a.assignment_id,
        case
          when a.state in ('submitted', 'accepted') then a.state::text
          when a.state in ('expired', 'released') then 'over'
          else 'open'
        end,
        s.keys, a.lease_expires_at is not null,
        coalesce(a.lease_expires_at > now() and a.state in ('leased', 'in_progress'), false),
        o.project_id is not null, o.answer::text
      from assignment a
      join label_schema s on s.schema_id = a.schema_id
      left join pool o on o.project_id = a.project_id
      where a.task_id = \(task) and a.account_id = \(account) and a.withdrawn_at is null
        and (a.lease_expires_at is not null or a.state not in ('expired', 'released'))
      for no key update of a
      """
    ) { row throws(PostgresError) in
      let (assignment, state) = (try row.next(ID<Assignment>.self), try row.next(State.self))
      let classes = try row.next([String].self)
      let (isClaimed, isLive) = (try row.next(Bool.self), try row.next(Bool.self))
      let hasPool = try row.next(Bool.self)
      let kind = try row.next(AnswerKind?.self)
      return Work(
        assignment: assignment, task: task, state: state, classes: classes,
        isClaimed: isClaimed, isLive: isLive, hasPool: hasPool,
        kind: isClaimed ? kind ?? .multi : .multi, countsAppointed: hasPool && kind != .text)
    }
  }

  /// Whether an item accepts an answer.
  enum ItemState: String, PostgresDecodable {
    /// It takes the answer, or a new revision of it.
    case ready
    /// It was decided from the answer, which cannot change any more.
    case final
  }

  /// Returns the states of those items that the labeler's task has.
  static func states(
    of items: [ID<Item>], _ work: Work, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: ItemState] {
    let rows = try db.all(
      """
      select i.item_id,
        case when p.state in ('resolved', 'contested') and c.state in ('counted', 'surplus')
          then 'final' else 'ready' end
      from task_item i
      join assignment a on a.assignment_id = \(work.assignment)
      left join claim c on c.item_id = i.item_id and c.account_id = a.account_id
      left join pool_item p on p.item_id = i.item_id
      where i.task_id = \(work.task) and i.item_id = any (\(items.map(\.bytes))::uuid[])
        and (a.lease_expires_at is null or c.assignment_id = a.assignment_id)
      """
    ) { row throws(PostgresError) in
      (try row.next(ID<Item>.self), try row.next(ItemState.self))
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// Saves a revision of each answer that differs from the person's current one.
  static func save(
    _ given: [Answers.Given], _ work: Work, by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    guard !given.isEmpty else { return }
    try db.run(
      """
      insert into annotation (
        annotation_id, organization_id, project_id, assignment_id, account_id, item_id, revision,
        labels, content)
      select g.annotation_id, a.organization_id, a.project_id, a.assignment_id, a.account_id,
        g.item_id, coalesce(n.revision, 0) + 1, l.labels, g.content
      from unnest(
        \(given.map { _ in ID<Annotation>.new().bytes })::uuid[],
        \(given.map(\.image.bytes))::uuid[], \(given.map { LabelList.json($0.labels) })::text[],
        \(given.map(\.content))::text[]) as g (annotation_id, item_id, labels, content)
      join assignment a on a.assignment_id = \(work.assignment)
      cross join lateral (
        select array(select jsonb_array_elements_text(g.labels::jsonb)) as labels
      ) l
      left join lateral (
        select o.revision, o.labels, o.content, o.assignment_id from annotation o
        where o.item_id = g.item_id and o.account_id = a.account_id
        order by o.revision desc limit 1
      ) n on true
      where n.assignment_id is distinct from a.assignment_id
        or (n.labels, n.content) is distinct from (l.labels, g.content)
      order by g.item_id
      """)
  }

  /// Keeps answers that were not counted, if an exclusion has ended their leases meanwhile.
  ///
  /// It is the last statement of its transaction: an exclusion that comes later waits for it.
  static func keepPlaces(
    of items: [ID<Item>], by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with place as (
        select item_id, state from claim
        where account_id = \(account) and item_id = any (\(items.map(\.bytes))::uuid[])
        order by item_id
        for no key update
      )
      update claim c set state = 'surplus'
      from place p
      where p.state = 'returned' and c.item_id = p.item_id and c.account_id = \(account)
      """)
  }

  /// The answered items of a labeler's task, and all of them.
  struct Progress {
    let answered: Int
    let total: Int

    var isComplete: Bool { answered == total }
  }

  /// Counts the answered items of an assignment; a new answer renews a live lease.
  static func progress(of work: Work, _ db: Connection) throws(PostgresError) -> Progress {
    let count: SQL =
      work.isClaimed
      ? """
      select count(*) filter (where exists (
          select from annotation n
          where n.item_id = c.item_id and n.account_id = c.account_id)) as answered,
        count(*) as total
      from claim c
      join pool_item p on p.item_id = c.item_id
      where c.assignment_id = \(work.assignment) and c.state <> 'returned'
        and p.state <> 'excluded'
      """
      : """
      select count(distinct n.item_id) as answered, max(a.item_count) as total
      from assignment a
      left join annotation n on n.assignment_id = a.assignment_id
      where a.assignment_id = \(work.assignment)
      """
    return try db.one(
      """
      update assignment a
      set answered = n.answered, item_count = n.total,
        state = case when a.state in ('assigned', 'leased', 'returned') and n.answered > 0
          then 'in_progress' else a.state end,
        lease_expires_at = case
          when \(work.isLive)::boolean and n.answered > a.answered
          then now() + (
            select o.lease_seconds * interval '1 second' from pool o
            where o.project_id = a.project_id)
          else a.lease_expires_at end
      from (\(count)) n
      where a.assignment_id = \(work.assignment)
      returning a.answered, a.item_count
      """
    ) { row throws(PostgresError) in try Progress(answered: row.next(), total: row.next()) }
  }

  /// Returns all items of an appointed labeler's task.
  static func items(of work: Work, _ db: Connection) throws(PostgresError) -> [ID<Item>] {
    try db.all(
      "select item_id from task_item where task_id = \(work.task) order by item_id"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// A labeler's place on an item.
  struct Place {
    /// The state of the place.
    enum State: String, CaseIterable, PostgresDecodable, Sendable {
      case leased, counted, surplus, returned
    }

    let image: ID<Item>
    let state: State
  }

  /// Returns the labeler's places in a task.
  static func places(
    of work: Work, _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> [Place] {
    guard work.hasPool else { return [] }
    return try db.all(
      """
      select i.item_id, c.state::text
      from task_item i
      join claim c on c.item_id = i.item_id and c.account_id = \(account)
      where i.task_id = \(work.task)
      order by i.position
      """
    ) { row throws(PostgresError) in try Place(image: row.next(), state: row.next()) }
  }
}
