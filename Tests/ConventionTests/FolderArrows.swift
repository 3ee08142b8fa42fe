/// The arrows between the feature folders of Sources/Assay: one for each folder that names a type,
/// or a member of an extension, that another folder declares.
struct FolderArrows {
  /// A folder that names something of another one.
  struct Arrow: Hashable {
    let from: String
    let to: String
  }

  /// An example of each arrow: the file and the word.
  private(set) var found: [Arrow: String] = [:]

  /// The folders that declare a type, by the type's name.
  private var types: [Substring: Set<String>] = [:]
  /// The folders that declare a word as a member of any type.
  private var members: [Substring: Set<String>] = [:]
  /// The folder whose extension of a foreign type declares a word.
  private var extensions: [Substring: String] = [:]

  /// Members that the standard library or a package declares, too.
  private static let foreign: Set<Substring> = ["last", "level", "first", "count"]

  /// Finds the arrows of these files; files of other targets only declare words.
  init(_ files: [SourceFile]) {
    for file in files { declare(file) }
    for file in files where file.feature != nil { extend(file) }
    for file in files where file.feature != nil { follow(file) }
  }

  private mutating func declare(_ file: SourceFile) {
    let folder = file.feature ?? file.target
    for (line, (_, words)) in zip(file.code, file.words) {
      let indent = line.prefix { $0 == " " }.count
      guard indent <= 4, let (kind, name) = declaration(words) else { continue }
      if indent == 0, file.feature != nil, typeKinds.contains(kind) {
        types[name, default: []].insert(folder)
      } else {
        members[name, default: []].insert(folder)
      }
    }
  }

  /// Notes the members that a file's extensions add to types of other folders and targets.
  private mutating func extend(_ file: SourceFile) {
    guard let folder = file.feature else { return }
    var isForeign = false
    for (line, (_, words)) in zip(file.code, file.words) {
      let indent = line.prefix { $0 == " " }.count
      if indent == 0, let place = words.firstIndex(of: "extension"), place + 1 < words.count {
        isForeign = types[words[place + 1]]?.contains(folder) != true
      } else if line.hasPrefix("}") {
        isForeign = false
      } else if isForeign, indent == 2, let (_, name) = declaration(words),
        members[name] == [folder], types[name] == nil, !Self.foreign.contains(name)
      {
        extensions[name] = folder
      }
    }
  }

  private mutating func follow(_ file: SourceFile) {
    guard let folder = file.feature else { return }
    let own = Set(
      file.words.compactMap { _, words in
        declaration(words).flatMap { typeKinds.contains($0.kind) ? $0.name : nil }
      })
    for line in file.code {
      for (word, isMember) in line.names {
        if isMember {
          guard let other = extensions[word], other != folder else { continue }
          note(folder, other, file, word)
        } else if let others = types[word], !others.contains(folder), !own.contains(word) {
          for other in others { note(folder, other, file, word) }
        }
      }
    }
  }

  private mutating func note(
    _ folder: String, _ other: String, _ file: SourceFile, _ word: Substring
  ) {
    let arrow = Arrow(from: folder, to: other)
    if found[arrow] == nil { found[arrow] = "\(file.path) names \(word)" }
  }

  /// The kind and the name that a line declares for other files; nil for none.
  private func declaration(_ words: [Substring]) -> (kind: Substring, name: Substring)? {
    guard let place = words.firstIndex(where: { !modifiers.contains($0) }), place + 1 < words.count,
      typeKinds.contains(words[place]) || memberKinds.contains(words[place])
    else { return nil }
    return (words[place], words[place + 1])
  }
}

private let typeKinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias"]
private let memberKinds: Set<Substring> = ["func", "var", "let", "case"]
private let modifiers: Set<Substring> = [
  "package", "internal", "final", "indirect", "static", "mutating", "nonisolated", "override",
  "convenience", "borrowing", "consuming", "@discardableResult", "@inline", "never", "__always",
]

extension SourceFile {
  /// `Accounts`, of `Sources/Assay/Accounts/Users.swift`; nil outside Assay.
  var feature: String? {
    parts.count > 3 && path.hasPrefix("Sources/Assay/") ? String(parts[2]) : nil
  }
}

extension String {
  /// The identifiers of a line, each with whether a dot stands before it.
  fileprivate var names: [(word: Substring, isMember: Bool)] {
    var names: [(Substring, Bool)] = []
    var end = utf8.startIndex
    for word in utf8.split(whereSeparator: { !$0.isOfName }) {
      let gap = utf8[end..<word.startIndex]
      if word.first.map({ !$0.isDigit }) == true {
        names.append((Substring(word), gap.last == UInt8(ascii: ".")))
      }
      end = word.endIndex
    }
    return names
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  fileprivate var isOfName: Bool {
    isDigit || self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")
      || self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") || self == UInt8(ascii: "_")
      || self >= 0x80
  }
}
