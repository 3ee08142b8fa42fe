internal import Cryptography
internal import Imaging
internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement about items.
enum ItemQueries {
  /// Makes items from stored bytes, or restores deleted ones; returns how many are new.
  ///
  /// Digests must not repeat.
  static func insert(
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

  /// The owner of an import's items.
  struct Target {
    let organization: ID<Organization>
    let creator: ID<Account>
  }

  /// Returns the organization of a project and its creator, or nil.
  static func target(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Target? {
    try db.first(
      "select organization_id, created_by from project where project_id = \(project)"
    ) { row throws(PostgresError) in
      try Target(organization: row.next(), creator: row.next())
    }
  }
}
