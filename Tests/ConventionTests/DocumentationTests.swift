import Testing

/// Every declaration that other targets may use has a sentence of documentation.
@Suite struct DocumentationTests {
  /// Members that their protocol describes: ours, the standard library's or swift-log's.
  static let describedByTheirProtocol: Set<Substring> = [
    "schema", "write", "bind", "decode", "description", "fields", "inputs", "cursor", "hash",
    "parameter", "read", "encode", "log", "metadata", "logLevel", "metadataKey",
  ]

  @Test func packageDeclarationsHaveASummary() {
    #expect(Checkout.sources.flatMap(Self.undocumented) == [])
  }

  @Test(arguments: [
    "package func run() {}", "  package static let all = 1", "@inlinable\npackage init() {}",
    "// What it is.\npackage struct A {}", "/// Another's.\nlet a = 1\npackage var b = 2",
    "/// Another's.\n\npackage enum C {}", "package final class D {}",
    "@inlinable package mutating func e() {}", "package borrowing func f() {}",
  ])
  func aMissingSummaryIsFound(source: String) {
    #expect(Self.undocumented(SourceFile(path: "Sources/HTTP/Path.swift", source)).count == 1)
  }

  @Test(arguments: [
    "/// Runs.\npackage func run() {}", "/// One.\n@inlinable\n@inline(never)\npackage init() {}",
    "package import HTTP", "package var description: String { \"\" }", "func own() {}",
    "/// One.\n/// Two.\npackage static let all = 1", "package private(set) static var schema = 1",
    "package static func == (a: A, b: A) -> Bool { true }",
  ])
  func otherDeclarationsNeedNoSummary(source: String) {
    #expect(Self.undocumented(SourceFile(path: "Sources/HTTP/Path.swift", source)) == [])
  }

  private static func undocumented(_ file: SourceFile) -> [String] {
    file.words.filter { number, words in
      guard words.contains("package"), let name = declared(words) else { return false }
      return !describedByTheirProtocol.contains(name) && !isOperator(file.code[number - 1])
        && !hasSummary(file, above: number)
    }.map { "\(file.path):\($0.line): \($0.words.joined(separator: " "))" }
  }

  private static let kinds: Set<Substring> = [
    "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "typealias", "init",
    "subscript",
  ]

  /// The name of a line's package declaration; nil when there is none.
  private static func declared(_ words: [Substring]) -> Substring? {
    guard let access = words.firstIndex(of: "package"),
      words[..<access].allSatisfy({ $0.hasPrefix("@") || $0 == "_" }),
      let kind = words[access...].firstIndex(where: kinds.contains),
      !words[access..<kind].contains("import")
    else { return nil }
    return words[kind] == "init" ? words[kind] : words[(kind + 1)...].first
  }

  /// Operators such as `==` and `<` need no documentation.
  private static func isOperator(_ line: String) -> Bool {
    line.contains(" func =") || line.contains(" func <")
  }

  private static func hasSummary(_ file: SourceFile, above number: Int) -> Bool {
    var above = number - 2
    while above >= 0, file.code[above].drop(while: \.isWhitespace).hasPrefix("@") { above -= 1 }
    guard above >= 0 else { return false }
    let onlyComment = file.code[above].allSatisfy(\.isWhitespace)
    return onlyComment && file.comments[above].hasPrefix("///")
  }
}
