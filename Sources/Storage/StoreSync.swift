internal import CLinux
internal import Glibc

extension Store {
  /// Makes the entries of a directory durable.
  package static func sync(_ directory: String) throws {
    try opened(directory, O_DIRECTORY) { guard fsync($0) == 0 else { throw StoreError("fsync") } }
  }

  /// Makes a file's bytes durable.
  static func sync(file path: String) throws {
    try opened(path) { guard fsync($0) == 0 else { throw StoreError("fsync") } }
  }

  /// Makes everything on the store's file system durable.
  func syncAll() throws {
    try Self.opened(root, O_DIRECTORY) {
      guard descriptors_sync_file_system($0) == 0 else { throw StoreError("syncfs") }
    }
  }

  /// Writes a new file, which is not durable yet; removes it when not all bytes can be written.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw StoreError("cannot create a file in the store") }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else {
        let error = StoreError("cannot write to the store")
        unlink(path)
        throw error
      }
      rest = rest.dropFirst(max(0, count))
    }
  }

  private static func opened(
    _ path: String, _ flags: Int32 = 0, _ body: (Int32) throws -> Void
  ) throws {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | flags)
    guard descriptor >= 0 else { throw StoreError(path) }
    defer { close(descriptor) }
    try body(descriptor)
  }
}
