import Testing

/// SQL is only in the files of queries of each feature.
@Suite struct QueryTests {
  @Test func statementsAreOnlyInFilesOfQueries() {
    #expect(Checkout.sources.flatMap(Self.misplaced) == [])
  }

  @Test func statementsExist() {
    let files = Checkout.sources.filter { $0.path.hasSuffix("Queries.swift") }
    #expect(!files.isEmpty)
    #expect(files.filter { !$0.literals.contains { Self.isStatement($0.text) } }.map(\.path) == [])
  }

  @Test(arguments: [
    "select 1 from task", "  select a,\n  b\nfrom c", "insert into task values (?)",
    "with x as (select 1) delete from task", "update task\nset state = 'done'",
    "UPDATE task AS t SET x = 1", "select leave()",
  ])
  func aStatementIsFound(text: String) {
    let path = "Sources/Assay/Tasks/Tasks.swift"
    let file = SourceFile(path: path, "db.run(\"\"\"\n\(text)\n\"\"\")")
    #expect(Self.misplaced(file) == ["\(path):1"])
  }

  @Test(arguments: [
    "Select one of them.", "The update of the settings failed.", "labels must be selected",
    "Set a password, one line on standard input.",
  ])
  func aSentenceIsNotAStatement(text: String) {
    #expect(!Self.isStatement(text))
  }

  private static func misplaced(_ file: SourceFile) -> [String] {
    guard file.target != "Postgres", !file.path.hasSuffix("Queries.swift") else { return [] }
    return file.literals.filter { isStatement($0.text) }.map { "\(file.path):\($0.line)" }
  }

  private static func isStatement(_ text: String) -> Bool {
    let words = text.lowercased().words
    func has(_ first: Substring, then second: Substring, within reach: Int) -> Bool {
      words.indices.contains { place in
        words[place] == first && words[(place + 1)...].prefix(reach).contains(second)
      }
    }
    return has("insert", then: "into", within: 1) || has("delete", then: "from", within: 1)
      || has("select", then: "from", within: .max) || has("update", then: "set", within: 5)
      || text.drop(while: \.isWhitespace).hasPrefix("select ")
  }
}
