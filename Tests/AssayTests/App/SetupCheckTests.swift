import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

/// Faults that `assay check` finds, and answers to requests, when the database is not set up.
@Suite struct SetupCheckTests {
  private let site: TestSite
  private let home: TemporaryDirectory
  init() throws {
    site = try TestSite()
    home = try TemporaryDirectory()
    try home.write("token.key", TestSite.tokenKey)
    try home.write("link.key", TestSite.linkKey)
  }

  /// The connection string without its user, as an operator writes it.
  private var database: String {
    site.database.split(separator: " ").filter { !$0.hasPrefix("user=") }.joined(separator: " ")
  }

  private func faults(
    of program: SetupCheck.Program? = .serve, _ changes: [String: String] = [:],
    names: [String] = []
  ) -> [SetupCheck.Fault] {
    let environment = [
      "ASSAY_DATABASE": database, "ASSAY_STORE": site.site.config.store,
      "ASSAY_SECRETS": home.path, "ASSAY_DECODE": Products.path("assay-decode"),
      "ASSAY_SQL": Products.checkout + "/sql/migrations",
    ].merging(changes) { $1 }
    return SetupCheck(of: program, environment: { environment[$0] }, names: names).faults()
  }

  private func health() throws -> Answer { try Client(site.site).send("GET", "/health") }

  private static let notSetUp =
    "The database is not set up for this version of the service: the operator must run "
    + "`assay check`."

  @Test(arguments: [SetupCheck.Program.serve, .work, .scrub])
  func aWholeSiteHasNoFault(program: SetupCheck.Program) {
    defer { home.remove() }
    #expect(faults(of: program) == [])
  }

  @Test func faultsOfSettingsAndFilesAreLasting() throws {
    defer { home.remove() }
    let found = faults(
      of: .serve,
      ["ASSAY_DECODE": "/nonexistent/decode", "ASSAY_STORE": "/nonexistent/store"],
      names: ["ASSAY_TREADS"])
    try #require(found.map(\.isLasting) == [true, true, true, false])
    #expect(found[0].sentence.hasPrefix("ASSAY_TREADS is not a setting"))
    #expect(found[1].sentence.hasPrefix("ASSAY_DECODE: /nonexistent/decode does not work: "))
    #expect(found[2].sentence.contains("mount the disk of the store at /var/lib/assay/store"))
    #expect(found[3].sentence.hasSuffix("run `assay store adopt` after a restore."))
    let folder = faults(of: .migrate, ["ASSAY_SQL": "/nonexistent"])
    #expect(folder.contains { $0.sentence.hasPrefix("ASSAY_SQL: Cannot read") && $0.isLasting })
  }

  /// A process that starts before the disk is mounted waits for it.
  ///
  /// Not even root can write to /proc/sys.
  @Test func aStoreWithoutFoldersMayComeBack() {
    defer { home.remove() }
    let found = faults(of: .serve, ["ASSAY_STORE": "/proc/sys"])
    #expect(found.map(\.isLasting) == [false, false])
    #expect(found.first?.sentence.contains("/proc/sys cannot be written") == true)
  }

