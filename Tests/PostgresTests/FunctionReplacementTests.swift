import Glibc
import Postgres
import Support
import Testing

@Suite final class FunctionReplacementTests {
  let database: String
  let db: Connection
  let release: ReleaseFolder

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    release = try ReleaseFolder()
    try release.migration("0001_first.sql", "create table a (x int)")
    try release.function("one", "select 1")
    try release.function("two", "select 2")
    _ = try migrate()
  }

  deinit { release.remove() }

  private func migrate(_ folder: ReleaseFolder? = nil) throws -> Migrator.Report {
    try (folder ?? release).migrate(Connection(database))
  }

  private func error() -> MigrationError? {
    do {
      _ = try migrate()
      return nil
    } catch {
      return error as? MigrationError
    }
  }

  private func value(_ call: String) throws -> Int {
    try db.one("select \(unsafeRaw: call)") { row throws(PostgresError) in try row.next() }
  }

  private func identity(_ name: String) throws -> Int {
    try value("('\(name)'::regprocedure)::oid::int")
  }

  @Test func onlyChangedFunctionsAreReplaced() throws {
    #expect(try migrate() == Migrator.Report())
    let before = try identity("two()")
    try release.function("two", "select 22")
    #expect(try migrate().functions == FunctionReport(replaced: ["two"]))
    #expect(try (value("one()"), value("two()")) == (1, 22))
    #expect(try identity("two()") == before)
    #expect(try migrate() == Migrator.Report())
  }

  @Test func aFailureLeavesAllFunctionsAsTheyWere() throws {
    try release.function("one", "select 11")
    try release.function("two", "selec 22")
    guard case .failed("functions/two.sql", .refused("42601", _)) = error() else {
      Issue.record("not refused")
      return
    }
    #expect(try (value("one()"), value("two()")) == (1, 2))
    try release.function("two", "select 22")
    #expect(try migrate().functions.replaced == ["one", "two"])
  }

  @Test func bodiesMayCallFunctionsOfLaterFiles() throws {
    try release.function("also", "select public.zero() + 1")
    try release.function("zero", "select 0")
    #expect(try migrate().functions.replaced == ["also", "zero"])
    #expect(try value("also()") == 1)
  }

  @Test func bodiesAreValidated() throws {
    try release.function("one", "select public.missing()")
    guard case .failed("functions/one.sql", .refused("42883", _)) = error() else {
      Issue.record("a call of a missing function is not refused")
      return
    }
    try release.function("one", "begin retur 1; end", language: "plpgsql")
    guard case .failed("functions/one.sql", .refused("42601", _)) = error() else {
      Issue.record("a wrong statement is not refused")
      return
    }
    #expect(try value("one()") == 1)
  }

  @Test func unchangedCallersAreValidated() throws {
    try release.function("caller", "select public.one()")
    #expect(try migrate().functions.replaced == ["caller"])
    try release.migration("0002_drop.sql", "drop function public.one()")
    try release.function("one", "select x", arguments: "x int")
    guard case .failed("functions/caller.sql", .refused("42883", _)) = error() else {
      Issue.record("a call that no longer fits is not refused")
      return
    }
  }

  @Test func dependentsOfAFunctionKeepWorking() throws {
    try release.migration(
      "0002_dependants.sql",
      """
      alter table a enable row level security;
      create policy p on a using (x = (select public.one()));
      alter table a add constraint c check (x <> public.one()), add z int default public.two();
      """)
    _ = try migrate()
    try release.function("one", "select 11")
    try release.function("two", "select 22")
    #expect(try migrate().functions.replaced == ["one", "two"])
    try db.run("insert into a (x) values (1)")
    #expect(try value("z from a") == 22)
    let error = #expect(throws: PostgresError.self) {
      try db.run("insert into a (x) values (11)")
    }
    guard case .constraint("c", _, _) = error else {
      Issue.record("the constraint does not call the new body")
      return
    }
    #expect(try value("count(*) from pg_policy where polname = 'p'") == 1)
  }

  @Test func aTriggerIsDefinedInItsFunctionsFile() throws {
    func write(_ number: Int) throws {
      try release.write(
        "functions/fill.sql",
        """
        create or replace function public.fill() returns trigger language plpgsql as $$
        begin new.x := \(number); return new; end $$;
        create or replace trigger filled before insert on public.a
          for each row execute function public.fill();
        """)
    }
    for number in 1...2 {
      try write(number)
      #expect(try migrate().functions.replaced == ["fill"])
      try db.run("delete from a")
      try db.run("insert into a values (0)")
      #expect(try value("x from a") == number)
    }
  }

  @Test func aNewSignatureCoexistsWithTheOldOne() throws {
    let old = try identity("two()")
    try release.function("two", "select 2 + x", arguments: "x int", keepsOld: "select 2")
    #expect(try migrate().functions.replaced == ["two"])
    #expect(try (value("two()"), value("two(5)")) == (2, 7))
    #expect(try identity("two()") == old)
  }

  @Test func anotherReturnTypeIsRefused() throws {
    try release.function("one", "select 1::bigint", returns: "bigint")
    guard case .failed("functions/one.sql", .refused("42P13", _)) = error() else {
      Issue.record("not refused")
      return
    }
    #expect(try value("one()") == 1)
  }

  @Test func aFunctionWithoutAFileStaysUntilAMigrationDropsIt() throws {
    try release.removeFunction("two")
    try release.edition(2)
    #expect(try migrate().functions == FunctionReport(kept: ["two"]))
    #expect(try migrate().functions == FunctionReport(kept: ["two"]))
    #expect(try value("two()") == 2)
    try release.migration("0002_drop.sql", "drop function if exists public.two()")
    #expect(try migrate().functions == FunctionReport())
    #expect(try value("count(*) from schema_function") == 1)
  }

  @Test func aMissingFolderIsReportedBeforeAnyMigration() throws {
    try release.migration("0002_second.sql", "create table b (x int)")
    try release.write("functions/edition", "new\n")
    #expect(error() == .noEdition(path: "\(release.functions)/edition"))
    unlink("\(release.functions)/edition")
    #expect(
      error()
        == .unreadable(path: "\(release.functions)/edition", reason: "No such file or directory"))
    #expect(try db.value("select to_regclass('b') is null"))
  }
}

