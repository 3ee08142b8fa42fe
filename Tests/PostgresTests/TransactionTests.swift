import Postgres
import Support
import Testing

@Suite struct TransactionTests {
  let database: String
  let db: Connection

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    try db.script(
      "create table t (id int primary key, n int not null); insert into t values (1, 0)")
  }

  private struct Stop: Error {}

  private func count() throws -> Int { try db.value("select count(*) from t") }

  @Test func aTransactionCommits() throws {
    let result = try db.transaction { db in
      #expect(db.inTransaction)
      return try db.run("insert into t values (2, 0)")
    }
    #expect(result == 1)
    #expect(!db.inTransaction)
    #expect(try Connection(database).value("select count(*) from t") == 2)
  }

  /// The first statement is sent with `begin` when it is already prepared, otherwise alone.
  @Test func anErrorRollsBack() throws {
    for _ in 1...2 {
      #expect(throws: Stop.self) {
        try db.transaction { db in
          try db.run("insert into t values (2, 0)")
          throw Stop()
        }
      }
      #expect(!db.inTransaction)
      #expect(try count() == 1)
    }
  }

  @Test func aServerErrorRollsBack() throws {
    for _ in 1...2 {
      let error = postgresError {
        try db.transaction { db in
          try db.run("insert into t values (1, 0)")
        }
      }
      #expect(error?.sqlstate == "23505")
      #expect(try count() == 1)
    }
  }

  @Test func theLastStatementIsSentWithTheCommit() throws {
    db.closing = "insert into t values (9, 9)"
    // A transaction without statements sends nothing.
    try db.transaction { _ in }
    #expect(try count() == 1)
    #expect(throws: Stop.self) {
      try db.transaction { db in
        try db.run("insert into t values (2, 0)")
        throw Stop()
      }
    }
    #expect(try count() == 1)
    try db.transaction { db in try db.run("insert into t values (2, 0)") }
    #expect(try count() == 3)
    #expect(db.closing == nil)
    db.closing = "insert into t values (9, 9)"
    let error = postgresError {
      try db.transaction { db in try db.run("insert into t values (3, 0)") }
    }
    #expect(error?.sqlstate == "23505")
    #expect(try count() == 3)
    #expect(db.closing != nil)
  }

  @Test func aSwallowedErrorDoesNotCommit() throws {
    let error = postgresError {
      try db.transaction { db in
        try db.run("insert into t values (2, 0)")
        _ = postgresError { try db.run("select 1/0") }
      }
    }
    #expect(error?.sqlstate == "25P02")
    #expect(try count() == 1)
  }

  @Test func anInnerCommitIsAnError() throws {
    let error = postgresError {
      try db.transaction { db in
        try db.script("insert into t values (2, 0); commit")
      }
    }
    #expect(error?.sqlstate == "25P01")
    #expect(!db.inTransaction)
  }

  @Test func transactionsDoNotNest() throws {
    let error = postgresError {
      try db.transaction { db in
        try db.run("insert into t values (2, 0)")
        try db.transaction { _ in }
      }
    }
    #expect(error?.sqlstate == "25001")
    #expect(try count() == 1)
  }

  @Test func theFirstStatementIsInsideTheTransaction() throws {
    for _ in 1...2 {
      let level = try db.transaction { db in
        try db.run("set transaction isolation level serializable")
        return try db.value("show transaction_isolation", as: String.self)
      }
      #expect(level == "serializable")
    }
    try db.transaction { db in try db.script("create table s (x int)") }
    #expect(throws: Stop.self) {
      try db.transaction { db in
        try db.script("drop table s")
        throw Stop()
      }
    }
    #expect(try db.value("select count(*) from s") == 0)
  }

  @Test func anEmptyBodySendsNothing() throws {
    #expect(try db.transaction { _ in 7 } == 7)
    #expect(throws: Stop.self) { try db.transaction { _ in throw Stop() } }
    #expect(try db.value("select 1") == 1)
  }

  @Test func deferredConstraintsAreThrown() throws {
    try db.script(
      """
      create table c (
        t int constraint c_has_t references t deferrable initially deferred)
      """)
    let error = postgresError {
      try db.transaction { db in try db.run("insert into c values (9)") }
    }
    guard case .constraint("c_has_t", "23503", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try db.value("select count(*) from c") == 0)
  }

  @Test func aConflictIsRepeated() throws {
    let other = Connection(database)
    var runs = 0
    try db.transaction { db in
      runs += 1
      try db.run("set transaction isolation level repeatable read")
      let n: Int = try db.value("select n from t where id = 1")
      if runs <= 2 { try other.run("update t set n = n + 10 where id = 1") }
      try db.run("update t set n = \(n + 1) where id = 1")
    }
    #expect(runs == 3)
    #expect(try db.value("select n from t") == 21)
  }

  @Test func conflictsAreRepeatedThreeTimesOnly() throws {
    var runs = 0
    let error = postgresError {
      try db.transaction { _ in
        runs += 1
        throw PostgresError.conflict("again")
      }
    }
    #expect(error == .conflict("again"))
    #expect(runs == 4)
  }
}
