internal import Glibc

/// One numbered SQL file.
struct MigrationFile {
  let number: Int
  let file: String
  let bytes: [UInt8]

  /// The files of a directory in order, numbered without a gap from 1; other files are ignored.
  static func all(in directory: String) throws(MigrationError) -> [MigrationFile] {
    var files: [MigrationFile] = []
    for name in try names(in: directory).sorted() where name.hasSuffix(".sql") {
      guard let number = number(of: name) else { throw .misnamed(file: name) }
      if let last = files.last, last.number == number { throw .duplicate(last.file, name) }
      guard number == files.count + 1 else { throw .gap(expected: files.count + 1, file: name) }
      files.append(
        MigrationFile(number: number, file: name, bytes: try read("\(directory)/\(name)")))
    }
    return files
  }

  /// The number of `NNNN_name.sql`, whose name is made of small letters, digits and underscores.
  private static func number(of file: String) -> Int? {
    let parts = file.dropLast(4).split(
      separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, !parts[1].isEmpty,
      parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      parts[1].allSatisfy({ ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" })
    else { return nil }
    return Int(parts[0])
  }

  private static func names(in directory: String) throws(MigrationError) -> [String] {
    guard let stream = opendir(directory) else { throw unreadable(directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { name in
          String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  private static func read(_ path: String) throws(MigrationError) -> [UInt8] {
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
