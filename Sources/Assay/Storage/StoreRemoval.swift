internal import Cryptography
internal import Glibc
internal import Postgres

/// Transactions that take files away.
enum Removal {
  /// Uploads are short; when one is not, there is another try.
  private static let tries = 10

  /// Runs a transaction while nobody records blobs; `body` may run more than once.
  static func transaction<Result>(
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

/// How files leave the store. All of this happens in a `Removal.transaction`, except for what an
/// upload does, which holds `BlobQueries.lockAgainstRemoval`.
///
/// An upload renames its file into place before it has that lock. So a file is never unlinked
/// where it stands: it is doomed first, and an upload that finds its file gone brings it back.
extension Store {
  /// Takes a file that nobody holds out of sight; it is removed when no upload can want it.
  func doom(_ sha256: Digest) throws {
    let doomed = "\(root)/doomed/\(Hex.encode(sha256))"
    guard rename(path(of: sha256), doomed) == 0 || errno == ENOENT else {
      throw StoreError("rename")
    }
    unlink("\(root)/damaged/\(Hex.encode(sha256))")
    // They are made again for whoever brings the bytes back.
    removePreviews(of: sha256)
  }

  /// Takes a damaged file out of sight: nginx finds nothing in its place, and nobody gets its bytes.
  /// - Parameter descriptor: the file that was read.
  /// - Returns: false when a good file has come in its place meanwhile.
  func quarantine(_ sha256: Digest, _ descriptor: Int32) throws -> Bool {
    let (place, aside) = (path(of: sha256), "\(root)/damaged/\(Hex.encode(sha256))")
    guard rename(place, aside) == 0 else {
      // Gone from its place: by our own hand, when the transaction is repeated.
      guard errno == ENOENT else { throw StoreError("rename") }
      return Self.isSame(aside, descriptor)
    }
    guard Self.isSame(aside, descriptor) else {
      // The same bytes have just come again. Never over a file that came even later.
      guard link(aside, place) == 0 || errno == EEXIST else { throw StoreError("link") }
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
