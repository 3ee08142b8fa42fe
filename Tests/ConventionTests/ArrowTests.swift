import Testing

/// A feature folder names only folders that stand above it in the list, so that there is no circle.
@Suite struct ArrowTests {
  /// The folders of Sources/Assay, from the ground up, and the folders that each of them names.
  ///
  /// The machinery below them is targets (`Web`, `Site`, `Storage`, `Vocabulary`, …), whose
  /// direction the compiler checks.
  static let allowed: KeyValuePairs<String, Set<String>> = [
    "Texts": [],
    "Previews": [],
    "Accounts": [],
    "Audit": [],
    "Organizations": ["Accounts"],
    "Letters": ["Accounts", "Organizations"],
    "Projects": [],
    "Items": ["Previews"],
    "Intake": ["Texts", "Previews", "Items"],
    "Quality": ["Previews", "Items"],
    "Files": ["Texts", "Previews", "Accounts", "Items", "Intake", "Quality"],
    "Consensus": [],
    "Pool": ["Consensus"],
    "Annotations": ["Consensus", "Pool"],
    "Tasks": ["Accounts", "Items", "Pool"],
    "Points": [],
    "Reports": ["Items", "Quality"],
    "Admin": ["Projects", "Tasks"],
    "Upkeep": ["Previews", "Points"],
    "App": [
      "Previews", "Accounts", "Audit", "Organizations", "Letters", "Projects", "Intake", "Quality",
      "Files", "Consensus", "Pool", "Annotations", "Tasks", "Points", "Reports",
      "Admin", "Upkeep",
    ],
  ]

  /// The arrows of the checkout.
  static let arrows = FolderArrows(Checkout.sources)

  @Test func aFolderNamesOnlyWhatTheListAllows() {
    #expect(Self.unlisted(Self.arrows, Self.allowed) == [])
  }

  @Test func everyListedArrowExists() {
    #expect(Self.gone(Self.arrows, Self.allowed) == [])
  }

  @Test func theListHasEveryFolder() {
    let folders = Set(Checkout.sources.compactMap(\.feature))
    #expect(folders.symmetricDifference(Self.allowed.map(\.key)) == [])
  }

  @Test func theListHasNoCircle() {
    #expect(Self.upward(Self.allowed) == [])
  }

  @Test func aCircleIsFound() {
    #expect(Self.upward(["A": ["B"], "B": ["A"]]) == ["A may not name B, which stands below it."])
  }

  @Test(arguments: [
    "let b: Book", "Book.print()", "print(\"\\(Book.title)\")", "func f(_ b: [Book]) {}",
    "text.pageCount", "let shelf = Self.shelf(.pageCount)",
  ])
  func anArrowIsFound(line: String) {
    let arrows = Self.arrows(naming: line)
    #expect(arrows.found.keys.map(\.to) == ["Books"])
    #expect(Self.unlisted(arrows, ["Books": [], "Readers": []]).count == 1)
    #expect(Self.unlisted(arrows, ["Books": [], "Readers": ["Books"]]) == [])
  }

  @Test(arguments: [
    "// Book", "print(\"Book\")", "let shelf = Shelf.Book()", "let a = Hidden()",
    "let pageCount = 1", "a.count",
  ])
  func otherWordsAreNotArrows(line: String) {
    let arrows = Self.arrows(naming: line)
    #expect(arrows.found == [:])
    #expect(
      Self.gone(arrows, ["Books": [], "Readers": ["Books"]])
        == ["Readers no longer names Books: take it off the list."])
  }

  /// A folder with one file that names something of another one.
  private static func arrows(naming line: String) -> FolderArrows {
    FolderArrows([
      SourceFile(
        path: "Sources/Assay/Books/Book.swift",
        """
        package struct Book {
        }
        private struct Hidden {
        }
        extension String {
          var pageCount: Int { 1 }
          var count: Int { 1 }
        }
        """),
      SourceFile(path: "Sources/Assay/Readers/Reader.swift", "enum Reader {\n  \(line)\n}"),
    ])
  }

  /// A sentence for each arrow that the list does not have.
  private static func unlisted(
    _ arrows: FolderArrows, _ list: KeyValuePairs<String, Set<String>>
  ) -> [String] {
    arrows.found.filter { arrow, _ in
      !list.contains { $0.key == arrow.from && $0.value.contains(arrow.to) }
    }.map { arrow, example in
      "\(example) of \(arrow.to), but the list does not let \(arrow.from) name \(arrow.to)."
    }.sorted()
  }

  /// A sentence for each arrow of the list that no file makes.
  private static func gone(
    _ arrows: FolderArrows, _ list: KeyValuePairs<String, Set<String>>
  ) -> [String] {
    list.flatMap { from, names in
      names.filter { arrows.found[FolderArrows.Arrow(from: from, to: $0)] == nil }.sorted()
        .map { "\(from) no longer names \($0): take it off the list." }
    }
  }

  /// A sentence for each folder that is named above its own line.
  private static func upward(_ list: KeyValuePairs<String, Set<String>>) -> [String] {
    var above: Set<String> = []
    var sentences: [String] = []
    for (folder, names) in list {
      sentences += names.subtracting(above).sorted().map {
        "\(folder) may not name \($0), which stands below it."
      }
      above.insert(folder)
    }
    return sentences
  }
}
