internal import Cryptography
internal import Glibc
internal import Postgres
internal import Storage

/// Compares the files of previews with the rows that name them.
struct PreviewCheck {
  private let store: Store
  private let db: Connection
  private let report: (String) -> Void

  /// The age in seconds from which a file without a row is an orphan: an upload or a worker may be
  /// between its rename and its commit.
  private static let orphanAge = 86_400

  init(_ store: Store, _ db: Connection, report: @escaping (String) -> Void) {
    self.store = store
    self.db = db
    self.report = report
  }

  /// Looks for rows without files and files without rows; returns the number of findings.
  /// - Parameters:
  ///   - repairs: whether orphans are removed, and lost previews made again.
  ///   - age: the minimum age of an orphan in seconds; nil for a day.
  func compare(repairs: Bool, age: Int?) throws -> Int {
    let findings =
      try rowsWithoutFiles(repairs: repairs) + filesWithoutBlobs(repairs: repairs, age: age)
    if repairs {
      _ = try removeOutdated()
      try PreviewJob.wakeForgotten(db)
    }
    return findings
  }

  /// Removes previews of deleted blobs, and replaced previews; returns their number.
  func removeOrphans(age: Int?) throws -> Int {
    try filesWithoutBlobs(repairs: true, age: age) + removeOutdated()
  }

  /// The maximum number of digests per statement.
  private static let batch = 500

  /// Moves previews of earlier versions that no row names to `doomed/`, and reports nothing.
  private func removeOutdated() throws -> Int {
    var (removed, waiting) = (0, [Int: Set<Digest>]())
    try store.eachPreview { preview in
      guard preview.version < PreviewVersion.current else { return }
      waiting[preview.version, default: []].insert(preview.sha256)
      if let some = waiting[preview.version], some.count >= Self.batch {
        waiting[preview.version] = nil
        removed += try doomOutdated(some, version: preview.version)
      }
    }
    for (version, some) in waiting { removed += try doomOutdated(some, version: version) }
    return removed
  }

  /// Checks again under the lock, because a worker may have recorded previews found on the disk.
  private func doomOutdated(_ digests: Set<Digest>, version: Int) throws -> Int {
    let outdated = try PreviewQueries.outdated(Array(digests), version: version, db)
    guard !outdated.isEmpty else { return 0 }
    return try Removal.transaction(db) { db in
      let still = try PreviewQueries.outdated(outdated, version: version, db)
      for sha256 in still { store.doomPreviews(of: sha256, version: version) }
      return still.count
    }
  }

  private func rowsWithoutFiles(repairs: Bool) throws -> Int {
    var findings = 0
    var last = PreviewQueries.Named(sha256: .zero, version: 0)
    while case let named = try PreviewQueries.previewed(after: last, limit: 1000, db),
      let next = named.last
    {
      for previews in named
      where !store.hasPreviews(of: previews.sha256, version: previews.version) {
        findings += 1
        report("lost \(Hex.encode(previews.sha256)): a preview has no file")
        if repairs { try PreviewQueries.forget(previews, db) }
      }
      last = next
    }
    return findings
  }

  private func filesWithoutBlobs(repairs: Bool, age: Int?) throws -> Int {
    var findings = 0
    try store.eachPreview { preview in
      // The file of a damaged blob was moved away, but the blob has a row, and its preview is good.
      guard preview.age >= age ?? Self.orphanAge, store.size(of: preview.sha256) == nil,
        try !BlobQueries.isKnown(preview.sha256, db)
      else { return }
      findings += 1
      report("orphan \(Hex.encode(preview.sha256)): a preview that the database does not list")
      if repairs { try removeOrphan(preview) }
    }
    return findings
  }

  /// Checks again under the lock, because the same bytes may have been uploaded meanwhile.
  private func removeOrphan(_ preview: Store.StoredPreview) throws {
    try Removal.transaction(db) { db in
      if try !BlobQueries.isKnown(preview.sha256, db) { unlink(preview.path) }
    }
  }
}
