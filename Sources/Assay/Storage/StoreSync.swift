internal import CLinux
internal import Glibc

extension Store {
  /// Makes a file's bytes, or a directory's names, durable.
  static func sync(_ path: String) throws {
    try opened(path) { guard fsync($0) == 0 else { throw StoreError("fsync") } }
  }

  /// Makes everything on the store's file system durable.
  func syncAll() throws {
    try Self.opened(root) {
      guard descriptors_sync_file_system($0) == 0 else { throw StoreError("syncfs") }
    }
  }

  private static func opened(_ path: String, _ body: (Int32) throws -> Void) throws {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(path) }
    defer { close(descriptor) }
    try body(descriptor)
  }
}
