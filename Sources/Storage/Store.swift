package import Cryptography

internal import Glibc
internal import Imaging
internal import Vocabulary

/// A content-addressed store of files.
///
/// Blobs are at `blobs/ab/<the other 62 digits>`; the other folders of `StoreFolder` are on the same
/// file system. The file `store.id` has the name of the store (`StoreMarker`).
///
/// The order of every write: temp file → write → fsync → rename → fsync of the directory; then the
/// row and its COMMIT, and the answer last.
package struct Store: Sendable {
  /// The directory of the store.
  package let root: String

  /// Names the directory of a store, and reads nothing: `StoreWatch` checks whether it is there.
  package init(_ root: String) { self.root = root }

  /// Creates the directories of a store that is known to be the right one.
  func prepare() throws {
    // A restored store may lack some of them.
    let isComplete = (StoreFolder.allCases.map(\.rawValue) + ["blobs/ff"])
      .allSatisfy { access("\(root)/\($0)", F_OK) == 0 }
    guard !isComplete else { return }
    try make("")
    for folder in StoreFolder.allCases {
      try make("/\(folder)")
      if folder.isOfNginx { try open("/\(folder)") }
    }
    for part in Self.folders { try make("/\(StoreFolder.blobs)/\(part)") }
    try Self.sync("\(root)/blobs")
    try Self.sync(root)
  }

  /// Lets nginx, which is in the group, write to a directory, whatever our umask.
  private func open(_ directory: String) throws {
    try asOwner {
      // A directory that nginx created cannot be changed.
      guard chmod(root + directory, 0o770) == 0 || errno == EPERM else { throw StoreError("chmod") }
    }
  }

  /// Creates a file for bytes that are still to come.
  package func incoming() throws -> IncomingFile {
    try IncomingFile(creating: temporaryPath())
  }

  /// Returns a path for a file without its final name.
  func temporaryPath() -> String { "\(root)/tmp/\(Hex.encode(Random.bytes(16)))" }

  /// Checks the free space before nginx receives bytes.
  /// - Throws: the error of a write to a full or read-only store.
  package func expectRoom(for bytes: Int) throws(StoreError) {
    var status = statvfs()
    guard statvfs(root, &status) == 0 else { throw StoreError("statvfs") }
    guard status.f_flag & UInt(ST_RDONLY) == 0 else {
      throw StoreError("cannot write to the store", code: EROFS)
    }
    let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    guard free.overflow || free.partialValue >= UInt64(max(0, bytes)) else {
      throw StoreError("no room for an upload", code: ENOSPC)
    }
  }

  /// Returns the file that nginx has received for an announced upload, or nil.
  func received(_ upload: ID<Upload>) throws -> IncomingFile? {
    for isArchive in [false, true] {
      let path = root + UploadTicket.path(of: upload, isArchive: isArchive)
      if let file = try IncomingFile(reading: path) { return file }
    }
    return nil
  }

  /// Whether nginx has received a file for an announced upload.
  func hasReceived(_ upload: ID<Upload>) -> Bool {
    [false, true].contains { isArchive in
      access(root + UploadTicket.path(of: upload, isArchive: isArchive), F_OK) == 0
    }
  }

  /// Discards the received file of an upload and closes its address; false when the file remains.
  func discard(_ upload: ID<Upload>) -> Bool {
    // The address is closed first, so that a file that arrives in between is removed.
    let mark = Glibc.open(
      closed(UploadTicket.path(of: upload, isArchive: false)), O_CREAT | O_WRONLY | O_CLOEXEC, 0o640
    )
    if mark >= 0 { close(mark) }
    return [false, true].allSatisfy { isArchive in
      unlink(root + UploadTicket.path(of: upload, isArchive: isArchive)) == 0 || errno == ENOENT
    }
  }

  /// Whether the address of an upload is closed.
  ///
  /// The sweeper removes the mark long after the address has expired.
  package func isClosed(_ path: String) -> Bool { access(closed(path), F_OK) == 0 }

  /// Returns the path of the mark, which no upload address can have.
  private func closed(_ path: String) -> String {
    "\(root)\(path.hasSuffix(".zip") ? path.dropLast(4) : path[...]).closed"
  }

  /// Gives a complete file its digest as its name; equal files are stored once.
  package func keep(_ file: IncomingFile, sha256: Digest) throws {
    let target = path(of: sha256)
    guard fsync(file.descriptor) == 0 else { throw StoreError("fsync") }
    if file.isOurs {
      try move(file.path, to: target)
      file.isKept = true
    } else {
      try adopt(file, as: target)
    }
    try Self.sync(folder(of: sha256))
  }

  /// Checks that a kept file still exists before its row is committed.
  /// - Throws: `StoreError` when the file was removed, because the upload took longer than `doomed`
  ///   keeps files.
  package func confirm(_ sha256: Digest) throws {
    guard try access(path(of: sha256), F_OK) == 0 || revive(sha256) else {
      throw StoreError("the stored file is gone", code: ENOENT)
    }
  }

  /// Moves a doomed file back; false when there is none.
  package func revive(_ sha256: Digest) throws -> Bool {
    guard rename("\(root)/doomed/\(Hex.encode(sha256))", path(of: sha256)) == 0 else {
      return false
    }
    try Self.sync(folder(of: sha256))
    return true
  }

  /// Links the examined bytes under their digest, because the path may now name another file.
  ///
  /// The first name stays until the upload is completed, because completing may have to be
  /// repeated.
  private func adopt(_ file: IncomingFile, as target: String) throws {
    let staged = temporaryPath()
    let examined = "/proc/self/fd/\(file.descriptor)"
    if linkat(AT_FDCWD, examined, AT_FDCWD, staged, AT_SYMLINK_FOLLOW) != 0 {
      // Completing is repeated, and the file was sealed: only its owner may link it.
      guard errno == EPERM else { throw StoreError("link") }
      try copy(file, to: staged)
    }
    // When both names are links to the same file, rename leaves both.
    defer { unlink(staged) }
    try move(staged, to: target)
  }

  /// Writes the bytes of a file to a new one, durably.
  private func copy(_ file: IncomingFile, to path: String) throws {
    let copy = try IncomingFile(creating: path)
    try file.eachPiece { try copy.append($0) }
    try copy.flush()
    guard fsync(copy.descriptor) == 0 else { throw StoreError("fsync") }
    copy.isKept = true
  }

  /// Gives a temporary file its final name, and replaces a file with equal bytes that has it.
  ///
  /// A file that is sealed cannot be replaced: it stays if its bytes are equal.
  func move(_ path: String, to target: String) throws {
    guard rename(path, target) != 0 else { return }
    let code = errno
    guard code == EPERM, access(target, F_OK) == 0 else { throw StoreError("rename", code: code) }
    guard try Self.areEqual(path, target) else {
      throw StoreError("the stored file has changed", code: EIO)
    }
    unlink(path)
  }

  private static func areEqual(_ path: String, _ other: String) throws -> Bool {
    guard let one = try IncomingFile(reading: path), let two = try IncomingFile(reading: other)
    else { throw StoreError("the stored file is gone", code: ENOENT) }
    return one.digest() == two.digest()
  }

  /// Opens a file for reading, and does not wait.
  ///
  /// A pipe, which somebody who has taken over the API could put in its place, would keep the
  /// reader waiting for ever.
  private static func openWithoutWaiting(_ path: String) -> Int32 {
    Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  }

  /// Opens a stored file for reading; the caller closes the descriptor.
  func open(_ sha256: Digest) throws -> Int32 {
    let descriptor = Self.openWithoutWaiting(path(of: sha256))
    guard descriptor >= 0 else { throw StoreError("open") }
    return descriptor
  }

  /// Opens a stored file for reading, or returns nil when there is none.
  func openIfPresent(_ sha256: Digest) throws -> Int32? {
    let descriptor = Self.openWithoutWaiting(path(of: sha256))
    guard descriptor < 0 else { return descriptor }
    guard errno == ENOENT else { throw StoreError("open") }
    return nil
  }

  /// Returns the path of nginx's internal location for a blob.
  package func redirect(to sha256: Digest) -> String {
    let name = Hex.encode(sha256)
    return "/.blobs/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  func path(of sha256: Digest) -> String {
    "\(folder(of: sha256))/\(Hex.encode(sha256).dropFirst(2))"
  }

  /// Returns the directory of a blob's file.
  func folder(of sha256: Digest) -> String { "\(root)/blobs/\(Hex.encode(sha256).prefix(2))" }

  /// Makes a directory of the store, which nginx may read.
  package func make(_ directory: String) throws {
    let path = root + directory
    // nginx reads stored files: the group may enter, others may not.
    try asOwner {
      guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw StoreError(path) }
    }
  }
}
