import Testing

/// Rules for the commands of `assay`.
@Suite struct CommandTests {
  /// ArgumentParser prints a command's usage after a `ValidationError`, which helps only a person
  /// who has written wrong arguments.
  @Test func onlyArgumentsAreAnsweredWithTheUsage() {
    let commands = Checkout.sources.filter { $0.target == "Command" }
    #expect(commands.count > 10)
    #expect(commands.flatMap(Self.lateErrors) == [])
  }

  @Test(arguments: [
    "func validate() throws {\n  throw ValidationError(a)\n}",
    "func run() throws { throw Refusal(a) }",
  ])
  func otherErrorsAreAllowed(source: String) {
    #expect(Self.lateErrors(in: SourceFile(path: "Sources/Command/A.swift", source)) == [])
  }

  @Test(arguments: [
    "func run() throws {\n  throw ValidationError(a)\n}",
    "func validate() {\n}\nstatic func read() throws -> A { throw ValidationError(a) }",
    "let a = ValidationError(b)",
  ])
  func aUsageAfterTheStartIsFound(source: String) {
    #expect(Self.lateErrors(in: SourceFile(path: "Sources/Command/A.swift", source)).count == 1)
  }

  /// The lines outside `validate` that make a `ValidationError`.
  private static func lateErrors(in file: SourceFile) -> [String] {
    var function: Substring?
    return file.words.compactMap { line, words in
      if let keyword = words.firstIndex(of: "func") {
        function = words[keyword...].dropFirst().first
      }
      guard words.contains("ValidationError"), function != "validate" else { return nil }
      return "\(file.path):\(line)"
    }
  }
}
