package import Postgres
package import Storage

internal import Cryptography
internal import Glibc
internal import Vocabulary

/// Compares the store's files with the database's rows, and counters and sums with the rows.
package struct StoreCheck {
  private let store: Store
  private let db: Connection
  /// Called with a sentence for each finding.
  private let report: (String) -> Void

  /// The age in seconds from which a file without a row is an orphan.
  ///
  /// A younger file may belong to an upload that has renamed it and not committed yet.
  package static let orphanAge = 3600

  /// Makes a check of a store, over the owner's or the worker's connection.
  package init(_ store: Store, _ db: Connection, report: @escaping (String) -> Void) {
    self.store = store
    self.db = db
    self.report = report
  }

  /// Compares rows, files and counters; returns the number of findings.
  /// - Parameters:
  ///   - repairs: whether to remove orphans, mark rows without a good file as damaged, and correct
  ///     counters; this needs the owner's connection.
  ///   - age: the minimum age of an orphan in seconds; nil for an hour, or a day for previews.
  package func compare(repairs: Bool = false, age: Int? = nil) throws -> Int {
    if repairs { _ = try removeReleased() }
    let least = age ?? Self.orphanAge
    return try rowsWithoutFiles(repairs: repairs) + filesWithoutRows(repairs: repairs, age: least)
      + leftovers(repairs: repairs, age: least) + drifts(repairs: repairs)
      + PreviewCheck(store, db, report: report).compare(repairs: repairs, age: age)
      + PointsCheck(db, report: report).compare()
  }

  /// Removes files without a row, which refused uploads have left.
  package func removeOrphans(age: Int? = nil) throws -> Int {
    try filesWithoutRows(repairs: true, age: age ?? Self.orphanAge)
      + PreviewCheck(store, db, report: report).removeOrphans(age: age)
  }

  /// Removes the files of released blobs that no organization has any more.
  package func removeReleased() throws -> Int {
    var removed = 0
    while try BlobQueries.hasReleased(db) {
      removed += try Removal.transaction(db) { db in
        let released = try Set(BlobQueries.takeReleased(limit: 100, db))
        let unheld = try released.filter { try !BlobQueries.isKnown($0, db) }
        for sha256 in unheld { try doom(sha256) }
        return unheld.count
      }
    }
    return removed
  }

  /// Reads every blob again at a limited rate; reports damaged ones and moves them aside.
  ///
  /// The result also counts those known to be damaged, until their bytes are uploaded again.
  /// - Parameter rate: bytes per second.
  package func scrub(rate: Int) throws -> Int {
    let integrity = Integrity(store, db)
    var pace = Pace(rate: rate)
    var damaged = 0
    try eachKnown { blob in
      switch try integrity.check(blob.sha256, pace: { pace.wait(for: $0) }) {
      case .changed: report("damaged \(Hex.encode(blob.sha256)): its bytes have changed")
      case .missing where blob.isDamaged:
        report(
          "damaged \(Hex.encode(blob.sha256)): already known; upload the file again to repair it"
        )
      // Deleted since it was listed.
      case .missing where try !BlobQueries.isKnown(blob.sha256, db): return
      case .missing: report("missing \(Hex.encode(blob.sha256)): has no file")
      case .intact: return
      }
      damaged += 1
    }
    return damaged
  }

  private func rowsWithoutFiles(repairs: Bool) throws -> Int {
    var findings = 0
    try eachKnown { blob in
      let size = store.size(of: blob.sha256)
      guard size != blob.size, try BlobQueries.isKnown(blob.sha256, db) else { return }
      findings += 1
      let name = Hex.encode(blob.sha256)
      switch size {
      case let size?: report("wrong size \(name): \(size) bytes instead of \(blob.size)")
      case nil where blob.isDamaged: report("damaged \(name): its bytes have changed")
      case nil: report("missing \(name): has no file")
      }
      if repairs { try markDamaged(blob) }
    }
    return findings
  }

  /// Moves a wrong file aside and marks its items as damaged.
  private func markDamaged(_ blob: BlobQueries.Known) throws {
    guard try Integrity(store, db).check(blob.sha256, pace: { _ in }) == .missing else { return }
    try Removal.transaction(db) { db in
      // After a restore the row of a deleted picture is there again, and its file may be doomed.
      guard store.size(of: blob.sha256) == nil, try !store.revive(blob.sha256) else { return }
      _ = try BlobQueries.markDamaged(blob.sha256, db)
    }
  }

  private func filesWithoutRows(repairs: Bool, age: Int) throws -> Int {
    var findings = 0
    try store.eachBlob { file in
      guard file.age >= age, try !BlobQueries.isKnown(file.sha256, db) else { return }
      findings += 1
      report(
        "orphan \(Hex.encode(file.sha256)): \(file.size) bytes that the database does not list")
      if repairs { try removeOrphan(file.sha256) }
    }
    return findings
  }

  /// Moves a file without rows to `doomed`, and removes its previews, which are made again when the
  /// bytes are uploaded again.
  private func doom(_ sha256: Digest) throws {
    try store.doom(sha256)
    store.removePreviews(of: sha256)
  }

  /// Checks again under the lock, because the same bytes may have been uploaded meanwhile.
  private func removeOrphan(_ sha256: Digest) throws {
    try Removal.transaction(db) { db in
      if try !BlobQueries.isKnown(sha256, db) { try doom(sha256) }
    }
  }

  private func leftovers(repairs: Bool, age: Int) throws -> Int {
    let files = try store.leftovers(olderThan: age)
    for file in files {
      report(
        "leftover \(LineLog.quote(file.path)): \(file.size) bytes of an interrupted upload")
      if repairs { unlink(file.path) }
    }
    return files.count
  }

  private func drifts(repairs: Bool) throws -> Int {
    var (findings, last) = (0, ID<Organization>?.none)
    while let page = try UsageQueries.drifts(after: last, limit: 1000, db) {
      last = page.last
      findings += page.drifts.count
      for drift in page.drifts {
        report(
          "counter \(drift.organization): \(drift.bytes) bytes and \(drift.items) items counted,"
            + " \(drift.heldBytes) and \(drift.heldItems) stored")
        guard repairs else { continue }
        try db.transaction { db in try UsageQueries.recount(drift.organization, db) }
      }
    }
    return findings
  }

  private func eachKnown(_ visit: (BlobQueries.Known) throws -> Void) throws {
    var last = Digest.zero
    while true {
      let blobs = try BlobQueries.known(after: last, limit: 1000, db)
      for blob in blobs { try visit(blob) }
      guard let next = blobs.last, blobs.count == 1000 else { return }
      last = next.sha256
    }
  }
}
