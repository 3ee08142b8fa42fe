package import Cryptography

internal import Glibc

/// Stores many small blobs together, because two syncs of the file system cost less than two per
/// file.
///
/// Each step of the usual write order is done for all files. Files that are not settled are
/// removed.
package final class SmallFiles {
  private let store: Store
  private var staged: [Digest: String] = [:]

  /// The number of files from which the whole file system is synced instead of each file.
  private static let many = 32

  /// Makes an empty batch.
  package init(_ store: Store) { self.store = store }

  deinit { for path in staged.values { unlink(path) } }

  /// Writes bytes under a temporary name; returns their SHA-256.
  package func add(_ bytes: [UInt8]) throws -> Digest {
    let sha256 = SHA256.digest(bytes)
    guard staged[sha256] == nil else { return sha256 }
    let file = try store.incoming()
    staged[sha256] = file.path
    // Closed at once, because there may be thousands; `deinit` removes it from here on.
    file.isKept = true
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.flush()
    return sha256
  }

  /// Gives all added files their final names and makes them durable.
  package func settle() throws {
    let isMany = staged.count >= Self.many
    if isMany { try store.syncAll() }
    for (sha256, path) in staged {
      if !isMany { try Store.sync(file: path) }
      try store.name(path, sha256)
      staged[sha256] = nil
      if !isMany { try Store.sync(store.folder(of: sha256)) }
    }
    if isMany { try store.syncAll() }
  }
}
