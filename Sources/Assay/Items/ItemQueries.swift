internal import Cryptography
internal import Imaging
internal import Postgres

/// Every SQL statement about items and the blobs they show.
enum ItemQueries {
  /// What became of stored bytes that were to be recorded.
  enum Recorded {
    case new
    /// The organization has them, and keeps them until the transaction ends.
    case held
    /// Somebody released them at this very moment: they must be recorded again.
    case released
  }

  /// Records stored bytes once per organization, in the order given; what became of each.
  ///
  /// No two may be equal. All who record keep one order, so that none waits for another in a ring.
  static func insertBlobs(
    _ blobs: [StoredBytes], of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> [Recorded] {
    try db.all(
      """
      with given as (
        select g.* from unnest(
          \(blobs.map(\.sha256))::bytea[], \(blobs.map(\.size))::bigint[],
          \(blobs.map(\.mime))::text[], \(blobs.map(\.width))::int[], \(blobs.map(\.height))::int[]
        ) with ordinality as g (sha256, size_bytes, mime, width, height, place)
      ), new as (
        insert into blob (organization_id, sha256, size_bytes, mime, width, height)
        select \(organization), sha256, size_bytes, mime, width, height from given order by place
        on conflict do nothing
        returning sha256
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

  /// A picture that an organization in sight stores already, under another name; nil when none does.
  static func picture(
    _ sha256: Digest, named filename: String, _ db: Connection
  ) throws(PostgresError) -> StoredBytes? {
    try db.first(
      """
      select size_bytes, mime, width, height from blob
      where sha256 = \(sha256) and damaged_at is null and width is not null limit 1
      """
    ) { row throws(PostgresError) in
      try StoredBytes(
        filename: filename, sha256: sha256, size: row.next(), mime: row.next(), width: row.next(),
        height: row.next())
    }
  }

  /// Makes items of stored bytes, or brings deleted ones back; how many the project did not have.
  ///
  /// No two may be of equal bytes.
  static func insertItems(
    _ items: [(id: ID<Item>, blob: StoredBytes)], in project: ID<Project>,
    of organization: ID<Organization>, by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.run(
      """
      insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
      select g.item_id, \(organization), \(project), g.sha256, g.filename, \(account)
      from unnest(
        \(items.map(\.id.bytes))::uuid[], \(items.map(\.blob.sha256))::bytea[],
        \(items.map(\.blob.filename))::text[]
      ) with ordinality as g (item_id, sha256, filename, place)
      order by g.place
      on conflict on constraint item_once_per_project do update
      set state = 'new', excluded_because = null, filename = excluded.filename
      where item.excluded_because = 'deleted'
      """)
  }

  /// Whose items an import makes.
  struct Target {
    let organization: ID<Organization>
    let creator: ID<Account>
  }

  /// The organization of a project and who created it.
  static func target(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Target? {
    try db.first(
      "select organization_id, created_by from project where project_id = \(project)"
    ) { row throws(PostgresError) in
      try Target(organization: row.next(), creator: row.next())
    }
  }

  /// Counts what was added and gives the new sums; locks the organization's row.
  static func count(
    bytes: Int, items: Int, in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Room {
    try db.one(
      """
      update organization o
      set used_bytes = used_bytes + \(bytes)::bigint, used_items = used_items + \(items)::bigint
      from site_limits l
      where o.organization_id = \(organization)
      returning \(UsageQueries.roomColumns)
      """, UsageQueries.room)
  }

  /// The items of a project, newest first.
  static func list(
    in project: ID<Project>, limit: Int, after: UUIDBytes?, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Uploads.Row] {
    try db.all(
      """
      select i.item_id, i.filename, i.sha256, b.mime, b.size_bytes, i.created_at,
        \(PreviewQueries.version)
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.project_id = \(project) and i.excluded_because is distinct from 'deleted'
        and i.item_id < \(after ?? .last)
      order by i.item_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      let (image, filename) = (try row.next(ID<Item>.self), try row.next(String.self))
      let (sha256, mime) = (try row.next(Digest.self), try row.next(String.self))
      return try Uploads.Row(
        image: image, project: project, filename: filename, sha256: sha256, mime: mime,
        size: row.next(), createdAt: row.next(),
        previewURL: links.previewAddress(sha256, version: row.next(), mime: mime))
    }
  }
}
