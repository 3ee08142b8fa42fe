package import Cryptography

internal import Glibc

/// Stores many small files together, because two syncs of the file system cost less than two per
/// file.
///
/// Each step of the usual write order is done for all files. Files that are not settled are
/// removed.
package final class FileBatch {
  private let store: Store
  private let keepsExisting: Bool
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
  /// - Parameter keepsExisting: whether a file stays that has the final name already, instead of
  ///   being replaced.
  package init(_ store: Store, keepsExisting: Bool = false) {
    self.store = store
    self.keepsExisting = keepsExisting
  }

  deinit { for file in staged { unlink(file.path) } }

  /// Writes a blob under a temporary name; returns its SHA-256.
  package func add(_ bytes: [UInt8]) throws -> Digest {
    let sha256 = SHA256.digest(bytes)
    try add(bytes, as: store.path(of: sha256), in: store.folder(of: sha256))
    return sha256
  }

  /// Writes a file under a temporary name; equal targets have equal bytes.
  ///
  /// When this fails, the batch still has its other files, but not this one.
  package func add(_ bytes: [UInt8], as target: String, in folder: String) throws {
    guard !targets.contains(target) else { return }
    let path = store.temporaryPath()
    try Store.write(bytes, to: path)
    staged.append(Staged(path: path, folder: folder, target: target))
    targets.insert(target)
  }

  /// Gives all added files their final names and makes them durable.
  package func settle() throws {
    let isMany = staged.count >= Self.many
    if isMany { try store.syncAll() }
    var folders: Set<String> = []
    while let file = staged.last {
      if !isMany { try Store.sync(file: file.path) }
      try place(file)
      folders.insert(file.folder)
      staged.removeLast()
    }
    if isMany { try store.syncAll() } else { for folder in folders { try Store.sync(folder) } }
    targets = []
  }

  /// Gives a file its final name.
  private func place(_ file: Staged) throws {
    guard keepsExisting else {
      return try store.move(file.path, to: file.target)
    }
    if link(file.path, file.target) != 0 {
      guard errno == EEXIST else { throw StoreError("link") }
      // Another upload may be between giving the name and its sync.
      try Store.sync(file: file.target)
    }
    unlink(file.path)
  }
}
