internal import Postgres

/// Every SQL statement about previews.
enum PreviewQueries {
  /// Whether the previews of the blob `b` can be had.
  static let made: SQL = "(b.previewed_at is not null and b.preview_fault is null)"

  /// Whether the blob `b` is still to get them: the words of its index.
  private static let missing: SQL = "b.previewed_at is null and b.mime like 'image/%'"

  /// Stored bytes without previews.
  struct Original {
    let sha256: [UInt8]
    let width: Int
    let height: Int
  }

  /// The next of a project's pictures that are to get previews, in the order of their digests.
  static func waiting(
    in project: ID<Project>, of organization: ID<Organization>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Original] {
    try db.all(
      """
      select b.sha256, b.width, b.height from blob b
      where b.organization_id = \(organization) and \(missing) and exists (
        select from item i
        where i.project_id = \(project) and i.sha256 = b.sha256
          and i.excluded_because is distinct from 'deleted')
      order by b.sha256
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Original(sha256: row.next(), width: row.next(), height: row.next())
    }
  }

  /// Records that previews are made, or why there will be none.
  static func record(
    _ sha256: [UInt8], of organization: ID<Organization>, fault: String?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update blob set previewed_at = now(), preview_fault = \(fault)
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// A project whose pictures wait, though nobody is going to look.
  struct Forgotten {
    let project: ID<Project>
    let organization: ID<Organization>
    let creator: ID<Account>
  }

  /// Projects with pictures from before there were previews, or whose job was given up.
  ///
  /// Of each organization the first thousand pictures that wait are looked at: those behind them
  /// have their turn when these are made.
  static func forgotten(_ db: Connection) throws(PostgresError) -> [Forgotten] {
    try db.all(
      """
      with recursive waiting as (
        (select b.organization_id from blob b where \(missing)
         order by b.organization_id limit 1)
        union all
        select (
          select b.organization_id from blob b
          where \(missing) and b.organization_id > w.organization_id
          order by b.organization_id limit 1)
        from waiting w where w.organization_id is not null
      )
      select distinct p.project_id, p.organization_id, p.created_by
      from waiting w
      cross join lateral (
        select b.sha256 from blob b
        where b.organization_id = w.organization_id and \(missing)
        order by b.sha256 limit 1000) b
      join item i on i.organization_id = w.organization_id and i.held_sha256 = b.sha256
      join project p on p.project_id = i.project_id
      where not exists (
        select from job j
        where j.project_id = p.project_id and j.kind = \(PreviewJob.kind)
          and j.state in ('pending', 'queued', 'running'))
      """
    ) { row throws(PostgresError) in
      try Forgotten(project: row.next(), organization: row.next(), creator: row.next())
    }
  }

  /// The next blobs, in the order of their digests, that are said to have previews.
  static func previewed(
    after sha256: [UInt8], limit: Int, _ db: Connection
  ) throws(PostgresError) -> [[UInt8]] {
    try db.all(
      """
      select distinct b.sha256 from blob b
      where b.sha256 > \(sha256) and \(made) order by b.sha256 limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Has previews made again that are lost.
  static func forget(_ sha256: [UInt8], _ db: Connection) throws(PostgresError) {
    try db.run("update blob b set previewed_at = null where b.sha256 = \(sha256) and \(made)")
  }
}