/// Several releases migrate one database.
@Suite final class ReleaseOrderTests {
  let database: String
  let old: ReleaseFolder
  let new: ReleaseFolder

  init() throws {
    database = try TestServer.freshDatabase()
    (old, new) = (try ReleaseFolder(), try ReleaseFolder())
    for (release, edition) in [(old, 1), (new, 2)] {
      try release.migration("0001_first.sql", "create table a (x int)")
      try release.edition(edition)
      try release.function("one", "select \(edition)")
    }
  }

  deinit {
    old.remove()
    new.remove()
  }

  private func one() throws -> Int {
    try Connection(database).one("select one()") { row throws(PostgresError) in try row.next() }
  }

  @Test func anOlderReleaseReplacesNothing() throws {
    _ = try old.migrate(Connection(database))
    #expect(try one() == 1)
    #expect(try new.migrate(Connection(database)).functions.replaced == ["one"])
    let report = try old.migrate(Connection(database))
    #expect(report.functions == FunctionReport(isOlder: true))
    #expect(try one() == 2)
    #expect(try new.migrate(Connection(database)) == Migrator.Report())
  }

  @Test func anOlderReleaseDoesNotRestoreARemovedFunction() throws {
    _ = try old.migrate(Connection(database))
    try new.migration("0002_drop.sql", "drop function if exists public.one()")
    try new.removeFunction("one")
    try new.function("other", "select 3")
    _ = try new.migrate(Connection(database))
    try old.migration("0002_drop.sql", "drop function if exists public.one()")
    #expect(try old.migrate(Connection(database)).functions.isOlder)
    #expect(throws: PostgresError.self) { try one() }
  }

  @Test func aMigrationThatAnOlderReleaseLacksStopsIt() throws {
    try new.migration("0002_second.sql", "create table b (x int)")
    _ = try new.migrate(Connection(database))
    #expect(throws: MigrationError.missing(number: 2, name: "0002_second.sql")) {
      try old.migrate(Connection(database))
    }
    #expect(try one() == 2)
  }

  @Test func theNewerReleaseWinsWhenBothRunAtOnce() async throws {
    let (database, old, new) = (database, old, new)
    let reports = try await withThrowingTaskGroup(of: Migrator.Report.self) { group in
      for number in 1...6 {
        group.addTask {
          try (number.isMultiple(of: 2) ? new : old).migrate(Connection(database))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(reports.flatMap(\.applied) == ["0001_first.sql"])
    #expect((1...2).contains(reports.count { !$0.functions.replaced.isEmpty }))
    #expect(try one() == 2)
  }
}

/// The folder `sql` of a release.
struct ReleaseFolder: Sendable {
  private let directory: TemporaryDirectory
  var functions: String { "\(directory.path)/functions" }

  init() throws {
    directory = try TemporaryDirectory()
    for folder in ["migrations", "functions"] { mkdir("\(directory.path)/\(folder)", 0o700) }
    try edition(1)
  }

  func remove() { directory.remove() }

  func write(_ path: String, _ text: String) throws { try directory.write(path, text) }
  func migration(_ name: String, _ text: String) throws { try write("migrations/\(name)", text) }
  func edition(_ number: Int) throws { try write("functions/edition", "\(number) hash\n") }
  func removeFunction(_ name: String) throws { unlink("\(functions)/\(name).sql") }

  /// Writes a function's file, with the old signature as well if that is kept.
  func function(
    _ name: String, _ body: String, arguments: String = "", returns: String = "int",
    language: String = "sql", keepsOld old: String? = nil
  ) throws {
    func text(_ arguments: String, _ body: String) -> String {
      """
      create or replace function public.\(name)(\(arguments)) returns \(returns)
      language \(language) as $$ \(body) $$;

      """
    }
    try write("functions/\(name).sql", text(arguments, body) + (old.map { text("", $0) } ?? ""))
  }

  /// Migrates as this release does; the hash is a simple sum.
  func migrate(_ db: Connection) throws -> Migrator.Report {
    let migrator = Migrator(directory: "\(directory.path)/migrations", functions: functions) {
      String($0.reduce(0) { $0 &* 31 &+ Int($1) })
    }
    return try migrator.migrate(db)
  }
}
