import Testing

/// Static pages and other deployed files agree with the code.
@Suite struct PageTests {
  @Test(arguments: ["reset-password", "invitation"])
  func aPageForPasswordsStatesTheLengthOfTheRule(name: String) throws {
    let rule = text("Sources/Assay/Accounts/PasswordRule.swift")
    let length = try #require(rule.firstMatch(of: /static let length = (\d+)\.\.\.(\d+)/))
    let page = text("nginx/html/\(name).html")
    #expect(page.contains("\(length.1) to \(length.2) characters"))
    #expect(page.contains("minlength=\"\(length.1)\" maxlength=\"\(length.2)\""))
  }

  /// A server has neither the scripts of a checkout nor an instance that they have started.
  @Test func deployedFilesDoNotMentionTheCheckout() {
    let folders = ["nginx/", "systemd/", "sql/migrations/", "sql/functions/"]
    let deployed = Checkout.paths.filter { path in folders.contains { path.hasPrefix($0) } }
    #expect(deployed.contains("nginx/html/index.html"))
    let messages = Checkout.sources.map { file in
      (path: file.path, text: file.literals.map(\.text).joined(separator: "\n"))
    }
    let ofCheckouts = ["instance.env", ".run/", ".dev/", "make up", "make run", "ASSAY_CA\""]
    for (path, text) in deployed.map({ ($0, text($0)) }) + messages {
      #expect(ofCheckouts.filter { text.contains($0) } == [], "\(path)")
    }
  }

  @Test func theReadmeNamesTheLicence() {
    #expect(text("README.md").contains("[MIT License](LICENSE)"))
    #expect(text("LICENSE").hasPrefix("MIT License\n\nCopyright"))
  }

  private func text(_ path: String) -> String {
    String(decoding: Checkout.bytes(of: path), as: UTF8.self)
  }
}
