import Testing

/// Static pages agree with the code.
@Suite struct PageTests {
  @Test(arguments: ["reset-password", "invitation"])
  func aPageForPasswordsStatesTheLengthOfTheRule(name: String) throws {
    let rule = text("Sources/Assay/Accounts/PasswordRule.swift")
    let length = try #require(rule.firstMatch(of: /static let length = (\d+)\.\.\.(\d+)/))
    let page = text("nginx/html/\(name).html")
    #expect(page.contains("\(length.1) to \(length.2) characters"))
    #expect(page.contains("minlength=\"\(length.1)\" maxlength=\"\(length.2)\""))
  }

  private func text(_ path: String) -> String {
    String(decoding: Checkout.bytes(of: path), as: UTF8.self)
  }
}
