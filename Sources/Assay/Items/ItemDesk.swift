internal import HTTP
internal import Logging
internal import Postgres

/// Makes items of stored bytes, inside a transaction of the caller's.
struct ItemDesk {
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let account: ID<Account>
  private let store: Store
  private let db: Connection

  init(
    project: ID<Project>, organization: ID<Organization>, account: ID<Account>, _ store: Store,
    _ db: Connection
  ) {
    self.project = project
    self.organization = organization
    self.account = account
    self.store = store
    self.db = db
  }

  /// Runs a transaction that records bytes; when it fails, what was stored for them is given up.
  func transaction<Result>(
    recording stored: [StoredBytes], _ body: (Connection) throws -> Result
  ) throws -> Result {
    do {
      return try db.transaction(body)
    } catch {
      do {
        try BlobQueries.release(stored.map(\.sha256), of: organization, db)
      } catch let fault {
        // The daily look for files without a row finds them.
        Logger.assay.warning("files left behind", metadata: ["error": "\(fault)"])
      }
      throw error
    }
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
      try store.confirm(blob.sha256)
      if try isNew(blob) { bytes += blob.size }
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

  /// Records the bytes; whether the organization did not have them.
  private func isNew(_ blob: StoredBytes) throws -> Bool {
    for _ in 0..<10 {
      switch try ItemQueries.insertBlob(blob, of: organization, db) {
      case .new: return true
      case .held: return false
      case .released: continue
      }
    }
    throw PostgresError.conflict("the blob comes and goes")
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
