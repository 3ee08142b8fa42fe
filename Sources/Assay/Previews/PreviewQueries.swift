internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement about previews.
enum PreviewQueries {
  /// Whether the blob `b` has previews.
  static let made: SQL = "(b.previewed_at is not null and b.preview_fault is null)"

  /// The version of the previews of the blob `b`; null when it has none.
  static let version: SQL = "case when \(made) then b.preview_version end"

  /// Whether previews of the blob `b` are still to be made.
  ///
  /// The text equals that of the index `blob_due_previews`, so that the planner uses it.
  private static let missing: SQL = """
    (b.previewed_at is null or b.preview_asked_at is not null) and b.mime like 'image/%'
    """

  /// Returns a project's next pictures whose previews are to be made, by digest.
  static func waiting(
    in project: ID<Project>, of organization: ID<Organization>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Digest] {
    try db.all(
      """
      select b.sha256 from blob b
      where b.organization_id = \(organization) and \(missing) and exists (
        select from item i
        where i.project_id = \(project) and i.sha256 = b.sha256
          and i.excluded_because is distinct from 'deleted')
      order by b.sha256
      limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Records that previews were made, or a fault; with a fault, existing previews stay in use.
  static func record(
    _ sha256: Digest, of organization: ID<Organization>, fault: String?, _ db: Connection
  ) throws(PostgresError) {
    let stays: SQL = "(\(fault)::text is not null and \(made))"
    try db.run(
      """
      update blob b
      set preview_asked_at = null,
        preview_version = case when \(stays) then b.preview_version
          else \(PreviewVersion.current)::smallint end,
        previewed_at = case when \(stays) then b.previewed_at else now() end,
        preview_fault = case when \(stays) then null else \(fault) end
      where b.organization_id = \(organization) and b.sha256 = \(sha256)
      """)
  }

  /// A project whose pictures wait for previews without an open job.
  struct Forgotten {
    let project: ID<Project>
    let organization: ID<Organization>
    let creator: ID<Account>
  }

  /// Returns the projects whose pictures wait for previews without an open job.
  ///
  /// It reads the first thousand waiting pictures of each organization; the next call finds others
  /// when these are made.
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
        where j.project_id = p.project_id and j.kind = \(PreviewJob.name)
          and j.state in ('pending', 'queued', 'running'))
      """
    ) { row throws(PostgresError) in
      try Forgotten(project: row.next(), organization: row.next(), creator: row.next())
    }
  }

  /// The previews that a row names.
  struct Named {
    let sha256: Digest
    let version: Int
  }

  /// Returns the next previews by digest and version, each once, even if several organizations
  /// have the blob.
  static func previewed(
    after last: Named, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Named] {
    try db.all(
      """
      select distinct b.sha256, b.preview_version from blob b
      where (b.sha256, b.preview_version) > (\(last.sha256), \(last.version)::smallint) and \(made)
      order by b.sha256, b.preview_version limit \(limit)
      """
    ) { row throws(PostgresError) in try Named(sha256: row.next(), version: row.next()) }
  }

  /// Marks lost previews as missing, so that they are made again.
  static func forget(_ previews: Named, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update blob b set previewed_at = null, preview_version = 1
      where b.sha256 = \(previews.sha256) and b.preview_version = \(previews.version)::smallint
        and \(made)
      """)
  }

  /// Returns the digests whose previews of a version are no longer needed.
  ///
  /// A row needs them when it names them, or may name them soon. A row with newer ones needs them
  /// until all links to them have expired.
  static func outdated(
    _ digests: [Digest], version: Int, _ db: Connection
  ) throws(PostgresError) -> [Digest] {
    try db.all(
      """
      select given.sha256 from unnest(\(digests)::bytea[]) as given (sha256)
      where not exists (
        select from blob b
        where b.sha256 = given.sha256 and (
          b.preview_version = \(version)::smallint or b.previewed_at is null
          or b.previewed_at > now() - make_interval(secs => \(LinkLife.longest))))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Requests new previews of the next pictures that have older ones; returns these pictures by
  /// organization and digest.
  static func ask(
    _ pictures: SQL, after last: Asked, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Asked] {
    try db.all(
      """
      with due as (
        select b.organization_id, b.sha256 from blob b
        where (b.organization_id, b.sha256) > (\(last.organization)::uuid, \(last.sha256))
          and b.mime like 'image/%' and b.previewed_at is not null
          and b.preview_version < \(PreviewVersion.current)::smallint and \(pictures)
        order by b.organization_id, b.sha256 limit \(limit)
      ), asked as (
        update blob b set preview_asked_at = now() from due
        where b.organization_id = due.organization_id and b.sha256 = due.sha256
        returning b.organization_id, b.sha256
      )
      select organization_id, sha256 from asked order by organization_id, sha256
      """
    ) { row throws(PostgresError) in try Asked(organization: row.next(), sha256: row.next()) }
  }

  /// The condition that the blob `b` belongs to an organization.
  static func pictures(of organization: ID<Organization>) -> SQL {
    "b.organization_id = \(organization)"
  }

  /// The condition that the blob `b` is shown in a request.
  static func pictures(in project: ID<Project>) -> SQL {
    """
    exists (
      select from item i
      where i.project_id = \(project) and i.organization_id = b.organization_id
        and i.held_sha256 = b.sha256)
    """
  }

  /// A picture whose new previews were requested.
  struct Asked {
    let organization: UUIDBytes
    let sha256: Digest
  }

  /// Returns an account's own organization; nil when it has none.
  static func organization(
    of username: String, _ db: Connection
  ) throws(PostgresError) -> ID<Organization>? {
    try db.first(
      """
      select o.organization_id from organization o join account a using (organization_id)
      where lower(a.username) = lower(\(username))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Whether the request exists.
  static func isKnown(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from project where project_id = \(project))"
    ) { row throws(PostgresError) in try row.next() }
  }
}
