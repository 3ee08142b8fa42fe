internal import CLinux
internal import Cryptography
internal import Glibc
internal import Imaging

/// The store cannot take or give bytes.
package struct StoreError: Error, CustomStringConvertible {
  package let description: String

  init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
}

/// Content-addressed files: `blobs/ab/<the other 62 digits>`, and on the same file system
/// `previews/` beside them, `tmp/` for what comes through us and `incoming/` for what nginx
/// receives by itself.
///
/// The order of every write: temp file → write → fsync → rename → fsync of the directory; the row
/// and its COMMIT come after, the answer last.
package struct Store: Sendable {
  let root: String

  /// Opens a store, making its directories when they are missing.
  package init(_ root: String) throws {
    self.root = root
    // The last directory to be made tells that all are there: a process must start at once.
    guard access("\(root)/incoming", X_OK) != 0 else { return }
    for directory in ["", "/tmp", "/blobs"] { try Self.make(root + directory) }
    for byte in UInt8.min...UInt8.max { try Self.make("\(root)/blobs/\(Hex.encode([byte]))") }
    try Self.make("\(root)/incoming")
    // nginx, whose group this is, puts files here whatever our umask.
    guard chmod("\(root)/incoming", 0o770) == 0 else { throw StoreError("chmod") }
    try Self.sync("\(root)/blobs")
    try Self.sync(root)
  }

  /// A new file for bytes that are still coming.
  func incoming() throws -> IncomingFile {
    try IncomingFile(creating: "\(root)/tmp/\(Hex.encode(Random.bytes(16)))")
  }

  /// What nginx has received for an announced upload; nil when nothing has come.
  func received(_ upload: ID<Upload>) throws -> IncomingFile? {
    for isArchive in [false, true] {
      let path = root + UploadTicket.path(of: upload, isArchive: isArchive)
      if let file = try IncomingFile(reading: path) { return file }
    }
    return nil
  }

  /// Throws away what was received for an upload.
  func discard(_ upload: ID<Upload>) {
    for isArchive in [false, true] {
      unlink(root + UploadTicket.path(of: upload, isArchive: isArchive))
    }
  }

  /// Gives a complete file its name by content; equal bytes share one file.
  func keep(_ file: IncomingFile, sha256: [UInt8]) throws {
    let target = path(of: sha256)
    guard fsync(file.descriptor) == 0 else { throw StoreError("fsync") }
    if file.isOurs {
      try name(file.path, sha256)
      file.isKept = true
    } else {
      try adopt(file, as: target)
    }
    try syncDirectory(of: sha256)
  }

  /// Gives a file its name by content.
  func name(_ path: String, _ sha256: [UInt8]) throws {
    guard rename(path, self.path(of: sha256)) == 0 else { throw StoreError("rename") }
  }

  /// Makes the name of a blob durable.
  func syncDirectory(of sha256: [UInt8]) throws {
    try Self.sync("\(root)/blobs/\(Hex.encode([sha256[0]]))")
  }

  /// Makes a file's bytes durable.
  func sync(_ path: String) throws {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError("open") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StoreError("fsync") }
  }

  /// Makes everything on the store's file system durable.
  func syncAll() throws {
    let descriptor = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(root) }
    defer { close(descriptor) }
    guard descriptors_sync_file_system(descriptor) == 0 else { throw StoreError("syncfs") }
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
  func open(_ sha256: [UInt8]) throws -> Int32 {
    let descriptor = Glibc.open(path(of: sha256), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError("open") }
    return descriptor
  }

  /// Where nginx finds a blob, as the path of its internal location.
  func redirect(to sha256: [UInt8]) -> String {
    let name = Hex.encode(sha256)
    return "/.blobs/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  func path(of sha256: [UInt8]) -> String {
    let name = Hex.encode(sha256)
    return "\(root)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  static func make(_ directory: String) throws {
    // nginx reads what is stored: the group may enter, others may not.
    guard mkdir(directory, 0o750) == 0 || errno == EEXIST else { throw StoreError(directory) }
  }

  static func sync(_ directory: String) throws {
    let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StoreError("fsync") }
  }
}
