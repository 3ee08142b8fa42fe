package import Cryptography
package import Postgres

internal import COwnership
internal import Glibc

/// Transactions that remove files.
package enum Removal {
  /// The number of attempts; uploads are usually short, so a retry succeeds.
  private static let tries = 10

  /// Runs a transaction while no blob is recorded; `body` may run more than once.
  package static func transaction<Result>(
    _ db: Connection, _ body: (Connection) throws -> Result
  ) throws -> Result {
    func attempt() throws -> Result {
      try db.transaction { db in
        try BlobQueries.lockForRemoval(db)
        return try body(db)
      }
    }
    for _ in 1..<tries {
      do {
        return try attempt()
      } catch PostgresError.timeout {
        usleep(100_000)
      }
    }
    return try attempt()
  }
}

/// Removes files from the store.
///
/// All of this happens in a `Removal.transaction`. Uploads hold `BlobQueries.lockAgainstRemoval`
/// instead. An upload renames its file into place before it takes that lock. Therefore a file is
/// never unlinked at once: it is moved to `doomed` first, and an upload whose file is gone moves it
/// back.
extension Store {
  /// Moves a file without rows to `doomed`; it is removed when no upload can need it.
  package func doom(_ sha256: Digest) throws {
    let doomed = "\(root)/doomed/\(Hex.encode(sha256))"
    guard rename(path(of: sha256), doomed) == 0 || errno == ENOENT else {
      throw StoreError("rename")
    }
    unlink("\(root)/damaged/\(Hex.encode(sha256))")
  }

  /// Moves a damaged file aside, so that nginx does not serve its bytes.
  /// - Parameter descriptor: the file that was read.
  /// - Returns: false when a good file has taken its place meanwhile.
  func quarantine(_ sha256: Digest, _ descriptor: Int32) throws -> Bool {
    let (place, aside) = (path(of: sha256), "\(root)/damaged/\(Hex.encode(sha256))")
    guard rename(place, aside) == 0 else {
      // Already moved, by an earlier attempt of this transaction.
      guard errno == ENOENT else { throw StoreError("rename") }
      return Self.isSame(aside, descriptor)
    }
    guard Self.isSame(aside, descriptor) else {
      // The same bytes were just uploaded again; a file that came even later is not replaced.
      guard ownership_rename(aside, place) == 0 || errno == EEXIST else {
        throw StoreError("rename")
      }
      unlink(aside)
      return false
    }
    try Self.sync(folder(of: sha256))
    return true
  }

  private static func isSame(_ path: String, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }
}
