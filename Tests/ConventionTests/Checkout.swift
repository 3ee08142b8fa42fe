import Glibc

/// A Swift file of the checkout.
struct SourceFile: Sendable {
  /// From the checkout's root: `Sources/HTTP/Path.swift`.
  let path: String
  let lines: Int
  let code: [String]
  let comments: [String]
  let literals: [(line: Int, text: String)]
  /// The words of each line of code.
  let words: [(line: Int, words: [Substring])]

  init(path: String, _ bytes: [UInt8]) {
    self.path = path
    let text = SourceText(bytes)
    (code, comments, literals) = (text.code, text.comments, text.literals)
    words = text.code.enumerated().map { ($0.offset + 1, $0.element.words) }
    lines = bytes.count { $0 == UInt8(ascii: "\n") }
  }

  /// A file that exists only in a test.
  init(path: String, _ source: String) { self.init(path: path, Array(source.utf8)) }

  /// The folders and the name: `["Sources", "HTTP", "Path.swift"]`.
  var parts: [Substring] { path.split(separator: "/") }
  /// The target of the file: `HTTP` for `Sources/HTTP/Path.swift`.
  var target: String { parts.count > 2 ? String(parts[1]) : "" }
  var isSource: Bool { path.hasPrefix("Sources/") }
}

/// The files of the checkout from which these tests were built.
enum Checkout {
  /// The files of a clone, relative to its root, without built and running files.
  static let paths: [String] = {
    var found: [String] = []
    walk("", into: &found)
    return found.sorted()
  }()

  /// All Swift files of Sources and Tests.
  static let swift: [SourceFile] = paths.filter {
    $0.hasSuffix(".swift") && ($0.hasPrefix("Sources/") || $0.hasPrefix("Tests/"))
  }.map { SourceFile(path: $0, bytes(of: $0)) }

  static let sources = swift.filter(\.isSource)

  private static let root: String = {
    var folder = #filePath[...]
    while !folder.isEmpty, access("\(folder)/Package.swift", R_OK) != 0 {
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
    return String(folder)
  }()

  private static func walk(_ folder: String, into found: inout [String]) {
    guard let stream = opendir("\(root)/\(folder)") else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      // The same names as in .gitignore.
      if [".", "..", ".git", ".run"].contains(name) || name.hasPrefix(".build") { continue }
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      switch Int32(entry.pointee.d_type) {
      case Int32(DT_DIR): walk(path, into: &found)
      case Int32(DT_REG): found.append(path)
      default: break
      }
    }
  }

  /// A file's bytes, at most 4 MB of them; empty when it was removed meanwhile.
  static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen("\(root)/\(path)", "r") else { return [] }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0 else { return [] }
    let size = min(Int(status.st_size), 4 << 20)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }
}

extension String {
  /// The identifiers, numbers and keywords, in order; `try!` and `as!` keep their mark.
  var words: [Substring] {
    utf8.split { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "!"),
        UInt8(ascii: "@"), 0x80...:
        false
      default: true
      }
    }.map { Substring($0) }
  }
}
