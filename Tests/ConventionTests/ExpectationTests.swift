import Testing

/// A test that finds too few elements fails; it does not end the process of all tests.
@Suite struct ExpectationTests {
  private static let tests = Checkout.swift.filter { $0.path.hasPrefix("Tests/") }

  /// Lines that index what a call returns by a number: `[at: 0]` and `first` can fail.
  static func indexedCalls(_ file: SourceFile) -> [String] {
    file.code.enumerated().filter { $0.element.contains(")[") }
      .filter { $0.element.contains(#/\)\[[0-9]+\]/#) }
      .map { "\(file.path):\($0.offset + 1)" }
  }

  /// Lines that index a list whose count was only expected, not required, in the same function.
  static func softlyCounted(_ file: SourceFile) -> [String] {
    var counted: Set<Substring> = []
    var found: [String] = []
    for (place, line) in file.code.enumerated() {
      if line.contains("func ") { counted = [] }
      for match in line.contains("#expect(")
        ? line.matches(of: #/#expect\((?:try )?!?([A-Za-z.]+)\.(?:count|isEmpty)\b/#) : []
      {
        counted.insert(match.1)
      }
      guard !counted.isEmpty, line.contains("[") else { continue }
      if line.matches(of: #/([A-Za-z.]+)\[[0-9]+\]/#).contains(where: { counted.contains($0.1) }) {
        found.append("\(file.path):\(place + 1)")
      }
    }
    return found
  }

  @Test func listsAreIndexedSafely() {
    #expect(Self.tests.flatMap { Self.indexedCalls($0) + Self.softlyCounted($0) } == [])
  }

  @Test func theCheckFindsUnsafeIndexes() {
    func found(_ lines: String) -> Int {
      let file = SourceFile(path: "Tests/X.swift", "func f() {\n\(lines)\n}")
      return (Self.indexedCalls(file) + Self.softlyCounted(file)).count
    }
    #expect(found("let one = list()[0]") == 1)
    #expect(found("#expect(list.count == 1)\nuse(list[0])") == 1)
    #expect(found("#expect(list.count == 1 && list[0] == 5)") == 1)
    #expect(found("try #require(list.count == 1)\nuse(list[0])") == 0)
    #expect(found("let one = try list()[at: 0]") == 0)
    #expect(found("#expect(list.count == 1)\n}\nfunc g() { use(list[0]) }") == 0)
  }
}