  @Test(arguments: [SetupCheck.Program.serve, .migrate])
  func aConnectionStringThatCannotBeParsedIsLasting(program: SetupCheck.Program) throws {
    defer { home.remove() }
    let found = faults(of: program, ["ASSAY_DATABASE": "assay"])
    #expect(
      found.map(\.sentence) == [
        "ASSAY_DATABASE must be a connection string of libpq: "
          + #"missing "=" after "assay" in connection info string"#
      ])
    #expect(found.map(\.isLasting) == [true])
  }

  /// The role would become a part of the database's name.
  @Test(arguments: ["postgresql:///assay", "postgres://localhost/assay"])
  func aConnectionStringThatIsAURIIsRefused(text: String) throws {
    defer { home.remove() }
    #expect(
      faults(of: .serve, ["ASSAY_DATABASE": text]).map(\.sentence) == [
        "ASSAY_DATABASE must be a connection string of libpq: "
          + "it must be words such as host=… dbname=…, not a URI"
      ])
  }

  @Test(arguments: [SetupCheck.Program.serve, .migrate, nil])
  func aUserOfTheConnectionStringHasNoEffect(program: SetupCheck.Program?) throws {
    defer { home.remove() }
    let found = faults(of: program, ["ASSAY_DATABASE": "user=me \(database)"])
    let fault = try #require(found.first { $0.sentence.contains("user=") })
    #expect(
      fault.sentence == "ASSAY_DATABASE: user=me has no effect, because each program has a role of "
        + "its own: leave it out.")
    #expect(!fault.isLasting)
  }

  @Test func filesThatSettingsNameMustBeReadable() throws {
    defer { home.remove() }
    let names = ["ASSAY_SMTP_CA", "ASSAY_ISSUER_JWKS", "ASSAY_AI_MODEL", "ASSAY_ONNX_RUNTIME"]
    let found = faults(of: .work, [String: String](names.map { ($0, "/nonexistent") }) { $1 })
    #expect(
      found.map(\.sentence)
        == names.map { "\($0): /nonexistent cannot be read: No such file or directory." })
    #expect(found.map(\.isLasting) == [true, false, false, false])
    #expect(faults(of: .work, ["ASSAY_ISSUER_JWKS": "https://issuer.example/keys"]) == [])
  }

  @Test func aMissingSecretIsNamedWithTheReason() throws {
    defer { home.remove() }
    let found = faults(of: .serve, ["ASSAY_SECRETS": "/nonexistent"])
    #expect(
      found.map(\.sentence) == [
        "/nonexistent/token.key cannot be read: No such file or directory.",
        "/nonexistent/link.key cannot be read: No such file or directory.",
      ])
  }

  @Test func aDatabaseThatDoesNotAnswerMayComeBack() throws {
    defer { home.remove() }
    let away = faults(of: .serve, ["ASSAY_DATABASE": "host=/nonexistent dbname=assay"])
    #expect(away.map(\.isLasting) == [false])
    let unknown = faults(of: .serve, ["ASSAY_DATABASE": database + "_of_no_name"])
    try #require(unknown.map(\.isLasting) == [true])
    #expect(unknown[0].sentence.contains("does not answer the role assay_app"))
  }

  @Test func aDatabaseThatDoesNotExistIsNotBusy() throws {
    defer { home.remove() }
    let lost = Client(site.site, database: site.database + "_of_no_name user=assay_app")
    let answer = try lost.send("GET", "/health")
    #expect(answer.status == 503)
    #expect(try answer.detail == Self.notSetUp)
  }

  @Test func aRoleThatDoesNotExistIsNotBusy() throws {
    defer { home.remove() }
    let lost = Client(site.site, database: site.database + " user=assay_nobody")
    let answer = try lost.send("GET", "/health")
    #expect(answer.status == 503)
    #expect(try answer.detail == Self.notSetUp)
  }

  @Test func missingTablesAreNamed() throws {
    defer { home.remove() }
    try site.owner().script(
      """
      drop schema public cascade; create schema public; grant usage on schema public to public
      """)
    #expect(
      faults().map(\.sentence)
        == ["The database has no tables: run `systemctl restart assay-migrate`."])
    let answer = try Client(site.site).send(
      "POST", "/auth/login", json: #"{"username": "a", "password": "b"}"#)
    #expect(answer.status == 503)
    #expect(try answer.detail == Self.notSetUp)
  }

  @Test func missingFunctionsAreNamedAndMadeAgain() throws {
    defer { home.remove() }
    let owner = site.owner()
    try owner.script("drop function admit cascade")
    #expect(
      faults().map(\.sentence) == [
        "The database lacks functions (admit): run `systemctl restart assay-migrate`."
      ])
    let report = try DatabaseSchema.migrate(
      Connection(site.database), directory: Products.checkout + "/sql/migrations")
    #expect(report.functions.replaced == ["admit"])
    #expect(faults() == [])
  }

  @Test func missingMigrationsAreNamed() throws {
    defer { home.remove() }
    try site.owner().run("delete from schema_migration where number > 40")
    let sentences = try DatabaseCheck(
      site.owner(), migrations: Products.checkout + "/sql/migrations"
    ).faults(of: [])
    try #require(sentences.count == 1)
    #expect(sentences[0].contains("migrations, the first is 0041_retired_functions.sql"))
  }

  @Test func missingRightsAreNamed() throws {
    defer { home.remove() }
    try site.owner().script(
      """
      revoke all on item from assay_app;
      revoke execute on function sign_in_candidates from assay_app
      """)
    let sentences = faults().map(\.sentence)
    #expect(
      sentences == [
        "assay_app has no rights on item, sign_in_candidates: "
          + "restore the dump again as docs/restoring.md says."
      ])
    let answer = try Client(site.site).send(
      "POST", "/auth/login", json: #"{"username": "a", "password": "b"}"#)
    #expect(answer.status == 503)
    #expect(try answer.detail == Self.notSetUp)
  }

  /// A route whose statement is wrong.
  private func answer(to statement: SQL) throws -> Answer {
    let route = Route.open(.root, .get, "/wrong", "setup.wrong", "Fails.", gives: .string()) {
      _, context in
      try context.db.run(statement)
      return Response(204)
    }
    return try Client(site.site, routes: [route]).send("GET", "/wrong")
  }

  private static let wrong: [SQL] = [
    "select nothing", "select from nothing", "select nothing()", "select 1::nothing",
    "select from nothing.nothing", "select pg_read_file('/etc/hostname')",
    "delete from schema_migration",
  ]

  @Test(arguments: wrong.indices)
  func aWrongStatementIsABugIfNothingIsMissing(index: Int) throws {
    defer { home.remove() }
    #expect(try answer(to: Self.wrong[index]).status == 500)
  }

  @Test(arguments: [
    "delete from schema_migration where number = 41",
    "insert into schema_migration (number, name, hash) values (9999, 'a', '')",
    "update schema_function set edition = edition - 1",
    "update schema_function set edition = edition + 1",
    "drop function end_invitations cascade", "drop function schema_state",
    "revoke execute on function audit from assay_app", "revoke all on item from assay_app",
  ])
  func aWrongStatementMayBeOneOfAnotherVersion(change: String) throws {
    defer { home.remove() }
    try site.owner().script(change)
    for statement in Self.wrong {
      let answer = try answer(to: statement)
      #expect(answer.status == 503)
      #expect(try answer.detail == Self.notSetUp)
    }
  }

  @Test func aDatabaseOfAnotherOwnerIsNotMigrated() throws {
    defer { home.remove() }
    let check = DatabaseCheck(site.owner(), migrations: nil)
    let sentences = try check.faultsBeforeMigration()
    #expect(sentences.contains { $0.contains("alter database") && $0.contains("owner to") })
    #expect(sentences.contains { $0.contains("belong to another role than assay_owner") })
  }
}
