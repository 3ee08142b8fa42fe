internal import HTTP
internal import Postgres

/// Every SQL statement about the audit log.
enum AuditQueries {
  /// Adds one entry with the number of counted refusals, for each account and hour that is over.
  static func sweepRefusals(_ db: Connection) throws(PostgresError) {
    try db.run("select sweep_refusals()")
  }

  /// Returns the entries that the caller may see, newest first.
  static func list(
    limit: Int, before: Int?, _ db: Connection
  ) throws(PostgresError) -> [Audit.Entry] {
    try db.all(
      """
      select number, at, organization_id, account_id, actor, action, object, address, request_id,
        facts::text
      from audit_entry
      where number < coalesce(\(before)::bigint, 9223372036854775807)
      order by number desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Audit.Entry(
        number: row.next(), at: row.next(), organization: row.next(), account: row.next(),
        actor: row.next(), action: row.next(), object: row.next(), address: row.next(),
        requestID: row.next(), facts: Audit.Facts(json: row.next()))
    }
  }

  /// Returns the number of entries, and the first that was changed.
  static func verify(_ db: Connection) throws(PostgresError) -> (count: Int, broken: Int?) {
    try db.one("select (select count(*) from audit_entry), audit_verify()") {
      row throws(PostgresError) in
      (try row.next(Int.self), try row.next(Int?.self))
    }
  }
  /// Returns the number and hash of the last entry; number 0 when there is none.
  static func head(_ db: Connection) throws(PostgresError) -> (number: Int, hash: String) {
    try db.one("select number, encode(hash, 'hex') from audit_head") {
      row throws(PostgresError) in (try row.next(), try row.next())
    }
  }

  /// Returns the first of these numbers whose entry is missing or has another hash, or nil.
  static func firstChanged(
    _ numbers: [Int], _ hashes: [String], _ db: Connection
  ) throws(PostgresError) -> Int? {
    try db.one(
      """
      select min(h.number)
      from unnest(\(numbers)::bigint[], \(hashes)::text[]) as h (number, hash)
      left join audit_entry e on e.number = h.number
      where encode(e.hash, 'hex') is distinct from h.hash
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
