package import Postgres

internal import Cryptography
internal import Storage
internal import Vocabulary

/// Every SQL statement about stored answers to repeated requests.
package enum RepeatedQueries {
  /// Takes a key for a request; false when the caller has used it.
  ///
  /// It waits for another transaction that has taken the key and has not ended.
  static func take(
    _ key: String, of account: ID<Account>, for hash: Digest, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      insert into repeated_request (account_id, key, request_hash)
      values (\(account), \(key), \(hash))
      on conflict (account_id, key) do nothing
      """) == 1
  }

  /// Stores the answer to a request that has taken a key.
  static func keep(
    _ status: Int, _ body: String?, for key: String, of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update repeated_request set status = \(status), body = \(body)
      where account_id = \(account) and key = \(key)
      """)
  }

  /// Returns the stored answer and its request, or nil when there is none.
  static func answer(
    to key: String, of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> (hash: Digest, status: Int, body: String?)? {
    try db.first(
      """
      select request_hash, status, body from repeated_request
      where account_id = \(account) and key = \(key) and status is not null
      """
    ) { row throws(PostgresError) in (try row.next(), try row.next(), try row.next()) }
  }

  /// Removes the oldest answers of people who have more than `most`; returns their number.
  package static func removeSurplus(
    over most: Int, limit: Int, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.run(
      """
      delete from repeated_request where (account_id, key) in (
        select s.account_id, s.key
        from (
          select account_id from repeated_request group by account_id having count(*) > \(most)
        ) many
        cross join lateral (
          select r.account_id, r.key from repeated_request r
          where r.account_id = many.account_id
          order by r.created_at desc, r.key offset \(most)
        ) s
        limit \(limit))
      """)
  }

  /// Removes answers that are older than a day, at most so many; returns their number.
  package static func removeOld(limit: Int, _ db: Connection) throws(PostgresError) -> Int {
    try db.run(
      """
      delete from repeated_request where (account_id, key) in (
        select account_id, key from repeated_request
        where created_at < now() - interval '1 day'
        order by created_at limit \(limit))
      """)
  }
}
