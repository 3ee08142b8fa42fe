import Testing

/// Words that are forbidden in the sources.
@Suite struct WordTests {
  /// Traps where an error belongs, and access levels that the package does not need.
  static let forbiddenCode: Set<Substring> = ["try!", "as!", "fatalError", "@testable", "public"]
  static let forbiddenNotes: Set<Substring> = ["TODO", "FIXME", "XXX"]
  static let forbiddenFolders: Set<Substring> = [
    "Models", "Helpers", "Utils", "Utilities", "Common", "Managers", "Services",
  ]

  @Test func forbiddenWordsAreAbsent() {
    #expect(Checkout.sources.flatMap(Self.forbiddenWords) == [])
  }

  @Test func noFileHasOpenNotes() {
    #expect(Checkout.swift.flatMap(Self.notes) == [])
  }

  @Test func testsUsePackageAccess() {
    let files = Checkout.swift.filter { $0.words.contains { $0.words.contains("@testable") } }
    #expect(files.map(\.path) == [])
  }

  @Test func folderNamesAreSpecific() {
    let folders = Checkout.paths.filter { path in
      path.split(separator: "/").dropLast().contains { Self.forbiddenFolders.contains($0) }
    }
    #expect(folders == [])
  }

  @Test(arguments: [
    "let a = try! b()", "let a = b as! C", "fatalError(\"no\")", "public struct A {}",
  ])
  func aForbiddenWordIsFound(line: String) {
    let path = "Sources/HTTP/Path.swift"
    #expect(Self.forbiddenWords(SourceFile(path: path, line)).count == 1)
    let quoted = "print(\"try! as! public\") // fatalError\n/* public */"
    #expect(Self.forbiddenWords(SourceFile(path: path, quoted)) == [])
  }

  @Test func anOpenNoteIsFound() {
    let file = SourceFile(path: "Sources/HTTP/Path.swift", "let a = 1  // TO" + "DO: more")
    #expect(Self.notes(file) == ["Sources/HTTP/Path.swift:1"])
  }

  private static func forbiddenWords(_ file: SourceFile) -> [String] {
    file.words.flatMap { number, words in
      words.filter(forbiddenCode.contains).map { "\(file.path):\(number): \($0)" }
    }
  }

  private static func notes(_ file: SourceFile) -> [String] {
    file.comments.enumerated().filter { !forbiddenNotes.isDisjoint(with: $0.element.words) }
      .map { "\(file.path):\($0.offset + 1)" }
  }
}
