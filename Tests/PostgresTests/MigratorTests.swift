import Glibc
import Postgres
import Support
import Testing

@Suite final class MigratorTests {
  let database: String
  let db: Connection
  let directory: TemporaryDirectory

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    directory = try TemporaryDirectory()
    try directory.write("0001_first.sql", "create table a (x int); insert into a values (1);")
    try directory.write("0002_second.sql", "alter table a add y int;\n-- Ünïcode\n")
    try directory.write("README.md", "not a migration")
  }

  deinit { directory.remove() }

  private func migrate(_ connection: Connection? = nil) throws -> [String] {
    // The hash is a simple sum.
    let migrator = Migrator(directory: directory.path) { bytes in
      String(bytes.reduce(0) { $0 &* 31 &+ Int($1) })
    }
    return try migrator.migrate(connection ?? Connection(database)).applied
  }

  private func error() -> MigrationError? {
    do {
      _ = try migrate()
      return nil
    } catch {
      return error as? MigrationError
    }
  }

  @Test func migrationsAreAppliedOnceInOrder() throws {
    #expect(try migrate() == ["0001_first.sql", "0002_second.sql"])
    #expect(try migrate() == [])
    try directory.write("0003_third.sql", "insert into a values (2, 2)")
    #expect(try migrate() == ["0003_third.sql"])
    #expect(try db.value("select count(*) from a") == 2)
    let numbers = try db.all(
      "select number from schema_migration where applied_at <= now() order by 1"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(numbers == [1, 2, 3])
  }

  @Test func theConnectionIsUsableAfterwards() throws {
    _ = try migrate(db)
    #expect(try db.value("show statement_timeout") == "5s")
    #expect(try migrate() == [])
  }

  @Test func aFailedMigrationIsRolledBack() throws {
    try directory.write("0003_third.sql", "create table b (x int); selec")
    guard case .failed("0003_third.sql", .refused("42601", _)) = error() else {
      Issue.record("not refused")
      return
    }
    #expect(try db.value("select max(number) from schema_migration") == 2)
    #expect(try db.value("select to_regclass('b') is null"))
    try directory.write("0003_third.sql", "create table b (x int)")
    #expect(try migrate() == ["0003_third.sql"])
  }

  @Test func aMigrationMayNotCommit() throws {
    try directory.write("0003_third.sql", "create table b (x int); commit")
    guard case .failed("0003_third.sql", .refused("25P01", _)) = error() else {
      Issue.record("not refused")
      return
    }
  }

  @Test func aChangedFileIsRefused() throws {
    _ = try migrate()
    try directory.write("0001_first.sql", "create table a (x int);")
    #expect(error() == .changed(file: "0001_first.sql"))
  }

  @Test func aMissingFileIsRefused() throws {
    _ = try migrate()
    unlink("\(directory.path)/0002_second.sql")
    #expect(error() == .missing(number: 2, name: "0002_second.sql"))
    try directory.write("0002_second.sql", "alter table a add y int;\n-- Ünïcode\n")
    #expect(error() == nil)
    try db.run("delete from schema_migration where number = 1")
    #expect(error() == .skipped(file: "0001_first.sql"))
  }

  @Test func numbersHaveNoGaps() throws {
    try directory.write("0004_fourth.sql", "")
    #expect(error() == .gap(expected: 3, file: "0004_fourth.sql"))
    try directory.write("0002_twin.sql", "")
    #expect(error() == .duplicate("0002_second.sql", "0002_twin.sql"))
  }

  @Test(arguments: ["3_x.sql", "0003.sql", "0003_.sql", "0003-x.sql", "0003_X.sql", "x.sql"])
  func namesAreStrict(_ name: String) throws {
    try directory.write(name, "")
    #expect(error() == .misnamed(file: name))
  }

  @Test func aMissingDirectoryIsReported() throws {
    let migrator = Migrator(directory: "/nonexistent") { _ in "" }
    #expect(
      throws: MigrationError.unreadable(path: "/nonexistent", reason: "No such file or directory")
    ) {
      try migrator.migrate(db)
    }
  }

  @Test func concurrentMigrationsApplyEachFileOnce() async throws {
    try directory.write("0003_third.sql", "select pg_sleep(0.2)")
    let (database, path) = (database, directory.path)
    let applied = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 1...4 {
        group.addTask {
          try Migrator(directory: path) { String($0.count) }.migrate(Connection(database)).applied
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.sorted() == ["0001_first.sql", "0002_second.sql", "0003_third.sql"])
    #expect(try db.value("select count(*) from a") == 1)
  }
}
