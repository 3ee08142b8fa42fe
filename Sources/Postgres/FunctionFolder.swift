/// The functions of one release: a file for each name, and the number that orders releases.
package struct FunctionFolder {
  /// A later release has a greater number whenever it has other functions.
  package let edition: Int
  /// The files in the order of their names.
  package let files: [File]

  /// One file: the function of that name, its comment and the rights to call it.
  package struct File {
    /// The function's name.
    package let name: String
    /// Its SQL.
    package let bytes: [UInt8]
  }

  /// The hash of the files of this edition, as the file `edition` has it.
  private let expected: Substring

  /// Reads `NAME.sql` files, and the file `edition` with the number and the hash.
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

  /// The hash of all names and files.
  package func digest(_ hash: ([UInt8]) -> String) -> String {
    hash(files.flatMap { Array("\($0.name) \(hash($0.bytes))\n".utf8) })
  }

  /// Whether the files are those of the edition, no more and no fewer.
  package func isWhole(_ hash: ([UInt8]) -> String) -> Bool { digest(hash) == expected }
}
