internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the store that the database names.
enum StoreMarkerQueries {
  /// Returns the id of the database's store; nil before its first use.
  static func named(_ db: Connection) throws(PostgresError) -> ID<Store>? {
    try db.one("select store_id from site_store") { row throws(PostgresError) in try row.next() }
  }

  /// Names the store if none is named; returns the id that is in force.
  static func claim(_ id: ID<Store>, _ db: Connection) throws(PostgresError) -> ID<Store> {
    try db.one("select claim_store(\(id))") { row throws(PostgresError) in try row.next() }
  }

  /// Names another store, over the owner's connection.
  static func set(_ id: ID<Store>, _ db: Connection) throws(PostgresError) {
    try db.run("update site_store set store_id = \(id)")
  }

  /// Returns the digests of some files that must be in the store.
  static func sampledBlobs(most: Int, _ db: Connection) throws(PostgresError) -> [Digest] {
    try db.all("select sha256 from sampled_blobs(\(most)::int) as found (sha256)") {
      row throws(PostgresError) in try row.next()
    }
  }
}
