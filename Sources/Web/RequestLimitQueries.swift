internal import Postgres
internal import Vocabulary

/// The SQL statement that counts requests.
enum RequestLimitQueries {
  /// Counts a request; returns the count of this minute and the seconds until its end.
  static func count(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> (used: Int, seconds: Double) {
    try db.one("select used, seconds from count_request(\(account), array['all'])") {
      row throws(PostgresError) in (try row.next(Int.self), try row.next(Double.self))
    }
  }
}
