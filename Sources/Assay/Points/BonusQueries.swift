internal import Postgres
internal import Vocabulary

/// Every SQL statement about the bonus for consistency.
enum BonusQueries {
  /// Returns people whose bonus of a week is not what the ledger has, by ascending id.
  static func due(weeksAgo weeks: Int, _ db: Connection) throws(PostgresError) -> [UUIDBytes] {
    try db.all(
      """
      with \(earned(weeksAgo: weeks, by: "true"))
      select account_id from earned where bonus <> granted order by account_id
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Enters the difference between the bonus and the ledger, for people whose totals are locked.
  static func grant(
    to accounts: [UUIDBytes], weeksAgo weeks: Int, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with \(earned(weeksAgo: weeks, by: "d.account_id = any (\(accounts)::uuid[])")),
      changed as materialized (
        select account_id, sunday, (bonus - granted)::integer as points
        from earned where bonus <> granted
      ), entered as (
        insert into points_entry (account_id, kind, points, earned_on)
        select account_id, 'bonus', points, sunday from changed
      ), in_day as (
        insert into points_day as d (account_id, day, project_id, points)
        select account_id, sunday, \(UUIDBytes.first), points from changed order by account_id
        on conflict (account_id, day, project_id) do update
          set points = d.points + excluded.points
      )
      update points_total t set points = t.points + c.points
      from changed c where t.account_id = c.account_id
      """)
  }

  /// The relation `earned`: everybody's bonus for an ISO week, and what the ledger has of it.
  ///
  /// A bonus is a percentage of the week's settled points, without compensations.
  private static func earned(weeksAgo weeks: Int, by people: SQL) -> SQL {
    """
    week as (
      select (date_trunc('week', now() at time zone 'UTC'))::date - 7 * \(weeks)::integer as monday
    ), judged as (
      select d.account_id, w.monday + 6 as sunday, sum(d.correct) as correct,
        sum(d.settled) as settled,
        coalesce(sum(d.points) filter (where d.project_id <> \(UUIDBytes.first)), 0) as points
      from week w join points_day d on d.day between w.monday and w.monday + 6
      where \(people)
      group by d.account_id, w.monday
    ), earned as (
      select j.account_id, j.sunday, e.granted,
        greatest(div((j.points - e.compensated) * coalesce(r.percent, 0), 100), 0) as bonus
      from judged j
      cross join lateral (
        select max(b.percent) as percent from consistency_bonus b
        where j.settled >= b.answers and j.correct >= b.accuracy * j.settled
      ) r
      cross join lateral (
        select coalesce(sum(e.points) filter (where e.kind = 'bonus'), 0) as granted,
          coalesce(sum(e.points) filter (where e.kind = 'compensation'), 0) as compensated
        from points_entry e
        where e.account_id = j.account_id
          and (e.kind = 'bonus' and e.earned_on = j.sunday
            or e.kind = 'compensation' and e.earned_on between j.sunday - 6 and j.sunday)
      ) e
    )
    """
  }
}
