/// One numbered SQL file of migrations.
struct MigrationFile {
  let number: Int
  let file: String
  let bytes: [UInt8]

  /// Returns the `.sql` files of a directory in order, numbered from 1 without a gap.
  static func all(in directory: String) throws(MigrationError) -> [MigrationFile] {
    var files: [MigrationFile] = []
    for name in try SQLFolder.names(in: directory) {
      guard let number = number(of: name) else { throw .misnamed(file: name) }
      if let last = files.last, last.number == number { throw .duplicate(last.file, name) }
      guard number == files.count + 1 else { throw .gap(expected: files.count + 1, file: name) }
      files.append(
        MigrationFile(number: number, file: name, bytes: try SQLFolder.read("\(directory)/\(name)"))
      )
    }
    return files
  }

  /// Returns the number of `NNNN_name.sql`, or nil for another form of name.
  private static func number(of file: String) -> Int? {
    let parts = file.dropLast(4).split(
      separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, !parts[1].isEmpty,
      parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      parts[1].allSatisfy({ ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" })
    else { return nil }
    return Int(parts[0])
  }
}
