internal import Postgres

/// Every SQL statement that compares the store with its rows.
enum BlobQueries {
  /// A blob as its row tells.
  struct Known {
    let sha256: [UInt8]
    let size: Int
  }

  /// The next blobs in the order of their digests, each once however many organizations hold it.
  static func known(
    after sha256: [UInt8], limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Known] {
    try db.all(
      """
      select distinct sha256, size_bytes from blob
      where sha256 > \(sha256) order by sha256 limit \(limit)
      """
    ) { row throws(PostgresError) in try Known(sha256: row.next(), size: row.next()) }
  }

  /// Whether any organization holds these bytes.
  static func isKnown(_ sha256: [UInt8], _ db: Connection) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from blob where sha256 = \(sha256))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Holds removals back until the transaction that is about to record blobs has ended.
  static func lockAgainstRemoval(_ db: Connection) throws(PostgresError) {
    try db.run("select pg_advisory_xact_lock_shared(hashtextextended('store', 0))")
  }

  /// Waits for all who are recording blobs, and keeps others from it until the transaction ends.
  static func lockForRemoval(_ db: Connection) throws(PostgresError) {
    try db.run("select pg_advisory_xact_lock(hashtextextended('store', 0))")
  }

  /// Notes in every organization's row what a scrub has found.
  static func record(fault: String, of sha256: [UInt8], _ db: Connection) throws(PostgresError) {
    try db.run("update blob set fault = \(fault) where sha256 = \(sha256)")
  }

  /// Gives up announced uploads whose time is long over.
  static func expireUploads(_ db: Connection) throws(PostgresError) -> Int {
    try db.run(
      """
      update upload set state = 'expired'
      where state = 'presigned' and expires_at < now() - interval '1 day'
      """)
  }
}
