package import Postgres

internal import Cryptography
internal import Glibc

/// Compares the store's files with the database's rows, and the files with their own names.
package struct StoreCheck {
  private let store: Store
  private let db: Connection
  /// Told of everything that is not as it should be.
  private let report: (String) -> Void

  /// An upload may be between its rename and its commit; older files than this are nobody's.
  private static let orphanAge = 86_400

  /// A check of a store against the owner's or the worker's connection.
  package init(_ store: Store, _ db: Connection, report: @escaping (String) -> Void) {
    self.store = store
    self.db = db
    self.report = report
  }

  /// Looks at rows and files both ways; tells how many findings there are.
  /// - Parameter repairs: whether files that no row names are removed, and lost previews made again.
  package func compare(repairs: Bool = false) throws -> Int {
    try rowsWithoutFiles() + filesWithoutRows(repairs: repairs)
      + PreviewCheck(store, db, report: report).compare(repairs: repairs)
  }

  /// Removes files that no row names: what uploads left that were refused after all.
  package func removeOrphans() throws -> Int {
    try filesWithoutRows(repairs: true)
      + PreviewCheck(store, db, report: report).removeOrphans()
  }

  /// Reads every blob again at a bounded rate; damaged ones are named and taken out of sight.
  /// - Parameter rate: bytes a second.
  package func scrub(rate: Int) throws -> Int {
    var damaged = 0
    try eachKnown { blob in
      guard store.size(of: blob.sha256) != nil else { return }
      let began = ContinuousClock.now
      if try digest(of: blob.sha256) != blob.sha256 {
        damaged += 1
        report("damaged \(Hex.encode(blob.sha256)): its bytes have changed")
        try store.quarantine(blob.sha256)
        try BlobQueries.record(fault: "The stored bytes have changed.", of: blob.sha256, db)
      }
      let due = Duration.microseconds(blob.size * 1_000_000 / max(1, rate))
      let rest = due - (ContinuousClock.now - began)
      if rest > .zero { usleep(UInt32(clamping: rest.components.attoseconds / 1_000_000_000_000)) }
    }
    return damaged
  }

  private func rowsWithoutFiles() throws -> Int {
    var findings = 0
    try eachKnown { blob in
      let size = store.size(of: blob.sha256)
      guard size != blob.size else { return }
      findings += 1
      let what = size.map { "has \($0) bytes instead of \(blob.size)" } ?? "has no file"
      report("missing \(Hex.encode(blob.sha256)): \(what)")
    }
    return findings
  }

  private func filesWithoutRows(repairs: Bool) throws -> Int {
    var findings = 0
    try store.eachBlob { file in
      guard file.age > Self.orphanAge, try !BlobQueries.isKnown(file.sha256, db) else { return }
      findings += 1
      report("orphan \(Hex.encode(file.sha256)): \(file.size) bytes that no row names")
      if repairs { try removeOrphan(file.sha256) }
    }
    return findings
  }

  /// Looks once more behind the lock: the same bytes may have come again meanwhile.
  private func removeOrphan(_ sha256: [UInt8]) throws {
    try db.transaction { db in
      try BlobQueries.lockForRemoval(db)
      if try !BlobQueries.isKnown(sha256, db) { store.remove(sha256) }
    }
  }

  private func digest(of sha256: [UInt8]) throws -> [UInt8] {
    let descriptor = try store.open(sha256)
    defer { close(descriptor) }
    let hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return hash.finish() }
      guard count > 0 || errno == EINTR else { throw StoreError("cannot read a blob") }
      piece.withUnsafeBytes {
        hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(max(0, count))))
      }
    }
  }

  private func eachKnown(_ visit: (BlobQueries.Known) throws -> Void) throws {
    var last: [UInt8] = []
    while true {
      let blobs = try BlobQueries.known(after: last, limit: 1000, db)
      for blob in blobs { try visit(blob) }
      guard let next = blobs.last, blobs.count == 1000 else { return }
      last = next.sha256
    }
  }
}
