package import Cryptography

internal import Glibc

/// Stores many small files together, because two syncs of the file system cost less than two per
/// file.
///
/// Each step of the usual write order is done for all files. Files that are not settled are
/// removed.
package final class FileBatch {
  private let store: Store
  private var staged: [Staged] = []
  private var targets: Set<String> = []

  /// The number of files from which the whole file system is synced instead of each file.
  private static let many = 32

  /// A file under a temporary name.
  private struct Staged {
    let path: String
    let folder: String
    /// The final path.
    let target: String
  }

  /// Makes an empty batch.
  package init(_ store: Store) { self.store = store }

  deinit { for file in staged { unlink(file.path) } }

  /// Writes a blob under a temporary name; returns its SHA-256.
  package func add(_ bytes: [UInt8]) throws -> Digest {
    let sha256 = SHA256.digest(bytes)
    try add(bytes, as: store.path(of: sha256), in: store.folder(of: sha256))
    return sha256
  }

  /// Writes a file under a temporary name; equal targets have equal bytes.
  package func add(_ bytes: [UInt8], as target: String, in folder: String) throws {
    guard targets.insert(target).inserted else { return }
    let path = store.temporaryPath()
    staged.append(Staged(path: path, folder: folder, target: target))
    try Store.write(bytes, to: path)
  }

  /// Gives all added files their final names and makes them durable.
  package func settle() throws {
    let isMany = staged.count >= Self.many
    if isMany { try store.syncAll() }
    var folders: Set<String> = []
    while let file = staged.last {
      if !isMany { try Store.sync(file: file.path) }
      guard rename(file.path, file.target) == 0 else { throw StoreError("rename") }
      folders.insert(file.folder)
      staged.removeLast()
    }
    if isMany { try store.syncAll() } else { for folder in folders { try Store.sync(folder) } }
    targets = []
  }
}
