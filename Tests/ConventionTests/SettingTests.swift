import Testing

/// The list of settings in the code, the code that reads them, and the page about them agree.
@Suite struct SettingTests {
  private static var name: Regex<Substring> { /ASSAY_[A-Z0-9_]*[A-Z0-9]/ }

  private func names(in path: String) -> Set<Substring> {
    Set(text(path).matches(of: Self.name).map(\.output))
  }

  private func text(_ path: String) -> String {
    String(decoding: Checkout.bytes(of: path), as: UTF8.self)
  }

  @Test func thePageListsEverySettingAndNoOther() {
    let rows = text("docs/settings.md").split(separator: "\n")
      .compactMap { $0.prefixMatch(of: /\| `(ASSAY_[A-Z0-9_]+)`/)?.1 }
    let listed = names(in: "Sources/Site/SettingNames.swift")
    #expect(Set(rows) == listed)
  }

  @Test func theCodeNamesOnlyListedSettings() {
    let listed = names(in: "Sources/Site/SettingNames.swift")
    for file in Checkout.sources {
      #expect(names(in: file.path).subtracting(listed) == [], "\(file.path)")
    }
  }
}
