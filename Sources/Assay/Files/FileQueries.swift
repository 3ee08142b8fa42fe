internal import Cryptography
internal import Postgres
internal import Storage
internal import Vocabulary
internal import Web

/// Every SQL statement of the `/api` face's files.
enum FileQueries {
  /// Stored bytes for download.
  struct Original {
    let sha256: Digest
    let mime: String
    let filename: String
    /// Whether the file is known to be damaged.
    let isDamaged: Bool

    /// The Content-Type; texts are always UTF-8.
    var contentType: String { mime == StoredBytes.textType ? "\(mime); charset=utf-8" : mime }
  }

  private static let columns: SQL = """
    i.item_id, i.project_id, i.filename, b.mime, b.size_bytes, b.width, b.height,
    case when b.damaged_at is null then i.state::text else 'damaged' end, i.created_at, i.sha256,
    \(PreviewQueries.version)
    """

  private static let present: SQL = """
    item i
    join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
    where i.excluded_because is distinct from 'deleted'
    """

  /// Returns the files of a project with these digests, in the given order.
  ///
  /// It asks for 500 at a time, so that no statement takes long with any query plan.
  static func files(
    holding digests: [Digest], in project: ID<Project>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Files.File] {
    var seen: Set<Digest> = []
    var rest = digests.filter { seen.insert($0).inserted }.map(Hex.encode)[...]
    var files: [Files.File] = []
    while !rest.isEmpty {
      let some = Array(rest.prefix(500))
      rest = rest.dropFirst(some.count)
      files += try db.all(
        """
        select \(columns)
        from unnest(\(some)::text[]) with ordinality as given (digest, place), \(present)
          and i.project_id = \(project) and i.sha256 = decode(given.digest, 'hex')
        order by given.place
        """
      ) { row throws(PostgresError) in try file(&row, links) }
    }
    return files
  }

  /// The condition that a user has uploaded the item.
  ///
  /// Users who were removed from its organization no longer see it.
  private static func isBrought(by user: ID<Account>, seesAll: Bool) -> SQL {
    """
    i.created_by = \(user) and (\(seesAll)::boolean or exists (
      select from membership m
      where m.organization_id = i.organization_id and m.account_id = \(user)))
    """
  }

  /// Returns a user's files, newest first.
  static func list(
    of user: ID<Account>, for caller: Caller, limit: Int, offset: Int, _ links: ImageLinks,
    _ db: Connection
  ) throws(PostgresError) -> [Files.File] {
    try db.all(
      """
      select \(columns) from \(present) and \(isBrought(by: user, seesAll: caller.seesAll))
      order by i.item_id desc limit \(limit) offset \(offset)
      """
    ) { row throws(PostgresError) in try file(&row, links) }
  }

  /// Returns the number of a user's files.
  static func count(
    of user: ID<Account>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.one(
      """
      select count(*) from item i
      where i.excluded_because is distinct from 'deleted'
        and \(isBrought(by: user, seesAll: caller.seesAll))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Locks the rows of a deletion in the same order as uploads do.
  ///
  /// It also prevents the file's project from being assigned to labelers meanwhile.
  static func lock(_ file: ID<Item>, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      select from item i
      join project p on p.project_id = i.project_id
      where i.item_id = \(file)
      for share of p
      """)
    try db.run("select seize_blob(organization_id, sha256) from item where item_id = \(file)")
  }

  /// Deletes a file from its project; its bytes no longer count towards the quota.
  ///
  /// The result is false when it does not exist, or is part of a task.
  static func delete(
    _ file: ID<Item>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update item set state = 'excluded', excluded_because = 'deleted'
      where item_id = \(file) and excluded_because is distinct from 'deleted'
        and (\(caller.seesAll)::boolean or organization_id = \(caller.organization)::uuid)
        and not exists (select from task_item t where t.item_id = item.item_id)
      """) == 1
  }

  /// Returns the stored bytes of a file, or nil.
  static func original(
    _ file: ID<Item>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Original? {
    try db.first(
      """
      select i.sha256, b.mime, i.filename, b.damaged_at is not null from \(present) and i.item_id = \(file)
        and (\(caller.seesAll)::boolean or i.organization_id = \(caller.organization)::uuid)
      """
    ) { row throws(PostgresError) in
      try Original(
        sha256: row.next(), mime: row.next(), filename: row.next(), isDamaged: row.next())
    }
  }

  private static func file(
    _ row: inout Row, _ links: ImageLinks
  ) throws(PostgresError) -> Files.File {
    let (id, project) = (try row.next(ID<Item>.self), try row.next(ID<Project>.self))
    let (filename, mime) = (try row.next(String.self), try row.next(String.self))
    let (size, width, height) = (
      try row.next(Int.self), try row.next(Int?.self), try row.next(Int?.self)
    )
    let (state, createdAt) = (try row.next(String.self), try row.next(Timestamp.self))
    let (sha256, version) = (try row.next(Digest.self), try row.next(Int?.self))
    return Files.File(
      id: id, project: project, filename: filename, mime: mime, size: size, width: width,
      height: height, state: state, createdAt: createdAt,
      previewURL: links.preview(sha256, version: version, mime: mime),
      largePreviewURL: links.preview(sha256, .large, version: version, mime: mime))
  }
}
