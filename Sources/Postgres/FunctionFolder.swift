/// The SQL functions of one release: one file per name, and the edition that orders releases.
package struct FunctionFolder {
  /// The number of the release; it grows with every change of a function.
  package let edition: Int
  /// The files, sorted by name.
  package let files: [File]

  /// One file: the function, its comment and its grants.
  package struct File {
    /// The function's name.
    package let name: String
    /// The file's SQL.
    package let bytes: [UInt8]

    /// Whether the file lets a role call the function.
    package func isGranted(to role: String) -> Bool {
      String(decoding: bytes, as: UTF8.self).split(separator: ";")
        .contains { $0.contains("grant execute") && $0.contains(role) }
    }
  }

  /// The hash of all files, as written in the file `edition`.
  private let expected: Substring

  /// Reads the `NAME.sql` files, and the number and hash from the file `edition`.
  package init(_ directory: String) throws(MigrationError) {
    let path = "\(directory)/edition"
    let words = String(decoding: try SQLFolder.read(path), as: UTF8.self).split { $0.isWhitespace }
    guard let edition = words.first.flatMap({ Int($0) }), edition > 0 else {
      throw .noEdition(path: path)
    }
    self.edition = edition
    expected = words.dropFirst().first ?? ""
    var files: [File] = []
    for name in try SQLFolder.names(in: directory) {
      files.append(
        File(name: String(name.dropLast(4)), bytes: try SQLFolder.read("\(directory)/\(name)")))
    }
    self.files = files
  }

  /// Returns the hash of all names and files.
  package func digest(_ hash: ([UInt8]) -> String) -> String {
    hash(files.flatMap { Array("\($0.name) \(hash($0.bytes))\n".utf8) })
  }

  /// Whether the files are exactly those of the edition.
  package func isWhole(_ hash: ([UInt8]) -> String) -> Bool { digest(hash) == expected }
}
