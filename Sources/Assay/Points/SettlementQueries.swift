internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that settles points.
enum SettlementQueries {
  /// Locks resolved items whose points are due, by ascending id.
  static func lock(
    after last: UUIDBytes?, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [UUIDBytes] {
    try db.all(
      """
      select item_id from pool_item
      where not is_settled and state = 'resolved' and item_id > \(last ?? .first)
      order by item_id limit \(limit)
      for no key update skip locked
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// A person's current answer to a resolved item, with the item's trusted answer.
  struct Given {
    let item: UUIDBytes
    let account: UUIDBytes
    let points: Int
    let answer: LabelAnswer
    let trusted: LabelAnswer
    let method: String
    let votes: Int
  }

  /// Returns the answers to items, whose rows the caller has locked.
  static func answers(
    to items: [UUIDBytes], _ db: Connection
  ) throws(PostgresError) -> [Given] {
    try db.all(
      """
      select c.item_id, c.account_id, c.points, o.text_forms, n.labels, n.content,
        normalize(n.content, nfkc), l.labels, l.content, normalize(l.content, nfkc), l.method,
        l.votes
      from claim c
      join pool o on o.project_id = c.project_id
      join item_label l on l.item_id = c.item_id
      cross join lateral (
        select a.labels, a.content from annotation a
        where a.item_id = c.item_id and a.account_id = c.account_id
        order by a.revision desc limit 1
      ) n
      where c.item_id = any (\(items)::uuid[]) and c.state in ('counted', 'surplus')
      """
    ) { row throws(PostgresError) in
      let (item, account) = (try row.next(UUIDBytes.self), try row.next(UUIDBytes.self))
      let points = try row.next(Int.self)
      let forms = try TextForms(row.next([String].self))
      return try Given(
        item: item, account: account, points: points, answer: answer(&row, forms),
        trusted: answer(&row, forms), method: row.next(), votes: row.next())
    }
  }

  /// Reads labels, text, and the text in normal form.
  private static func answer(
    _ row: inout Row, _ forms: TextForms
  ) throws(PostgresError) -> LabelAnswer {
    try LabelAnswer(
      labels: row.next(), content: row.next(), compared: row.next(String?.self).map(forms.fold))
  }

  /// Locks people's totals by ascending id; whoever holds them may write the sums of their days.
  static func lockTotals(of accounts: [UUIDBytes], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      insert into points_total (account_id)
      select account_id from unnest(\(accounts)::uuid[]) as given (account_id) order by account_id
      on conflict do nothing
      """)
    try db.run(
      """
      select from points_total where account_id = any (\(accounts)::uuid[])
      order by account_id for no key update
      """)
  }

  /// Takes back provisional points, and enters the difference to the points that were paid.
  ///
  /// Everything counts for the UTC day of the answer. An answer that was saved under a lease that
  /// ended with the item has no time yet: it counts as given now.
  static func pay(_ verdicts: [Settlement.Verdict], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      with judged as materialized (
        select c.item_id, c.account_id, c.organization_id, c.project_id, g.is_right, g.earned,
          coalesce(c.answered_at, now()) as answered_at,
          (coalesce(c.answered_at, now()) at time zone 'UTC')::date as day,
          g.earned - c.paid as change, p.promised,
          (c.answered_at is null)::integer as labeled, (c.is_right is null)::integer as settled,
          g.is_right::integer - coalesce(c.is_right, false)::integer as correct
        from unnest(
          \(verdicts.map(\.item))::uuid[], \(verdicts.map(\.account))::uuid[],
          \(verdicts.map(\.isRight))::boolean[], \(verdicts.map(\.earned))::integer[])
          as g (item_id, account_id, is_right, earned)
        join claim c on c.item_id = g.item_id and c.account_id = g.account_id
        cross join lateral (
          select coalesce(sum(e.points), 0)::integer as promised from points_entry e
          where e.item_id = g.item_id and e.account_id = g.account_id and e.kind = 'provisional'
        ) p
      ), marked as (
        update claim c
        set is_right = j.is_right, paid = j.earned, answered_at = j.answered_at
        from judged j
        where c.item_id = j.item_id and c.account_id = j.account_id
          and (j.settled, j.correct, j.change) <> (0, 0, 0)
      ), entered as (
        insert into points_entry (
          account_id, organization_id, project_id, item_id, kind, points, earned_on)
        select j.account_id, j.organization_id, j.project_id, j.item_id, e.kind, e.points, j.day
        from judged j
        cross join lateral (
          values ('provisional'::points_kind, -j.promised), ('settled', j.change)
        ) e (kind, points)
        where e.points <> 0
      ), changed as (
        select account_id, day, project_id, organization_id, sum(change) as points,
          -sum(promised) as provisional, sum(labeled) as labeled, sum(settled) as settled,
          sum(correct) as correct
        from judged
        where (change, promised, labeled, settled, correct) <> (0, 0, 0, 0, 0)
        group by account_id, day, project_id, organization_id
      ), in_day as (
        insert into points_day as d (
          account_id, day, project_id, organization_id, points, provisional, labeled, settled,
          correct)
        select * from changed order by account_id, day, project_id
        on conflict (account_id, day, project_id) do update set
          points = d.points + excluded.points, provisional = d.provisional + excluded.provisional,
          labeled = d.labeled + excluded.labeled, settled = d.settled + excluded.settled,
          correct = d.correct + excluded.correct
      )
      update points_total t set
        points = t.points + s.points, provisional = t.provisional + s.provisional,
        labeled = t.labeled + s.labeled, settled = t.settled + s.settled,
        correct = t.correct + s.correct
      from (
        select account_id, sum(points) as points, sum(provisional) as provisional,
          sum(labeled) as labeled, sum(settled) as settled, sum(correct) as correct
        from changed group by account_id
      ) s
      where t.account_id = s.account_id
      """)
  }

  /// Records that no points of these items are due.
  static func markSettled(_ items: [UUIDBytes], _ db: Connection) throws(PostgresError) {
    try db.run(
      "update pool_item set is_settled = true where item_id = any (\(items)::uuid[])")
  }
}
