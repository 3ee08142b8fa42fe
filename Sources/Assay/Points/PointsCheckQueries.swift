internal import Postgres
internal import Vocabulary

/// Every SQL statement that compares sums of points with the rows that they sum up.
enum PointsCheckQueries {
  /// A person whose sums differ; each text has the five sums.
  struct Drift {
    let account: UUIDBytes
    let total: String
    let days: String
    let rows: String
  }

  /// Compares the sums of a page of people; nil after the last page.
  ///
  /// One statement reads all of them, so a transaction that commits meanwhile makes no difference.
  static func drifts(
    after last: UUIDBytes?, limit: Int, _ db: Connection
  ) throws(PostgresError) -> (last: UUIDBytes, drifts: [Drift])? {
    let rows = try db.all(
      """
      with page as materialized (
        select account_id from (
          select account_id from points_total where account_id > \(last ?? .first)
          union
          select distinct account_id from points_day where account_id > \(last ?? .first)
        ) people
        order by account_id limit \(limit)
      ), compared as (
        select p.account_id, t.sums as total, d.sums as days, r.sums as rows,
          c.paid = r.paid as is_paid
        from page p
        cross join lateral (
          select concat_ws(' ', coalesce(sum(points), 0), coalesce(sum(provisional), 0),
            coalesce(sum(labeled), 0), coalesce(sum(settled), 0), coalesce(sum(correct), 0)) as sums
          from points_total where account_id = p.account_id
        ) t
        cross join lateral (
          select concat_ws(' ', coalesce(sum(points), 0), coalesce(sum(provisional), 0),
            coalesce(sum(labeled), 0), coalesce(sum(settled), 0), coalesce(sum(correct), 0)) as sums
          from points_day where account_id = p.account_id
        ) d
        cross join lateral (
          select count(*) filter (where answered_at is not null) as labeled,
            count(is_right) as settled, count(*) filter (where is_right) as correct,
            coalesce(sum(paid), 0) as paid
          from claim where account_id = p.account_id and state in ('counted', 'surplus')
        ) c
        cross join lateral (
          select concat_ws(' ', coalesce(sum(points) filter (where kind <> 'provisional'), 0),
              coalesce(sum(points) filter (where kind = 'provisional'), 0),
              c.labeled, c.settled, c.correct) as sums,
            coalesce(sum(points) filter (where kind in ('settled', 'compensation')), 0) as paid
          from points_entry where account_id = p.account_id
        ) r
      )
      select account_id, total, days, rows, total = days and total = rows and is_paid
      from compared order by account_id
      """
    ) { row throws(PostgresError) in
      let drift = try Drift(
        account: row.next(), total: row.next(), days: row.next(), rows: row.next())
      return (drift: drift, isRight: try row.next(Bool.self))
    }
    guard let last = rows.last else { return nil }
    return (last.drift.account, rows.filter { !$0.isRight }.map(\.drift))
  }
}
