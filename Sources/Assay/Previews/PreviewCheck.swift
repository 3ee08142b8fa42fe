internal import Cryptography
internal import Glibc
internal import Postgres

/// Compares the files of previews with what the rows say of them.
struct PreviewCheck {
  private let store: Store
  private let db: Connection
  private let report: (String) -> Void

  /// A worker may be between its rename and its commit; older files than this are nobody's.
  private static let orphanAge = 86_400

  init(_ store: Store, _ db: Connection, report: @escaping (String) -> Void) {
    self.store = store
    self.db = db
    self.report = report
  }

  /// Looks at rows and files both ways; tells how many findings there are.
  /// - Parameter repairs: whether orphans are removed, and lost previews made again.
  func compare(repairs: Bool) throws -> Int {
    let findings = try rowsWithoutFiles(repairs: repairs) + filesWithoutBlobs(repairs: repairs)
    if repairs { try PreviewJob.wakeForgotten(db) }
    return findings
  }

  /// Removes previews of blobs that are gone.
  func removeOrphans() throws -> Int { try filesWithoutBlobs(repairs: true) }

  private func rowsWithoutFiles(repairs: Bool) throws -> Int {
    var findings = 0
    var last: [UInt8] = []
    while case let blobs = try PreviewQueries.previewed(after: last, limit: 1000, db),
      let next = blobs.last
    {
      for sha256 in blobs where !store.hasPreviews(of: sha256) {
        findings += 1
        report("lost \(Hex.encode(sha256)): a preview has no file")
        if repairs { try PreviewQueries.forget(sha256, db) }
      }
      last = next
    }
    return findings
  }

  private func filesWithoutBlobs(repairs: Bool) throws -> Int {
    var findings = 0
    try store.eachPreview { preview in
      // A damaged blob's file is out of sight, but its row stands, and its preview is good.
      guard preview.age > Self.orphanAge, store.size(of: preview.sha256) == nil,
        try !BlobQueries.isKnown(preview.sha256, db)
      else { return }
      findings += 1
      report("orphan \(Hex.encode(preview.sha256)): a preview that no row names")
      if repairs { try removeOrphan(preview) }
    }
    return findings
  }

  /// Looks once more behind the lock: the same bytes may have come again meanwhile.
  private func removeOrphan(_ preview: Store.StoredPreview) throws {
    try db.transaction { db in
      try BlobQueries.lockForRemoval(db)
      if try !BlobQueries.isKnown(preview.sha256, db) { unlink(preview.path) }
    }
  }
}
