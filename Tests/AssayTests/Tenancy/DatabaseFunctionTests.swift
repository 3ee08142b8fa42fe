import Assay
import Glibc
import Postgres
import Support
import Testing
import Web

@Suite("Functions of the database")
struct DatabaseFunctionTests {
  private static let migrations = Products.checkout + "/sql/migrations"
  private static let functions = Products.checkout + "/sql/functions"

  private func texts(_ db: Connection, _ query: SQL) throws -> [String] {
    try db.all(query) { row throws(PostgresError) in try row.next() }
  }

  /// A signature of an old migration that is in no file must be dropped by a later migration.
  @Test func everyFunctionEqualsItsFile() throws {
    let site = try TestSite()
    let found = try texts(
      site.owner(),
      "select proname::text from pg_proc where pronamespace = 'public'::regnamespace order by 1")
    let written = try FunctionFolder(Self.functions).files.flatMap { file in
      let signatures = String(decoding: file.bytes, as: UTF8.self)
        .split(separator: "\n").count { $0.hasPrefix("create or replace function public.") }
      return Array(repeating: file.name, count: signatures)
    }
    #expect(found == written.sorted())
    #expect(found.count > 90)
  }

  @Test func migratingAgainDoesNothing() throws {
    let site = try TestSite()
    let before = try SchemaText.of(site.owner())
    let report = try DatabaseSchema.migrate(site.owner(), directory: Self.migrations)
    #expect(report == Migrator.Report())
    #expect(try SchemaText.of(site.owner()) == before)
  }

  /// Migrations before `retired_functions` define functions, too.
  @Test func anOldDatabaseGetsTheSameFunctions() throws {
    let old = Connection(try TestServer.freshDatabase())
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let names = try Files.names(in: Self.migrations)
    for name in names.prefix(while: { !$0.hasSuffix("_retired_functions.sql") }) {
      try Files.write("\(folder.path)/\(name)", Files.bytes("\(Self.migrations)/\(name)"))
    }
    _ = try Migrator(directory: folder.path, hash: DatabaseSchema.hash).migrate(old)
    #expect(
      try texts(old, "select 'found' where to_regproc('set_member') is not null") == ["found"])
    let identity: SQL = "select 'scope_account'::regproc::oid::bigint::text"
    let scope = try texts(old, identity)
    let report = try DatabaseSchema.migrate(old, directory: Self.migrations)
    #expect(report.functions.replaced.count > 90)
    let new = try TestSite()
    let owner = new.owner()
    #expect(try SchemaText.of(old) == SchemaText.of(owner))
    #expect(try texts(old, identity) == scope)
  }

  /// `cp -r` over the folder of an earlier release keeps functions that the release has dropped.
  @Test func aFolderThatMixesReleasesIsRefused() throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let migrations = "\(folder.path)/migrations"
    for name in ["migrations", "functions"] { mkdir("\(folder.path)/\(name)", 0o700) }
    for name in try Files.names(in: Self.functions) where !name.hasPrefix(".") {
      try Files.write(
        "\(folder.path)/functions/\(name)", Files.bytes("\(Self.functions)/\(name)"))
    }
    func isRefused() -> Bool {
      do {
        try DatabaseSchema.checkFunctions(migrations)
        return false
      } catch {
        return error as? MigrationError == .mixedFolder(path: "\(migrations)/../functions")
      }
    }
    #expect(!isRefused())
    try folder.write("functions/dropped.sql", "select 1")
    #expect(isRefused())
    unlink("\(folder.path)/functions/dropped.sql")
    #expect(!isRefused())
    unlink("\(folder.path)/functions/admit.sql")
    #expect(isRefused())
    try folder.write("functions/admit.sql", "select 1")
    #expect(isRefused())
  }

  /// Policies, triggers and rights stay with the functions that existed before.
  @Test func aSiteWorksDuringTheReplacement() throws {
    let site = try TestSite()
    let customer = try site.person(.customer)
    let before = try SchemaText.of(site.owner())
    try site.owner().run("update schema_function set hash = ''")
    let report = try DatabaseSchema.migrate(site.owner(), directory: Self.migrations)
    #expect(report.functions.replaced.count > 90)
    #expect(try SchemaText.of(site.owner()) == before)
    let project = try site.send(
      "POST", "/requests", as: customer, json: #"{"title": "After", "classes": ["a"]}"#)
    #expect(project.status == 201)
  }
}
