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

  /// Reads `NAME.sql` files and the file `edition`, which begins with the number.
  package init(_ directory: String) throws(MigrationError) {
    let path = "\(directory)/edition"
    let words = String(decoding: try SQLFolder.read(path), as: UTF8.self).split(separator: " ")
    guard let edition = words.first.flatMap({ Int($0) }), edition > 0 else {
      throw .noEdition(path: path)
    }
    self.edition = edition
    var files: [File] = []
    for name in try SQLFolder.names(in: directory) {
      files.append(
        File(name: String(name.dropLast(4)), bytes: try SQLFolder.read("\(directory)/\(name)")))
    }
    self.files = files
  }
}
