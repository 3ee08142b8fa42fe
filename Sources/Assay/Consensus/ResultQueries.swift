internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that reads results, and records decisions about them.
enum ResultQueries {
  /// Returns the classes of a project's newest schema, and the kind of answer of its pool.
  static func rules(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> KnownAnswer.Rules {
    try db.one(
      """
      select
        (select s.keys from label_schema s where s.project_id = \(project)
         order by s.version desc limit 1),
        (select o.answer::text from pool o where o.project_id = \(project))
      """
    ) { row throws(PostgresError) in
      try KnownAnswer.Rules(classes: row.next([String]?.self) ?? [], kind: row.next())
    }
  }

  /// Returns resolved and contested items, newest first.
  static func list(
    in project: ID<Project>, _ filter: Results.Filter, limit: Int, after: UUIDBytes?,
    _ db: Connection
  ) throws(PostgresError) -> [Results.Row] {
    let states: SQL =
      switch filter.state {
      case "resolved": "p.state = 'resolved'"
      case "contested": "p.state = 'contested'"
      default: "p.state in ('resolved', 'contested')"
      }
    return try db.all(
      """
      select \(columns)
      from pool_item p
      join item_label l on l.item_id = p.item_id
      join item i on i.item_id = p.item_id
      where p.project_id = \(project) and \(states) and p.item_id < \(after ?? .last)
        and l.confidence >= \(filter.low ?? 0) and l.confidence <= \(filter.high ?? 1)
      order by p.item_id desc
      limit \(limit)
      """, row)
  }

  /// Returns the result of an item of a pool, or nil.
  static func row(
    of item: ID<Item>, in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Results.Row? {
    try db.first(
      """
      select \(columns)
      from pool_item p
      join item i on i.item_id = p.item_id
      left join item_label l on l.item_id = p.item_id
      where p.item_id = \(item) and p.project_id = \(project)
      """, row)
  }

  private static let columns: SQL = """
    p.item_id, i.filename, p.state::text, coalesce(l.labels, '{}'), l.content, l.confidence,
    coalesce(l.is_calibrated, false), coalesce(l.calibrated_on, 0), l.method, p.answers::integer,
    l.decided_at
    """

  private static func row(_ row: inout Row) throws(PostgresError) -> Results.Row {
    try Results.Row(
      image: row.next(), filename: row.next(), state: row.next(), labels: row.next(),
      text: row.next(), confidence: row.next(), isCalibrated: row.next(), calibratedOn: row.next(),
      method: row.next(), votes: row.next(), decidedAt: row.next())
  }

  /// Returns the answers to an item, the earliest first, without weights.
  static func answers(to item: ID<Item>, _ db: Connection) throws(PostgresError) -> [Results.Answer]
  {
    try db.all(
      """
      select c.account_id, coalesce(p.username, labeler_name(c.assignment_id), ''), n.labels,
        n.content, c.state::text, c.seconds::double precision,
        extract(epoch from c.answered_at - c.claimed_at)::double precision, c.answered_at
      from claim c
      cross join lateral (
        select a.labels, a.content from annotation a
        where a.item_id = c.item_id and a.account_id = c.account_id
        order by a.revision desc limit 1
      ) n
      left join account p on p.account_id = c.account_id
      where c.item_id = \(item) and c.state in ('counted', 'surplus')
      order by c.answered_at, c.account_id
      """
    ) { row throws(PostgresError) in
      try Results.Answer(
        account: row.next(), labeler: row.next(), labels: row.next(), text: row.next(),
        state: row.next(), weight: nil, seconds: row.next(), serverSeconds: row.next(),
        answeredAt: row.next())
    }
  }

  /// Records a decision about an item, whose row the caller has locked.
  static func record(
    _ form: Results.Form, about row: Results.Row, by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into decision (
        decision_id, organization_id, project_id, item_id, account_id, labels, content, reason,
        state_before, labels_before, content_before)
      select \(ID<Decision>.new()), p.organization_id, p.project_id, p.item_id, \(account),
        \(form.answer.labels)::text[], \(form.answer.content), \(form.reason), p.state, l.labels,
        l.content
      from pool_item p
      left join item_label l on l.item_id = p.item_id
      where p.item_id = \(row.image)
      """)
  }

  /// Returns the decisions about an item, the latest first.
  static func decisions(about item: ID<Item>, _ db: Connection) throws(PostgresError)
    -> [Results.Made]
  {
    try db.all(
      """
      select coalesce(p.username, ''), d.labels, d.content, d.reason, d.state_before::text,
        d.labels_before, d.content_before, d.created_at
      from decision d left join account p on p.account_id = d.account_id
      where d.item_id = \(item)
      order by d.decision_id desc
      """
    ) { row throws(PostgresError) in
      try Results.Made(
        decider: row.next(), labels: row.next(), text: row.next(), reason: row.next(),
        stateBefore: row.next(), labelsBefore: row.next(), textBefore: row.next(),
        decidedAt: row.next())
    }
  }
}
