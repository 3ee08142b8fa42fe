internal import Glibc

/// Reads folders of SQL files.
enum SQLFolder {
  /// Returns the names of the `.sql` files of a directory, sorted.
  static func names(in directory: String) throws(MigrationError) -> [String] {
    guard let stream = opendir(directory) else { throw unreadable(directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".sql") { names.append(name) }
    }
    return names.sorted()
  }

  /// Returns the bytes of a file.
  static func read(_ path: String) throws(MigrationError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count >= 0 else { throw unreadable(path) }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: piece.prefix(count))
    }
  }

  private static func unreadable(_ path: String) -> MigrationError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
