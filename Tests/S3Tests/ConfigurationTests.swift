import S3
import Support
import Testing

/// Valid settings, and the errors of invalid ones.
@Suite struct ConfigurationTests {
  @Test func withoutAnEndpointThereIsNoStore() throws {
    #expect(try S3Configuration(environment: { _ in nil }) == nil)
    #expect(try S3Configuration(environment: { _ in "" }) == nil)
  }

  @Test func theSettingsMakeAStore() throws {
    let address = try address(of: [:])
    #expect(address.hasPrefix("https://pictures.storage.example/key?"))
    #expect(address.contains("X-Amz-Credential=ACCESS%2F19700101%2Fus-east-1%2Fs3%2F"))
  }

  @Test func theBucketMayBeInThePath() throws {
    let settings = ["ASSAY_S3_PATH_STYLE": "true", "ASSAY_S3_REGION": "garage"]
    let address = try address(of: settings)
    #expect(address.hasPrefix("https://storage.example/pictures/key?"))
    #expect(address.contains("%2Fgarage%2Fs3%2F"))
  }

  @Test(arguments: [
    ("https://STORAGE.example", "storage.example"), ("https://a.example/", "a.example"),
    ("https://a.example:443", "a.example"), ("https://a.example:9000", "a.example:9000"),
    ("https://[2001:db8::1]:9000", "[2001:db8::1]:9000"), ("https://[::1]", "[::1]"),
    ("http://localhost:9000", "localhost:9000"), ("http://127.0.0.1:80", "127.0.0.1"),
    ("http://[::1]:9000", "[::1]:9000"), ("https://10.0.0.1", "10.0.0.1"),
  ])
  func anEndpointIsRead(text: String, host: String) throws {
    let address = try address(of: ["ASSAY_S3_ENDPOINT": text, "ASSAY_S3_PATH_STYLE": "true"])
    #expect(address.contains("://\(host)/pictures/key?"))
  }

  @Test(arguments: [
    "storage.example", "http://storage.example", "ftp://storage.example", "https://",
    "https://a.example/bucket", "https://user@a.example", "https://a.example?x", "https://a b",
    "https://a.example:0", "https://a.example:65536", "https://a.example:+1", "https://:9000",
    "https://[::1", "https://[]", "https://-a", "https://a.", "http://127.0.0.1.example",
    "https://a.example:", "https://::1", "https://ä.example",
  ])
  func invalidEndpointsAreRefused(text: String) {
    expectRefusal("ASSAY_S3_ENDPOINT", text)
  }

  @Test(arguments: ["ab", "Pictures", "-ab", "ab-", "a..b", "a_b", "a/b", "ä12", "a b"])
  func anInvalidBucketIsReported(text: String) { expectRefusal("ASSAY_S3_BUCKET", text) }

  @Test func missingSettingsAreNamed() {
    expectRefusal("ASSAY_S3_BUCKET", "")
    expectRefusal("ASSAY_SECRETS", "")
    expectRefusal("ASSAY_S3_REGION", "eu central")
    expectRefusal("ASSAY_S3_PATH_STYLE", "yes")
  }

  /// No certificate matches a bucket with dots below a host, and an IP address has no subdomains.
  @Test func someStoresNeedTheBucketInThePath() {
    for settings in [
      ["ASSAY_S3_BUCKET": "my.pictures"], ["ASSAY_S3_ENDPOINT": "https://10.0.0.1"],
    ] {
      let error = #expect(throws: S3ConfigurationError.self) { try address(of: settings) }
      #expect(error?.description.hasPrefix("ASSAY_S3_PATH_STYLE ") == true)
    }
  }

  @Test(arguments: ["", " \n", "k\u{e9}y", String(repeating: "a", count: 257)])
  func aBadKeyFileIsReported(text: String) throws {
    #expect(try keyFault(text).contains("/s3.secret must hold"))
  }

  @Test func aKeyReadableByEverybodyIsRefused() throws {
    #expect(try keyFault("SECRET", mode: 0o604).contains("/s3.secret is readable by everybody"))
  }

  private func keyFault(_ text: String, mode: UInt32 = 0o600) throws -> String {
    let error = #expect(throws: S3ConfigurationError.self) {
      try address(of: [:], secret: text, mode: mode)
    }
    return try #require(error).description
  }

  private func expectRefusal(_ name: String, _ value: String) {
    let error = #expect(throws: S3ConfigurationError.self) { try address(of: [name: value]) }
    #expect(error?.description.hasPrefix("\(name) ") == true)
  }

  /// The address of a key with these settings instead of valid ones.
  private func address(
    of changes: [String: String], secret: String = "SECRET\n", mode: UInt32 = 0o600
  ) throws -> String {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    try directory.write("s3.access", "ACCESS\n")
    try directory.write("s3.secret", secret, mode: mode)
    let settings = [
      "ASSAY_S3_ENDPOINT": "https://storage.example", "ASSAY_S3_BUCKET": "pictures",
      "ASSAY_SECRETS": directory.path,
    ].merging(changes) { $1 }
    let configuration = try #require(try S3Configuration(environment: { settings[$0] }))
    return try S3Signer(configuration).presign(.get(), key: "key", expires: 60, at: 0)
  }
}
