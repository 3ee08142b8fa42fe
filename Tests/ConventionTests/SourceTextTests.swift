import Testing

/// The other suites read the sources through this.
@Suite struct SourceTextTests {
  @Test func commentsAreNotCode() {
    let text = SourceText("let a = 1 // import Foundation\n/* try! /* nested */ */ let b = 2")
    #expect(text.code == ["let a = 1 ", " let b = 2"])
    #expect(text.comments == ["// import Foundation", "/* try! /* nested */ */"])
  }

  @Test func literalsAreNotCode() {
    let text = SourceText(
      """
      a("x // \\" y") // z
      b(#"raw "quoted" \\n"#)
      """)
    #expect(text.code == ["a(\"\") ", "b(#\"\"#)"])
    #expect(text.literals.map(\.text) == ["x // \\\" y", "raw \"quoted\" \\n"])
  }

  @Test func interpolationsAreCode() {
    let text = SourceText("log(\"a \\(f(\"b\") as! C) c\")")
    #expect(text.code == ["log(\"\\(f(\"\") as! C)\")"])
    #expect(text.literals.map(\.text) == ["b", "a ? c"])
  }

  @Test func linesKeepTheirNumbers() {
    let text = SourceText("\n\"\"\"\n  one\n  two \"and\" three\n  \"\"\"\n// four\nlet end = 5")
    #expect(text.literals.map(\.line) == [2])
    #expect(text.code[6] == "let end = 5")
    #expect(text.comments[5] == "// four")
  }

  @Test func theCheckoutIsFound() {
    #expect(Checkout.paths.contains("Package.swift"))
    #expect(Checkout.sources.contains { $0.path == "Sources/HTTP/Path.swift" })
    #expect(Checkout.swift.contains { $0.path == "Tests/ConventionTests/SourceTextTests.swift" })
  }
}
