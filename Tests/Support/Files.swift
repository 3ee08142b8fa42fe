internal import Glibc

/// A directory for one test.
package struct TemporaryDirectory: Sendable {
  package let path: String

  /// A new, private directory.
  package init() throws {
    var template = Array("/tmp/assay-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Missing(description: "no temporary directory")
    }
    path = String(cString: made)
  }

  /// Writes a file that only its owner can read, unless a mode is given.
  package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws {
    try Files.write("\(path)/\(name)", Array(text.utf8))
    chmod("\(path)/\(name)", mode)
  }

  /// Removes the directory and its contents.
  package func remove() { Files.remove(path) }
}

/// Reads and writes whole files.
package enum Files {
  /// A file's bytes.
  package static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Missing(description: "cannot read \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = read(descriptor, &piece, piece.count), count > 0 {
      bytes += piece.prefix(count)
    }
    return bytes
  }

  /// Writes a file and replaces an existing one.
  package static func write(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Missing(description: "cannot write \(path)") }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Missing(description: "cannot write \(path)")
    }
  }

  /// The names in a directory, sorted.
  package static func names(in directory: String) throws -> [String] {
    guard let stream = opendir(directory) else {
      throw Missing(description: "cannot list \(directory)")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The entries of a store: its folders and its marker; an upload has put all others there.
  package static let entriesOfAStore: Set<String> = [
    "arriving", "blobs", "damaged", "doomed", "incoming", "previews", "store.id",
    "tmp",
  ]

  /// Removes a file, or a directory and its contents.
  package static func remove(_ path: String) {
    guard unlink(path) != 0 else { return }
    for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
    rmdir(path)
  }
}
