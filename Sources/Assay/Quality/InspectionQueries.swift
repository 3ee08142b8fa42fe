internal import Cryptography
internal import Imaging
internal import Labelling
internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement of a quality control chunk, run as the worker.
enum InspectionQueries {
  /// The statements in a file's metadata, its fault, and the measurements of its picture.
  struct Statement {
    let sha256: Digest
    let declared: [Declared]
    let fault: String?
    let measured: Measurements?
  }

  /// Returns the pictures of these items that were not inspected, or lack a measurement.
  static func uninspected(
    _ items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [Digest] {
    try db.all(
      """
      select distinct b.sha256
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[]) and b.damaged_at is null
        -- Workers of an older version may run beside us: they measure less.
        and (b.inspected_at is null
          or b.fault is null and (
            b.entropy is null or b.mime = 'image/jpeg' and b.missing_rows is null))
        and b.mime like 'image/%'  -- texts have nothing to decode
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Records the result of an inspection, and fingerprints unless they exist.
  static func record(
    _ sha256: Digest, of organization: ID<Organization>, _ found: Inspection,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with given as (
        select * from unnest(\(InspectionColumns.arrays(of: [found])))
          as g (\(InspectionColumns.names), \(InspectionColumns.likeness))
      ), compared as (
        insert into likeness (organization_id, sha256, \(InspectionColumns.likeness))
        select \(organization), \(sha256), \(InspectionColumns.likeness) from given
        where whole is not null
        on conflict do nothing
      )
      update blob
      set inspected_at = now(), fault = null,
        (\(InspectionColumns.names)) = (select \(InspectionColumns.names) from given)
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// Records the reason why these bytes cannot be inspected.
  static func record(
    _ sha256: Digest, of organization: ID<Organization>, fault: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update blob set inspected_at = now(), fault = \(fault)
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// Serializes comparisons within an organization, so that no pair is missed.
  static func lockComparison(_ organization: ID<Organization>, _ db: Connection)
    throws(PostgresError)
  {
    try db.run("select pg_advisory_xact_lock(hashtextextended(\(organization.description), 0))")
  }

  /// Returns the metadata statements, faults and measurements of these items.
  static func statements(
    _ items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: Statement] {
    let rows = try db.all(
      """
      select i.item_id, i.sha256, b.declared, b.fault, b.width, b.height, b.frames,
        b.has_position, b.sharpness, b.shadow, b.highlight, b.entropy, b.colour,
        b.stored_rows, b.missing_rows
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in
      let item = try row.next(ID<Item>.self)
      let (sha256, declared) = (try row.next(Digest.self), try row.next(DeclaredColumn?.self))
      let fault = try row.next(String?.self)
      let statement = try Statement(
        sha256: sha256, declared: declared?.statements ?? [], fault: fault,
        measured: measurements(&row, isCorrupt: fault != nil))
      return (item, statement)
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// Reads the measurements; nil for a text, which has no size.
  private static func measurements(
    _ row: inout Row, isCorrupt: Bool
  ) throws(PostgresError) -> Measurements? {
    guard let width = try row.next(Int?.self), let height = try row.next(Int?.self) else {
      return nil
    }
    var measured = Measurements(width: width, height: height)
    measured.isCorrupt = isCorrupt
    measured.frames = try row.next()
    measured.hasPosition = try row.next()
    measured.sharpness = try row.next()
    measured.shadow = try row.next()
    measured.highlight = try row.next()
    measured.entropy = try row.next()
    measured.colour = try row.next()
    measured.rows = try row.next()
    measured.missingRows = try row.next()
    return measured
  }

  /// Records the result of an item, and replaces that of an earlier run.
  static func record(
    _ verdict: Verdict, in project: ID<Project>, of organization: ID<Organization>,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into item_check (
        item_id, organization_id, project_id, duplicate_score, ai_generated_score, source_url,
        flags, evidence)
      select \(verdict.item), \(organization), \(project), 0, \(verdict.origin.score), source_url,
        \(verdict.flags)::text[], \(verdict.evidence)::jsonb
      from item where item_id = \(verdict.item)
      on conflict (item_id) do update
      set duplicate_score = excluded.duplicate_score,
        ai_generated_score = excluded.ai_generated_score, source_url = excluded.source_url,
        flags = excluded.flags, evidence = excluded.evidence, checked_at = now()
      """)
  }

  /// Recomputes the duplicates of all items with these digests.
  ///
  /// It is a database function, because the exclusion of copies needs it too.
  static func settle(
    _ digests: [Digest], in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select settle_duplicates(
        \(organization), \(digests)::bytea[], \(DuplicateScore.flagged)::double precision)
      """)
  }

  /// Marks inspected items as ready.
  static func markReady(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update item set state = 'ready'
      where item_id = any (\(items.map(\.bytes))::uuid[]) and state in ('new', 'checking')
      """)
  }
}
