import Glibc
import Postgres
import Support
import Testing

@Suite struct ReconnectTests {
  let database: String
  let db: Connection
  let other: Connection

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    other = Connection(database)
    try db.script("create table t (x int)")
  }

  /// Ends a session; returns when it is over.
  private func terminate(_ backend: Int) throws {
    let isGone: Bool = try other.value("select pg_terminate_backend(\(backend), 5000)")
    try #require(isGone)
  }

  @Test func anIdleConnectionIsReplaced() throws {
    for _ in 1...3 {
      try terminate(db.backend())
      #expect(try db.run("insert into t values (1)") == 1)
    }
    #expect(try db.value("select count(*) from t") == 3)
    try terminate(db.backend())
    try db.transaction { db in try db.run("insert into t values (1)") }
    try terminate(db.backend())
    try db.script("insert into t values (1)")
    #expect(try db.value("select count(*) from t") == 5)
  }

  @Test func aLostStatementIsNotRepeated() throws {
    let error = postgresError {
      try db.run("insert into t select 1 from pg_terminate_backend(pg_backend_pid())")
    }
    #expect(error?.isUnavailable == true)
    #expect(try db.value("select count(*) from t") == 0)
  }

  @Test func aLostTransactionIsNotRepeated() throws {
    let error = postgresError {
      try db.transaction { db in
        try db.run("insert into t values (1)")
        try terminate(db.backend())
        #expect(postgresError { try db.run("insert into t values (2)") }?.isUnavailable == true)
        #expect(postgresError { try db.run("insert into t values (3)") }?.isUnavailable == true)
      }
    }
    #expect(error?.isUnavailable == true)
    #expect(!db.inTransaction)
    #expect(try db.value("select count(*) from t") == 0)
  }

  @Test func aLostCommitIsUnavailable() throws {
    let error = postgresError {
      try db.transaction { db in
        try db.run("insert into t values (1)")
        try terminate(db.backend())
      }
    }
    #expect(error?.isUnavailable == true)
    #expect(try db.value("select count(*) from t") == 0)
  }

  @Test func aClosedConnectionReconnects() throws {
    db.close()
    db.close()
    #expect(try db.value("select 1") == 1)
  }

  @Test func aMissingServerIsUnavailable() throws {
    let nowhere = Connection("host=/nonexistent dbname=x")
    let first = postgresError { try nowhere.run("select 1") }
    #expect(first?.isUnavailable == true)
    #expect(postgresError { try nowhere.run("select 1") } == first)
    let nonsense = Connection("this is no conninfo")
    #expect(postgresError { try nonsense.run("select 1") }?.isUnavailable == true)
  }

  @Test func aFailedConnectIsRetriedSoon() throws {
    let name: String = try other.value("select current_database() || '_later'")
    let late = Connection("\(database) dbname=\(name)")
    // The server is up, so waiting does not help.
    let error = postgresError { try late.run("select 1") }
    #expect(error?.isSetupFault == true, "\(String(describing: error))")
    try other.run("create database \(unsafeRaw: name) template template0")
    var attempts = 1
    while postgresError({ try late.run("select 1") }) != nil, attempts < 1000 {
      usleep(10_000)
      attempts += 1
    }
    #expect(try late.value("select current_database()") == name)
  }

  @Test func optionsOfTheConninfoTakePrecedence() throws {
    let db = Connection("\(database) options='-c statement_timeout=123 -c work_mem=1MB'")
    #expect(try db.value("show statement_timeout") == "123ms")
    #expect(try db.value("show work_mem") == "1MB")
    #expect(try db.value("show lock_timeout") == "3s")
    #expect(try db.value("show idle_in_transaction_session_timeout") == "10s")
    #expect(try db.value("show application_name") == "assay")
    #expect(try db.value("show client_encoding") == "UTF8")
  }
}

/// Tests that need a server of their own.
@Suite struct RestartTests {
  @Test func aConnectionSurvivesAnImmediateRestart() throws {
    let cluster = try Cluster()
    let db = Connection("\(cluster.conninfo) dbname=postgres")
    try db.script("create table t (x int); insert into t values (1)")
    try cluster.restart()
    #expect(try db.value("select count(*) from t") == 1)
    try db.transaction { db in try db.run("insert into t values (2)") }
    let error = postgresError {
      try db.transaction { db in
        try db.run("insert into t values (3)")
        try cluster.restart()
        try db.run("insert into t values (4)")
      }
    }
    #expect(error?.isUnavailable == true)
    #expect(try db.value("select count(*) from t") == 2)
  }
}
