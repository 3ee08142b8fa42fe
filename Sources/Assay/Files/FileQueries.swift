internal import Cryptography
internal import Postgres

/// Every SQL statement of the `/api` face's files.
enum FileQueries {
  /// Stored bytes as their owner may have them.
  struct Original {
    let sha256: Digest
    let mime: String
    let filename: String
    /// Whether the file is known not to be what was stored.
    let isDamaged: Bool

    /// What it is sent as: texts are taken in UTF-8 alone.
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

  /// The files of a project that hold these bytes, in their order.
  ///
  /// A few hundred at a time: however PostgreSQL goes about it, no statement takes long.
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

  /// Whether a user has uploaded the item; users who were removed from its organization do not see
  /// it any more.
  private static func isBrought(by user: ID<Account>, seesAll: Bool) -> SQL {
    """
    i.created_by = \(user) and (\(seesAll)::boolean or exists (
      select from membership m
      where m.organization_id = i.organization_id and m.account_id = \(user)))
    """
  }

  /// A user's files, newest first.
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

  /// How many files a user has.
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

  /// Locks what a deletion touches in the order of uploads, and keeps the file's project from
  /// being given to labelers meanwhile.
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

  /// Takes a file out of its project; what it held goes with it, and off the quota.
  ///
  /// False when it is not there, or when somebody has been given it to label.
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

  /// What a file's bytes are.
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
