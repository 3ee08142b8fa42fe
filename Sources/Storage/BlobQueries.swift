package import Cryptography
package import Postgres
package import Vocabulary

internal import Imaging

/// Every SQL statement about blobs and the organizations that have them.
package enum BlobQueries {
  /// A blob according to its rows.
  package struct Known {
    /// The digest, which names the file.
    package let sha256: Digest
    /// The size in bytes.
    package let size: Int
    /// Whether its file is known to be damaged.
    package let isDamaged: Bool
  }

  /// Returns the next blobs by digest, each once, even if several organizations have it.
  package static func known(
    after sha256: Digest, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Known] {
    try db.all(
      """
      select sha256, max(size_bytes), bool_or(damaged_at is not null) from blob
      where sha256 > \(sha256) group by sha256 order by sha256 limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Known(sha256: row.next(), size: row.next(), isDamaged: row.next())
    }
  }

  /// Returns the picture of a visible organization with this digest, or nil.
  package static func picture(
    _ sha256: Digest, _ db: Connection
  ) throws(PostgresError) -> DecodedPicture? {
    try db.first(
      """
      select mime, width, height from blob
      where sha256 = \(sha256) and damaged_at is null and width is not null limit 1
      """
    ) { row throws(PostgresError) in
      try DecodedPicture(mime: row.next(), width: row.next(), height: row.next())
    }
  }

  /// Whether any organization has these bytes.
  package static func isKnown(_ sha256: Digest, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from blob where sha256 = \(sha256))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The result of recording a blob.
  package enum Recorded {
    case new
    /// The organization has the bytes already; they cannot be released until the transaction ends.
    case held
    /// The bytes were released meanwhile and must be recorded again.
    case released
  }

  /// Records stored bytes once per organization, in the given order; returns the result for each.
  ///
  /// Digests must not repeat. All transactions use the same order, so that they cannot deadlock. New
  /// pictures are recorded with their inspections.
  /// - Parameter versions: for each blob the version of its stored previews; nil for none.
  package static func insert(
    _ blobs: [StoredBytes], previewed versions: [Int?], of organization: ID<Organization>,
    _ db: Connection
  ) throws(PostgresError) -> [Recorded] {
    let pictures = blobs.map(\.picture)
    return try db.all(
      """
      with given as (
        select g.* from unnest(
          \(blobs.map(\.sha256))::bytea[], \(blobs.map(\.size))::bigint[],
          \(blobs.map(\.mime))::text[], \(pictures.map { $0?.width })::int[],
          \(pictures.map { $0?.height })::int[], \(versions)::smallint[],
          \(InspectionColumns.arrays(of: pictures.map { $0?.inspection }))
        ) with ordinality as g (
          sha256, size_bytes, mime, width, height, preview_version, \(InspectionColumns.names),
          \(InspectionColumns.likeness), place)
      ), new as (
        insert into blob (
          organization_id, sha256, size_bytes, mime, width, height, previewed_at, preview_version,
          inspected_at, \(InspectionColumns.names))
        select \(organization), sha256, size_bytes, mime, width, height,
          case when preview_version is not null then now() end, coalesce(preview_version, 1),
          case when declared is not null then now() end, \(InspectionColumns.names)
        from given order by place
        on conflict do nothing
        returning sha256
      ), compared as (
        insert into likeness (organization_id, sha256, \(InspectionColumns.likeness))
        select \(organization), sha256, \(InspectionColumns.likeness) from given
        where whole is not null and sha256 in (select sha256 from new)
        order by place
      ), added as (
        select sha256, place, sha256 in (select sha256 from new) as is_new from given
      )
      select is_new, case when not is_new then hold_blob(\(organization), sha256) end
      from added order by place
      """
    ) { row throws(PostgresError) in
      if try row.next(Bool.self) { return .new }
      return try row.next(Bool?.self) == true ? .held : .released
    }
  }

  /// Blocks removals until this transaction, which is about to record blobs, ends.
  ///
  /// It waits longer than other statements: for a removal, or for a transaction that records the
  /// same ten thousand blobs.
  package static func lockAgainstRemoval(_ db: Connection) throws(PostgresError) {
    try db.run(
      """
      select set_config('lock_timeout', '20s', true), set_config('statement_timeout', '20s', true)
      """)
    try db.run("select pg_advisory_xact_lock_shared(hashtextextended('store', 0))")
  }

  /// Waits for transactions that record blobs, and blocks new ones until this transaction ends.
  /// - Throws: `.timeout` after one second, because uploads queue behind this lock.
  static func lockForRemoval(_ db: Connection) throws(PostgresError) {
    try db.run("set local lock_timeout = '1s'")
    try db.run("select pg_advisory_xact_lock(hashtextextended('store', 0))")
  }

  /// Marks a file as damaged for every organization; false when none has it, or all are marked.
  package static func markDamaged(_ sha256: Digest, _ db: Connection) throws(PostgresError) -> Bool
  {
    try db.run(
      "update blob set damaged_at = now() where sha256 = \(sha256) and damaged_at is null") > 0
  }

  /// Releases stored bytes that an organization did not use; the sweeper removes them.
  package static func release(
    _ digests: [Digest], of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into released_blob (organization_id, sha256)
      select distinct \(organization)::uuid, sha256 from unnest(\(digests)::bytea[]) as given (sha256)
      on conflict do nothing
      """)
  }

  /// Whether any bytes were released.
  package static func hasReleased(_ db: Connection) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from released_blob)"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Takes the next released bytes from the list.
  package static func takeReleased(limit: Int, _ db: Connection) throws(PostgresError) -> [Digest] {
    try db.all(
      """
      delete from released_blob r
      using (
        select organization_id, sha256 from released_blob order by released_at limit \(limit)
      ) next
      where r.organization_id = next.organization_id and r.sha256 = next.sha256
      returning r.sha256
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns announced uploads whose addresses expired this many seconds ago, oldest first.
  package static func lateUploads(
    olderThan seconds: Int, youngerThan most: Int? = nil, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [ID<Upload>] {
    try db.all(
      """
      select upload_id from upload
      where state = 'presigned' and expires_at < now() - \(seconds)::int * interval '1 second'
        and expires_at
          >= coalesce(now() - \(most)::int * interval '1 second', '-infinity'::timestamptz)
      order by expires_at limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Expires announced uploads, unless they were completed meanwhile.
  package static func expire(_ uploads: [ID<Upload>], _ db: Connection) throws(PostgresError) -> Int
  {
    try db.run(
      """
      update upload set state = 'expired'
      where upload_id = any (\(uploads.map(\.bytes))::uuid[]) and state = 'presigned'
      """)
  }
}
