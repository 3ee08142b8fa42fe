internal import HTTP
internal import Postgres

/// Makes items of stored bytes, inside a transaction of the caller's.
struct ItemDesk {
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let account: ID<Account>
  private let db: Connection

  init(
    project: ID<Project>, organization: ID<Organization>, account: ID<Account>, _ db: Connection
  ) {
    self.project = project
    self.organization = organization
    self.account = account
    self.db = db
  }

  /// Records the bytes; tells how many are new to the project.
  /// - Throws: 413 when the organization may not store as much.
  func record(_ stored: [StoredBytes]) throws -> Int {
    try BlobQueries.lockAgainstRemoval(db)
    var (items, bytes) = (0, 0)
    // Ids in the order of the upload, rows in an order that all keep: two uploads of the same
    // bytes cannot wait for each other.
    let rows = stored.map { (id: ID<Item>.new(), blob: $0) }
    for (id, blob) in rows.sorted(by: {
      $0.blob.sha256.lexicographicallyPrecedes($1.blob.sha256)
    }) {
      let isNew = try ItemQueries.insertBlob(blob, of: organization, db) > 0
      if isNew { bytes += blob.size }
      items += try ItemQueries.insertItem(
        id, blob, in: project, of: organization, by: account, db)
    }
    guard items + bytes > 0 else { return 0 }
    try checkQuota(
      try ItemQueries.count(bytes: bytes, items: items, in: organization, db),
      addedBytes: bytes, addedItems: items)
    if stored.contains(where: \.isPicture) {
      try StandingJobQueries.wake(
        PreviewJob.kind, on: project, of: organization, by: account, db)
    }
    return items
  }

  private func checkQuota(
    _ usage: ItemQueries.Usage, addedBytes: Int, addedItems: Int
  ) throws(Problem) {
    if let quota = usage.byteQuota, usage.bytes > quota {
      let left = max(0, quota - usage.bytes + addedBytes)
      throw Problem(413, "The organization may store \(left) bytes more; these are \(addedBytes).")
    }
    if let quota = usage.itemQuota, usage.items > quota {
      let left = max(0, quota - usage.items + addedItems)
      throw Problem(413, "The organization may hold \(left) images more; these are \(addedItems).")
    }
  }
}
