internal import Cryptography
internal import Glibc
internal import Imaging

/// Content-addressed files: `blobs/ab/<the other 62 digits>`, and on the same file system
/// `previews/` beside them, `tmp/` for what comes through us, `arriving/` and then `incoming/` for
/// what nginx receives by itself, `damaged/` for files that have changed and `doomed/` for those
/// that nobody holds.
///
/// The order of every write: temp file → write → fsync → rename → fsync of the directory; the row
/// and its COMMIT come after, the answer last.
package struct Store: Sendable {
  let root: String

  /// Opens a store, making its directories when they are missing.
  package init(_ root: String) throws {
    self.root = root
    // The last directory to be made tells that all are there: a process must start at once.
    guard access("\(root)/doomed", X_OK) != 0 else { return }
    for directory in ["", "/tmp", "/blobs"] { try make(directory) }
    for byte in UInt8.min...UInt8.max { try make("/blobs/\(Hex.encode([byte]))") }
    for directory in ["/arriving", "/incoming"] {
      try make(directory)
      // nginx, whose group this is, puts files here whatever our umask. What it was the first to
      // make is its own.
      guard chmod(root + directory, 0o770) == 0 || errno == EPERM else { throw StoreError("chmod") }
    }
    for directory in ["/damaged", "/doomed"] { try make(directory) }
    try Self.sync("\(root)/blobs")
    try Self.sync(root)
  }

  /// A new file for bytes that are still coming.
  func incoming() throws -> IncomingFile {
    try IncomingFile(creating: "\(root)/tmp/\(Hex.encode(Random.bytes(16)))")
  }

  /// Checks that there is room for so many bytes, before nginx takes them.
  /// - Throws: the error of a write to a full or read-only store.
  func expectRoom(for bytes: Int) throws(StoreError) {
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

  /// What nginx has received for an announced upload; nil when nothing has come.
  func received(_ upload: ID<Upload>) throws -> IncomingFile? {
    for isArchive in [false, true] {
      let path = root + UploadTicket.path(of: upload, isArchive: isArchive)
      if let file = try IncomingFile(reading: path) { return file }
    }
    return nil
  }

  /// Whether nginx has received anything for an announced upload.
  func hasReceived(_ upload: ID<Upload>) -> Bool {
    [false, true].contains { isArchive in
      access(root + UploadTicket.path(of: upload, isArchive: isArchive), F_OK) == 0
    }
  }

  /// Throws away what was received for an upload, and closes its address; false when the bytes are
  /// still there.
  func discard(_ upload: ID<Upload>) -> Bool {
    // First the mark: a file that comes in between is removed.
    let mark = Glibc.open(
      closed(UploadTicket.path(of: upload, isArchive: false)), O_CREAT | O_WRONLY | O_CLOEXEC, 0o640
    )
    if mark >= 0 { close(mark) }
    return [false, true].allSatisfy { isArchive in
      unlink(root + UploadTicket.path(of: upload, isArchive: isArchive)) == 0 || errno == ENOENT
    }
  }

  /// Whether the upload to an address is settled.
  ///
  /// The mark is swept when the address has long expired.
  func isClosed(_ path: String) -> Bool { access(closed(path), F_OK) == 0 }

  /// A name that no address can have.
  private func closed(_ path: String) -> String {
    "\(root)\(path.hasSuffix(".zip") ? path.dropLast(4) : path[...]).closed"
  }

  /// Gives a complete file its name by content; equal bytes share one file.
  func keep(_ file: IncomingFile, sha256: Digest) throws {
    let target = path(of: sha256)
    guard fsync(file.descriptor) == 0 else { throw StoreError("fsync") }
    if file.isOurs {
      try name(file.path, sha256)
      file.isKept = true
    } else {
      try adopt(file, as: target)
    }
    try Self.sync(folder(of: sha256))
  }

  /// Gives a file its name by content.
  func name(_ path: String, _ sha256: Digest) throws {
    guard rename(path, self.path(of: sha256)) == 0 else { throw StoreError("rename") }
  }

  /// Makes sure that a kept file is still in its place, before its row is committed.
  /// - Throws: when it is gone for good: an upload that took longer than the doomed are kept.
  func confirm(_ sha256: Digest) throws {
    let path = path(of: sha256)
    guard access(path, F_OK) != 0 else { return }
    guard rename("\(root)/doomed/\(Hex.encode(sha256))", path) == 0 else {
      throw StoreError("the stored file is gone")
    }
    try Self.sync(folder(of: sha256))
  }

  /// Gives a second name to the very bytes that were examined: the first may name others by now.
  ///
  /// They keep the first, too, until their upload is completed: that may have to be tried again.
  private func adopt(_ file: IncomingFile, as target: String) throws {
    let staged = "\(root)/tmp/\(Hex.encode(Random.bytes(16)))"
    let examined = "/proc/self/fd/\(file.descriptor)"
    guard linkat(AT_FDCWD, examined, AT_FDCWD, staged, AT_SYMLINK_FOLLOW) == 0 else {
      throw StoreError("link")
    }
    // A rename over a name of the same file leaves both.
    defer { unlink(staged) }
    guard rename(staged, target) == 0 else { throw StoreError("rename") }
  }

  /// Opens a stored file for reading; the caller closes the descriptor.
  func open(_ sha256: Digest) throws -> Int32 {
    let descriptor = Glibc.open(path(of: sha256), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError("open") }
    return descriptor
  }

  /// Opens a stored file for reading; nil when there is none.
  func openIfPresent(_ sha256: Digest) throws -> Int32? {
    let descriptor = Glibc.open(path(of: sha256), O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else { return descriptor }
    guard errno == ENOENT else { throw StoreError("open") }
    return nil
  }

  /// Where nginx finds a blob, as the path of its internal location.
  func redirect(to sha256: Digest) -> String {
    let name = Hex.encode(sha256)
    return "/.blobs/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  func path(of sha256: Digest) -> String {
    "\(folder(of: sha256))/\(Hex.encode(sha256).dropFirst(2))"
  }

  /// The directory of a blob's file.
  func folder(of sha256: Digest) -> String { "\(root)/blobs/\(Hex.encode(sha256).prefix(2))" }

  func make(_ directory: String) throws {
    let path = root + directory
    // nginx reads what is stored: the group may enter, others may not.
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw StoreError(path) }
    var status = stat()
    // Made by an administrator's command, it belongs to the service all the same.
    guard geteuid() == 0, stat(root, &status) == 0 else { return }
    guard chown(path, status.st_uid, status.st_gid) == 0 else { throw StoreError(path) }
  }
}
