import Assay
import Site
import Support
import Testing

@Suite("Settings")
struct ConfigTests {
  private let home: TemporaryDirectory
  private var environment: [String: String] = [:]

  init() throws {
    home = try TemporaryDirectory()
    try home.write("token.key", TestSite.tokenKey + "\n")
    try home.write("link.key", TestSite.linkKey)
    environment = [
      "ASSAY_DATABASE": "dbname=x", "ASSAY_STORE": "/store", "ASSAY_SECRETS": home.path,
      "ASSAY_DECODE": "/decode",
    ]
  }

  private func config(_ changes: [String: String] = [:]) throws -> Config {
    let environment = environment.merging(changes) { $1 }
    return try Config { environment[$0] }
  }

  @Test func defaultsAreSet() throws {
    defer { home.remove() }
    let config = try config()
    #expect(config.quality == .worker)
    #expect(config.fileLimit == 20 << 20)
    #expect(config.requestLimit == 200 << 20)
    #expect(config.publicURL == nil)
    #expect(config.aiPrior == 0.1)
    #expect(config.detector == nil)
    #expect(config.tokenKey.count == 64)
    #expect(config.database(as: .application) == "dbname=x user=assay_app")
    #expect(config.database(as: .worker) == "dbname=x user=assay_worker")
  }

  @Test func theSummaryHasTheSettingsAndNoSecret() throws {
    defer { home.remove() }
    for name in ["smtp.password", "s3.access", "s3.secret", "issuer.secret"] {
      try home.write(name, "secret-of-\(name)-with-32-characters-or-more")
    }
    let summary = try config([
      "ASSAY_DATABASE": "host=/run/x dbname=assay password=secret-of-database",
      "ASSAY_PUBLIC_URL": "https://assay.example", "ASSAY_THREADS": "5",
      "ASSAY_SMTP": "smtps://someone:secret-of-address@mail.example:465",
      "ASSAY_MAIL_FROM": "assay@example.org", "ASSAY_SMTP_USER": "someone",
      "ASSAY_ISSUER": "https://issuer.example", "ASSAY_CORS_ORIGINS": "https://a.example",
      "ASSAY_S3_ENDPOINT": "https://s3.example", "ASSAY_S3_BUCKET": "pictures",
    ]).summary
    let shown = summary.map { "\($0)=\($1)" }.sorted().joined(separator: "\n")
    #expect(!shown.contains("secret") && !shown.contains(TestSite.tokenKey))
    #expect(!shown.contains(TestSite.linkKey))
    for line in [
      "database=host=/run/x dbname=assay", "store=/store", "threads=5", "qc=worker",
      "public_url=https://assay.example", "smtp=smtps://mail.example:465",
      "mail_from=assay@example.org", "issuer=https://issuer.example",
      "cors_origins=https://a.example", "s3=pictures at https://s3.example", "limits=on",
    ] { #expect(shown.contains(line), "\(line)") }
  }

  @Test(arguments: ["ASSAY_DATABASE", "ASSAY_STORE", "ASSAY_SECRETS", "ASSAY_DECODE"])
  func missingSettingsAreNamed(name: String) throws {
    defer { home.remove() }
    let error = #expect(throws: ConfigError.self) { try config([name: ""]) }
    #expect(error?.description == "\(name) is not set.")
  }

  @Test(arguments: [
    ("ASSAY_QC", "sometimes"), ("ASSAY_THREADS", "0"), ("ASSAY_THREADS", "many"),
    ("ASSAY_FILE_LIMIT", "-1"), ("ASSAY_REQUEST_LIMIT", "1 MB"),
    ("ASSAY_AI_PRIOR", "0"), ("ASSAY_AI_PRIOR", "0.5"), ("ASSAY_AI_PRIOR", "some"),
  ])
  func invalidSettingsAreRefused(name: String, value: String) throws {
    defer { home.remove() }
    let error = #expect(throws: ConfigError.self) { try config([name: value]) }
    #expect(error?.description.hasPrefix("\(name) must be ") == true)
  }

  @Test func allFaultsAreReportedAtOnce() throws {
    defer { home.remove() }
    try home.write("link.key", "short")
    let error = #expect(throws: ConfigError.self) {
      try config([
        "ASSAY_DATABASE": "", "ASSAY_THREADS": "many", "ASSAY_QC": "later", "ASSAY_LIMITS": "none",
        "ASSAY_SMTP": "mail.example.org", "ASSAY_S3_ENDPOINT": "https://s3.example.org",
      ])
    }
    #expect(
      error?.sentences == [
        "ASSAY_DATABASE is not set.", "ASSAY_QC must be worker or inline.",
        "ASSAY_THREADS must be from 1 to 256.", "ASSAY_S3_BUCKET is not set.",
        "ASSAY_LIMITS must be on or off.",
        "\(home.path)/link.key must hold 64 random hexadecimal digits.",
        "ASSAY_SMTP must be smtp://host:port or smtps://host:port.",
        "ASSAY_MAIL_FROM must be an e-mail address.",
        "ASSAY_PUBLIC_URL must be set when ASSAY_SMTP is.",
      ])
  }

  @Test(arguments: [
    ("ASSAY_TREADS", "ASSAY_TREADS is not a setting: ASSAY_THREADS is the nearest name."),
    (
      "ASSAY_SMTP_USERNAME",
      "ASSAY_SMTP_USERNAME is not a setting: ASSAY_SMTP_USER is the nearest name."
    ),
    ("ASSAY_STORES", "ASSAY_STORES is not a setting: ASSAY_STORE is the nearest name."),
    ("ASSAY_", "ASSAY_ is not a setting: docs/settings.md lists them all."),
    ("ASSAY_XYZQWV", "ASSAY_XYZQWV is not a setting: docs/settings.md lists them all."),
  ])
  func anUnknownNameIsAFault(name: String, sentence: String) {
    #expect(SettingNames.faults(in: ["PATH", "ASSAY_STORE", name]) == [sentence])
  }

  @Test func theNamesOfThisProcessAreRead() {
    #expect(SettingNames.environment.contains("PATH"))
  }

  @Test func invalidThresholdsAreRefused() throws {
    defer { home.remove() }
    let error = #expect(throws: ConfigError.self) {
      try config(["ASSAY_QC_THRESHOLDS": "blurry=sometimes"])
    }
    #expect(
      error?.description
        == "ASSAY_QC_THRESHOLDS: The threshold of blurry must be from 0 to 10, or off.")
  }

  @Test(arguments: [
    "", "short", String(repeating: "0", count: 64), String(repeating: "g", count: 64),
  ])
  func aWeakKeyIsRefused(key: String) throws {
    defer { home.remove() }
    try home.write("link.key", key)
    #expect(throws: ConfigError.self) { try config() }
  }

  @Test func aKeyReadableByEverybodyIsRefused() throws {
    defer { home.remove() }
    try home.write("token.key", TestSite.tokenKey, mode: 0o604)
    #expect(throws: ConfigError.self) { try config() }
    try home.write("token.key", TestSite.tokenKey, mode: 0o640)
    #expect(throws: Never.self) { try config() }
  }
}
