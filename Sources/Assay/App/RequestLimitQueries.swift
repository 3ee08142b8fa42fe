internal import Postgres

/// The SQL statement that counts requests.
enum RequestLimitQueries {
  /// Counts one under each kind: how many there were this minute, and the seconds left of it.
  static func count(
    _ account: ID<Account>, _ kinds: [String], _ db: Connection
  ) throws(PostgresError) -> [(used: Int, seconds: Double)] {
    try db.all("select used, seconds from count_request(\(account), \(kinds)::text[])") {
      row throws(PostgresError) in (try row.next(Int.self), try row.next(Double.self))
    }
  }
}
