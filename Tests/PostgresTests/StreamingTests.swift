import Postgres
import Support
import Testing

@Suite struct StreamingTests {
  let db: Connection
  let other: Connection

  init() throws {
    let database = try TestServer.freshDatabase()
    (db, other) = (Connection(database), Connection(database))
  }

  private struct Stop: Error {}

  @Test func manyRowsAreReadInBoundedMemory() throws {
    let (count, backend) = (100_000, try db.backend())
    var (next, bytes) = (1, 0)
    // Fifty megabytes in all, far more than socket buffers hold.
    try db.each(
      "select i, repeat('x', 500) from generate_series(1, \(count)::int) as s (i)"
    ) { row in
      let number: Int = try row.next()
      guard number == next else { throw Stop() }
      bytes += try row.next(String.self).utf8.count
      if [1, count / 2].contains(next) {
        // The server is still active: it waits until the client reads more.
        let state: String = try other.value(
          "select state from pg_stat_activity where pid = \(backend)")
        #expect(state == "active")
      }
      next += 1
    }
    #expect(next == count + 1)
    #expect(bytes == count * 500)
    #expect(try db.value("select 1") == 1)
  }

  @Test func aBodyThatThrowsLeavesAUsableConnection() throws {
    var seen = 0
    #expect(throws: Stop.self) {
      try db.each("select generate_series(1, 1000000)") { _ in
        seen += 1
        if seen == 10 { throw Stop() }
      }
    }
    #expect(seen == 10)
    #expect(try db.value("select 1") == 1)
  }

  @Test func anErrorInTheMiddleIsThrown() throws {
    var seen = 0
    let error = postgresError {
      try db.each("select 10 / (5 - i) from generate_series(1, 10) as s (i)") { _ in seen += 1 }
    }
    #expect(error?.sqlstate == "22012")
    #expect(seen == 4)
    #expect(try db.value("select 1") == 1)
  }

  @Test func theConnectionIsBusyDuringTheStream() throws {
    var busy: PostgresError?
    try db.each("select 1") { _ in
      db.close()
      busy = postgresError { try db.run("select 2") }
    }
    #expect(busy?.sqlstate == "55006")
    #expect(try db.value("select 1") == 1)
  }

  @Test func rowsAreStreamedInsideATransaction() throws {
    try db.script("create table t (x int)")
    var sum = 0
    try db.transaction { db in
      try db.each("select generate_series(1, 4)") { row in sum += try row.next(Int.self) }
      try db.run("insert into t values (\(sum))")
    }
    #expect(try db.value("select x from t") == 10)
    #expect(throws: Stop.self) {
      try db.transaction { db in
        try db.run("insert into t values (11)")
        try db.each("select 1") { _ in throw Stop() }
      }
    }
    #expect(try db.value("select count(*) from t") == 1)
  }
}
