import Postgres
import Support
import Testing

@Suite struct ErrorTests {
  let database: String
  let db: Connection

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
  }

  @Test func constraintsHaveNames() throws {
    try db.script(
      """
      create table p (id int constraint p_key primary key);
      create table t (
        id int constraint t_once unique, n int not null,
        p int constraint t_has_p references p, constraint n_is_small check (n < 10));
      insert into t values (1, 1);
      """)
    let cases: [(SQL, String, String)] = [
      ("insert into t values (1, 2)", "t_once", "23505"),
      ("insert into t values (2, 10)", "n_is_small", "23514"),
      ("insert into t values (2, 2, 5)", "t_has_p", "23503"),
      ("insert into t values (2)", "t_n_not_null", "23502"),
    ]
    for (statement, expected, state) in cases {
      let error = postgresError { try db.run(statement) }
      guard case .constraint(let name, let sqlstate, let message) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(name == expected)
      #expect(sqlstate == state)
      #expect(!message.isEmpty)
    }
    #expect(try db.value("select count(*) from t") == 1)
  }

  @Test func otherErrorsKeepTheirState() throws {
    #expect(postgresError { try db.run("select from nowhere") }?.sqlstate == "42P01")
    #expect(postgresError { try db.run("select 1/0") }?.sqlstate == "22012")
    #expect(postgresError { try db.script("select 1; selec") }?.sqlstate == "42601")
    #expect(postgresError { try db.run("select \("x")::int") }?.sqlstate == "22P02")
    #expect(try db.value("select 1") == 1)
  }

  @Test func aCopyLeavesTheConnectionUsable() throws {
    #expect(postgresError { try db.run("copy (select 1) to stdout") }?.sqlstate == "0A000")
    #expect(try db.value("select 1") == 1)
  }

  @Test(arguments: ["\0", "a\0b", "end\0"])
  func aNULIsRefusedBeforeSending(_ text: String) throws {
    try db.script("create table t (x text)")
    let scalar = postgresError { try db.run("insert into t values (\(text))") }
    #expect(scalar?.sqlstate == "22021")
    let array = postgresError { try db.run("insert into t select unnest(\([text])::text[])") }
    #expect(array?.sqlstate == "22021")
    #expect(postgresError { try db.run("select '\(unsafeRaw: text)'") }?.sqlstate == "22021")
    #expect(postgresError { try db.script("select '\(text)'") }?.sqlstate == "22021")
    #expect(try db.value("select count(*) from t") == 0)
  }

  @Test func aSlowStatementTimesOut() throws {
    var settings = ConnectionSettings()
    settings.statementTimeoutMilliseconds = 50
    let db = try freshConnection(settings)
    guard case .timeout = postgresError({ try db.run("select pg_sleep(30)") }) else {
      Issue.record("no timeout")
      return
    }
    #expect(try db.value("select 1") == 1)
  }

  @Test func aHeldLockTimesOut() throws {
    var settings = ConnectionSettings()
    settings.lockTimeoutMilliseconds = 50
    let other = Connection(database, settings: settings)
    try db.script("create table t (x int)")
    try db.transaction { db in
      try db.run("lock table t")
      guard case .timeout = postgresError({ try other.run("select from t") }) else {
        Issue.record("no timeout")
        return
      }
    }
    #expect(try other.value("select count(*) from t") == 0)
  }

  @Test func oneNeedsExactlyOneRow() throws {
    #expect(throws: PostgresError.unexpected("0 rows, not one")) {
      try db.value("select 1 where false", as: Int.self)
    }
    #expect(throws: PostgresError.unexpected("2 rows, not one")) {
      try db.value("values (1), (2)", as: Int.self)
    }
    let none = try db.first("select 1 where false") { row throws(PostgresError) in
      try row.next(Int.self)
    }
    #expect(none == nil)
    let first = try db.first("values (1), (2)") { row throws(PostgresError) in
      try row.next(Int.self)
    }
    #expect(first == 1)
  }

  @Test func affectedRowsAreCounted() throws {
    try db.script("create table t (x int)")
    #expect(try db.run("insert into t select generate_series(1, 5)") == 5)
    #expect(try db.run("update t set x = 0 where x > 2") == 3)
    #expect(try db.run("delete from t where x = 9") == 0)
  }
}
