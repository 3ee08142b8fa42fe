internal import Postgres

/// The SQL statement that counts requests.
enum RequestLimitQueries {
  /// Counts one request: the number of this minute's requests, and the seconds left of the minute.
  static func count(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> (used: Int, seconds: Double) {
    try db.one("select used, seconds from count_request(\(account), array['all'])") {
      row throws(PostgresError) in (try row.next(Int.self), try row.next(Double.self))
    }
  }
}
