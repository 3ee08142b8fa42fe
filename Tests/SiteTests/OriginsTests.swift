import Site
import Testing

@Suite("Origins of pages")
struct OriginsTests {
  @Test func nginxGetsTheSameList() throws {
    let origins = try Origins("http://localhost:3000, https://ui.example.org,http://[::1]:81")
    #expect(
      origins.nginxValues == #"""
        # Written by `assay nginx-origins` from ASSAY_CORS_ORIGINS.
        default "! http://[::1]:81 http://localhost:3000 https://ui.example.org";
        "~^http://\[::1\]:81$" "http://[::1]:81";
        "~^http://localhost:3000$" "http://localhost:3000";
        "~^https://ui\.example\.org$" "https://ui.example.org";

        """#)
    #expect(origins.value(for: "http://localhost:3000") == "http://localhost:3000")
    #expect(
      origins.value(for: "null")
        == "! http://[::1]:81 http://localhost:3000 https://ui.example.org")
  }

  @Test func anEmptyListGivesNginxNoValues() throws {
    for text in [nil, "", " , "] as [String?] {
      let origins = try Origins(text)
      #expect(origins.isEmpty)
      #expect(origins.nginxValues.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
      #expect(origins.value(for: "https://ui.example.org") == "")
    }
  }

  @Test(arguments: [
    "null", "*", "https://", "https://*.example.org", "https://a/", "https://a/b", "example.org",
    "https://A.example", "ftp://a", "https://a:443", "http://a:80", "https://a:0",
    "https://a:65536",
    "https://a:08", "https://a:", "https://a:x", "https://u@a", "https://a?b", "https://a#b",
    "http://[::1", "http://[::1]x", "http://[]", "https://a\";}", "https://$host", "https://a\\b",
    "https://a{1}", "https://ä.example",
  ])
  func otherTextsAreRefused(text: String) {
    let error = #expect(throws: ConfigError.self) { try Origins(text) }
    #expect(error?.description.hasSuffix("\(text) is none.") == true)
  }

  /// The operator may write the usual port, and a slash at the end.
  @Test(arguments: ["https://a.example:443", "http://a:80", "https://a:8443/", "http://[::1]:81"])
  func aPublicURLIsAnOrigin(text: String) throws {
    let origin = try Config.publicURL(text)
    #expect(origin == (text.hasSuffix("/") ? String(text.dropLast()) : text))
  }

  @Test(arguments: [
    "https://A.example", "https://a/b", "https://a:0", "https://a:x", "https://u@a", "https://[::1",
    "ftp://a", "https://", "https://a b", "https://a\"",
  ])
  func noOtherTextIsAPublicURL(text: String) {
    let error = #expect(throws: ConfigError.self) { try Config.publicURL(text) }
    #expect(error?.description == "ASSAY_PUBLIC_URL must be an origin: https://host[:port].")
  }
}
