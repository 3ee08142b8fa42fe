import Assay
import Labelling
import Postgres
import Support
import Testing

/// Everybody's points, computed again from claims, results and answers with the rule.
struct Recomputed {
  /// The place of points in the ledger.
  struct Key: Hashable {
    let account: UUIDBytes
    let item: UUIDBytes
  }

  private let db: Connection
  init(_ site: TestSite) { db = site.owner() }

  /// Expects that the ledger has what the rule says, and that all sums are those of the ledger.
  func expectEqual(_ location: SourceLocation = #_sourceLocation) throws {
    let (earned, ledger) = (try earned(), try ledger())
    for key in Set(earned.keys).union(ledger.keys) {
      #expect(
        ledger[key, default: 0] == earned[key, default: 0], "\(key)", sourceLocation: location)
    }
    #expect(try strayDays() == [], sourceLocation: location)
    var findings: [String] = []
    _ = try PointsCheck(db) { findings.append($0) }.compare()
    #expect(findings == [], sourceLocation: location)
  }

  /// The points that the rule gives for each claim of a resolved item.
  private func earned() throws -> [Key: Int] {
    let rows = try db.all(
      """
      select c.account_id, c.item_id, c.points, n.labels, n.content, l.labels, l.content, l.method,
        l.votes
      from claim c
      join pool_item p on p.item_id = c.item_id and p.is_settled and p.state = 'resolved'
      join item_label l on l.item_id = c.item_id
      join annotation n on n.item_id = c.item_id and n.account_id = c.account_id
        and not exists (
          select from annotation o where o.item_id = n.item_id and o.account_id = n.account_id
            and o.revision > n.revision)
      where c.state in ('counted', 'surplus')
      """
    ) { row throws(PostgresError) in
      let key = try Key(account: row.next(), item: row.next())
      let points = try row.next(Int.self)
      let answer = try LabelAnswer(labels: row.next(), content: row.next())
      let trusted = try LabelAnswer(labels: row.next(), content: row.next())
      let isDecisive = try PointsRule.isDecisive(method: row.next(), votes: row.next())
      return (key, isDecisive ? PointsRule.earned(answer, trusted: trusted, points: points) : 0)
    }
    return Dictionary(rows) { $0 + $1 }
  }

  private func ledger() throws -> [Key: Int] {
    let rows = try db.all(
      """
      select account_id, item_id, sum(points)::integer from points_entry
      where kind = 'settled' and item_id is not null group by account_id, item_id
      """
    ) { row throws(PostgresError) in
      (try Key(account: row.next(), item: row.next()), try row.next(Int.self))
    }
    return Dictionary(rows) { $0 + $1 }
  }

  /// The days whose sums are not those of the ledger.
  private func strayDays() throws -> [String] {
    try db.all(
      """
      with entered as (
        select account_id, earned_on as day,
          coalesce(project_id, '00000000-0000-0000-0000-000000000000') as project_id,
          coalesce(sum(points) filter (where kind <> 'provisional'), 0) as points,
          coalesce(sum(points) filter (where kind = 'provisional'), 0) as provisional
        from points_entry group by 1, 2, 3
      )
      select concat_ws(' ', coalesce(e.day, d.day), e.points, d.points, e.provisional, d.provisional)
      from entered e full join points_day d using (account_id, day, project_id)
      where coalesce(e.points, 0) <> coalesce(d.points, 0)
        or coalesce(e.provisional, 0) <> coalesce(d.provisional, 0)
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
