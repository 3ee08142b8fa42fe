internal import Imaging
internal import Labelling
internal import Postgres

/// Every SQL statement a chunk of quality control runs, as the worker.
enum InspectionQueries {
  /// Stored bytes that were never inspected.
  struct Uninspected {
    let sha256: [UInt8]
    let mime: String
  }

  /// Which of these items' pictures are still to be inspected.
  static func uninspected(
    _ items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [Uninspected] {
    try db.all(
      """
      select distinct b.sha256, b.mime
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[]) and b.inspected_at is null
        and b.damaged_at is null
        and b.mime like 'image/%'  -- texts have nothing to decode
      """
    ) { row throws(PostgresError) in
      try Uninspected(sha256: row.next(), mime: row.next())
    }
  }

  /// Records what an inspection found.
  static func record(
    _ sha256: [UInt8], of organization: ID<Organization>, fingerprint: [UInt8], texture: Double,
    declared: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update blob
      set inspected_at = now(), fingerprint = \(fingerprint), texture = \(texture),
        declared = \(declared)::jsonb, fault = null
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// Records that these bytes cannot be inspected, and why.
  static func record(
    _ sha256: [UInt8], of organization: ID<Organization>, fault: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update blob set inspected_at = now(), fault = \(fault)
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// One chunk at a time compares in an organization, so that no pair is missed by both sides.
  static func lockComparison(_ organization: ID<Organization>, _ db: Connection)
    throws(PostgresError)
  {
    try db.run("select pg_advisory_xact_lock(hashtextextended(\(organization.description), 0))")
  }

  /// The organization's inspected items that count in comparisons: checked before, or in this chunk.
  static func candidates(
    _ chunk: Chunk, _ db: Connection
  ) throws(PostgresError) -> [Candidate] {
    try db.all(
      """
      select i.item_id, i.project_id, i.sha256, b.fingerprint, b.texture
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.organization_id = \(chunk.organization) and i.state <> 'excluded'
        and (i.item_id = any (\(chunk.items.map(\.bytes))::uuid[])
             or exists (select from item_check c where c.item_id = i.item_id))
      """
    ) { row throws(PostgresError) in
      try Candidate(
        item: row.next(), project: row.next(), sha256: row.next(),
        fingerprint: row.next([UInt8]?.self).flatMap { Fingerprint(bytes: $0) },
        texture: row.next(Double?.self) ?? 0)
    }
  }

  /// What the files of these items say of themselves, and what was wrong with them.
  static func statements(
    _ items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: (declared: String?, fault: String?)] {
    let rows = try db.all(
      """
      select i.item_id, b.declared, b.fault
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in
      (try row.next(ID<Item>.self), (try row.next(String?.self), try row.next(String?.self)))
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// Writes an item's final word, replacing an earlier run's.
  static func record(
    _ verdict: Verdict, in project: ID<Project>, of organization: ID<Organization>,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into item_check (
        item_id, organization_id, project_id, duplicate_score, ai_generated_score, source_url,
        flags, evidence)
      select \(verdict.item), \(organization), \(project), \(verdict.duplicate.score),
        \(verdict.origin.score), source_url, \(verdict.flags)::text[],
        \(verdict.evidence)::jsonb
      from item where item_id = \(verdict.item)
      on conflict (item_id) do update
      set duplicate_score = excluded.duplicate_score,
        ai_generated_score = excluded.ai_generated_score, source_url = excluded.source_url,
        flags = excluded.flags, evidence = excluded.evidence, checked_at = now()
      """)
  }

  /// Raises the score of an item checked earlier to that of a copy that came later.
  static func raise(
    _ item: ID<Item>, _ match: Match, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update item_check
      set duplicate_score = \(match.score),
        flags = array_remove(array[\(match.flag)::text], null)
          || array_remove(array_remove(flags, 'near_duplicate'), 'exact_duplicate'),
        evidence = evidence || \(match.evidence)::jsonb
      where item_id = \(item) and (duplicate_score < \(match.score)
        or duplicate_score = \(match.score)
          and evidence #>> '{duplicate,image_id}' > \(match.other?.description))
      """)
  }

  /// The items have been looked at.
  static func markReady(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update item set state = 'ready'
      where item_id = any (\(items.map(\.bytes))::uuid[]) and state in ('new', 'checking')
      """)
  }
}
