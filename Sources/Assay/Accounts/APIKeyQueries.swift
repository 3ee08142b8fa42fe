internal import Cryptography
internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement about API keys.
enum APIKeyQueries {
  /// Records a key of the caller within the site's limit, and returns when.
  static func make(
    _ key: ID<APIKey>, for caller: Caller, _ form: APIKeys.NewKey, secretHash: Digest,
    _ db: Connection
  ) throws(PostgresError) -> Timestamp {
    try db.one(
      """
      select make_key(
        \(key), \(caller.session), \(form.name), \(form.scopes.map(\.rawValue))::text[],
        \(secretHash), \(form.days)::int)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns, for the audit log, the number of an account's keys that this transaction has ended.
  static func retired(
    of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> [(StaticString, String)] {
    let count = try db.one("select keys_retired(\(account))") { row throws(PostgresError) in
      try row.next(Int.self)
    }
    guard count > 0 else { return [] }
    return [("keys_revoked", String(count))]
  }

  /// Returns a page of an account's valid keys, newest first.
  static func page(
    of account: ID<Account>, size: Int, skipping: Int, _ db: Connection
  ) throws(PostgresError) -> [APIKeys.Key] {
    try db.all(
      """
      select api_key_id, name, scopes, created_at, expires_at, last_used_at
      from api_key
      where account_id = \(account) and revoked_at is null
      order by api_key_id desc
      limit \(size) offset \(skipping)
      """
    ) { row throws(PostgresError) in
      try APIKeys.Key(
        id: row.next(), name: row.next(), scopes: row.next(), createdAt: row.next(),
        expiresAt: row.next(), lastUsedAt: row.next())
    }
  }

  /// Returns the number of an account's valid keys.
  static func count(of account: ID<Account>, _ db: Connection) throws(PostgresError) -> Int {
    try db.one(
      "select count(*) from api_key where account_id = \(account) and revoked_at is null"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Revokes a key; false when the account has no such key.
  static func revoke(
    _ key: ID<APIKey>, of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update api_key set revoked_at = now()
      where api_key_id = \(key) and account_id = \(account) and revoked_at is null
      """) == 1
  }
}
