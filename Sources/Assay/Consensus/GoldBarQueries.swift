internal import Postgres
internal import Vocabulary

/// Every SQL statement about labelers who get no more tasks because of gold.
enum GoldBarQueries {
  /// Locks a pool against other updates of its bars; returns the least accuracy, or nil without pool.
  static func lockFloor(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Double? {
    try db.first(
      "select gold_floor from pool where project_id = \(project) for no key update"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns everybody with settled answers to gold, and everybody who is barred.
  static func records(
    in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [GoldBar.Record] {
    try db.all(
      """
      select coalesce(g.account_id, b.account_id), coalesce(g.correct, 0), coalesce(g.answers, 0),
        b.account_id is not null
      from (
        select c.account_id, (count(*) filter (where c.is_right))::integer as correct,
          count(*)::integer as answers
        from gold_item i join claim c on c.item_id = i.item_id and c.is_right is not null
        where i.project_id = \(project)
        group by c.account_id
      ) g
      full join (select account_id from gold_bar where project_id = \(project)) b
        on b.account_id = g.account_id
      """
    ) { row throws(PostgresError) in
      try GoldBar.Record(
        account: row.next(), correct: row.next(), answers: row.next(), isBarred: row.next())
    }
  }

  /// Bars a labeler; with `tells`, orders a letter to the person who opened the request.
  static func bar(
    _ record: GoldBar.Record, in project: ID<Project>, tells: Bool, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select bar_labeler(
        \(project), \(record.account), \(record.correct), \(record.answers), \(tells))
      """)
  }

  /// Takes back a bar.
  static func lift(
    _ account: ID<Account>, in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      "delete from gold_bar where project_id = \(project) and account_id = \(account)")
  }
}
