internal import Cryptography
internal import Glibc

/// Stores many small blobs as one: two syncs of the file system cost less than two of each file.
///
/// The order is that of every write, with all files in each step; what is not settled is removed.
final class SmallFiles {
  private let store: Store
  private var staged: [Digest: String] = [:]

  /// From so many files on the whole file system is synced instead of each file.
  private static let many = 32

  init(_ store: Store) { self.store = store }

  deinit { for path in staged.values { unlink(path) } }

  /// Writes bytes under a temporary name; their SHA-256.
  func add(_ bytes: [UInt8]) throws -> Digest {
    let sha256 = SHA256.digest(bytes)
    guard staged[sha256] == nil else { return sha256 }
    let file = try store.incoming()
    staged[sha256] = file.path
    // Closed at once, since there may be thousands; it is ours to remove from here on.
    file.isKept = true
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.flush()
    return sha256
  }

  /// Makes all that was added durable, under the names of its contents.
  func settle() throws {
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
