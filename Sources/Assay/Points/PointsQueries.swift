internal import Postgres
internal import Vocabulary

/// Every SQL statement that reads points.
enum PointsQueries {
  /// Whether the caller may see the leaderboard of a request.
  static func showsLeaderboard(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select shows_leaderboard(\(project))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Returns a part of the leaderboard, the most points first.
  static func leaderboard(
    _ filter: Points.Filter, limit: Int, offset: Int, _ db: Connection
  ) throws(PostgresError) -> [Points.Rank] {
    try db.all(
      """
      select rank, username, points, labeled, \(accuracy)
      from leaderboard(\(filter.project), \(start(of: filter.period)), \(limit), \(offset))
      """
    ) { row throws(PostgresError) in
      try Points.Rank(
        rank: row.next(), username: row.next(), points: row.next(), labeled: row.next(),
        accuracy: row.next())
    }
  }

  /// Returns the caller's row of the leaderboard.
  static func place(
    of account: ID<Account>, _ filter: Points.Filter, _ db: Connection
  ) throws(PostgresError) -> Points.Place {
    try db.one(
      """
      select p.rank, case when a.is_anonymous then 'anonymous' else a.username end,
        coalesce(p.points, 0), coalesce(p.labeled, 0), \(accuracy)
      from account a
      left join leaderboard_place(\(filter.project), \(start(of: filter.period))) p on true
      where a.account_id = \(account)
      """
    ) { row throws(PostgresError) in
      try Points.Place(
        rank: row.next(), username: row.next(), points: row.next(), labeled: row.next(),
        accuracy: row.next())
    }
  }

  private static let accuracy: SQL = "(correct::numeric / nullif(settled, 0))::float8"

  /// The first day of the current period in UTC; null for all days.
  private static func start(of period: Points.Period) -> SQL {
    switch period {
    case .day: "(now() at time zone 'UTC')::date"
    case .week: "date_trunc('week', now() at time zone 'UTC')::date"
    case .month: "date_trunc('month', now() at time zone 'UTC')::date"
    case .all: "null::date"
    }
  }

  /// Returns the caller's last 30 days, the oldest first.
  static func days(of account: ID<Account>, _ db: Connection) throws(PostgresError) -> [Points.Day]
  {
    try db.all(
      """
      select (t.today - n)::text, coalesce(sum(d.labeled), 0)::bigint,
        coalesce(sum(d.points), 0)::bigint, coalesce(sum(d.settled), 0)::bigint,
        coalesce(sum(d.correct), 0)::bigint
      from (select (now() at time zone 'UTC')::date as today) t
      cross join generate_series(29, 0, -1) n
      left join points_day d on d.account_id = \(account) and d.day = t.today - n
      group by t.today, n
      order by n desc
      """
    ) { row throws(PostgresError) in
      try Points.Day(
        day: Points.CalendarDay(text: row.next()), labeled: row.next(), points: row.next(),
        settled: row.next(), correct: row.next())
    }
  }

  /// Returns the caller's median seconds per item of the last 30 days.
  static func pace(_ db: Connection) throws(PostgresError) -> Points.Pace {
    try db.one(
      """
      select measured, told
      from own_pace(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'
        - interval '29 days')
      """
    ) { row throws(PostgresError) in try Points.Pace(measured: row.next(), told: row.next()) }
  }

  /// Returns the number of successive days with an answer, up to today or yesterday.
  static func streak(of account: ID<Account>, _ db: Connection) throws(PostgresError) -> Int {
    try db.one(
      """
      with answered as (
        select distinct day from points_day where account_id = \(account) and labeled > 0
      ), numbered as (
        select day, day + row_number() over (order by day desc)::integer as run,
          max(day) over () as last
        from answered
      )
      select count(*) from numbered
      where run = last + 1 and last >= (now() at time zone 'UTC')::date - 1
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
