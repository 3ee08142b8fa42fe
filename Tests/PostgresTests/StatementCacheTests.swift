import Postgres
import Support
import Testing

@Suite struct StatementCacheTests {
  let database: String
  let db: Connection

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    try db.script("create table t (a int); insert into t values (1)")
  }

  private func prepared() throws -> Int {
    try db.value("select count(*) from pg_prepared_statements")
  }

  @Test func aTextIsPreparedOnce() throws {
    let before = try prepared()
    for number in 1...5 { try db.run("select \(number)::int") }
    #expect(try prepared() == before + 1)
  }

  @Test func theOldestStatementsAreDeallocated() throws {
    for number in 1...600 { try db.run("select \(unsafeRaw: String(number))") }
    #expect(try prepared() <= 501)
    #expect(try db.value("select 1") == 1)
    #expect(try db.value("select 600") == 600)
  }

  @Test func aChangedRowTypeIsPreparedAgain() throws {
    let firstColumn = { try self.db.value("select a from (select * from t) as s", as: Int.self) }
    #expect(try all() == [[1]])
    #expect(try firstColumn() == 1)
    try Connection(database).script("alter table t add b int default 2")
    #expect(try all() == [[1, 2]])
    try Connection(database).script("alter table t add c int default 3")
    #expect(try all() == [[1, 2, 3]])
    #expect(try firstColumn() == 1)
  }

  @Test func aChangedRowTypeRepeatsATransaction() throws {
    #expect(try all() == [[1]])
    try Connection(database).script("alter table t add b int default 2")
    var runs = 0
    let rows = try db.transaction { db in
      runs += 1
      try db.run("insert into t values (5, 6)")
      return try all()
    }
    #expect(rows == [[1, 2], [5, 6]])
    #expect(runs == 2)
    try Connection(database).script("alter table t drop b")
    #expect(try db.transaction { _ in try all() } == [[1], [5]])
  }

  @Test func aChangedRowTypeIsStreamed() throws {
    #expect(try streamed() == [1])
    try Connection(database).script("alter table t add b int")
    #expect(try streamed() == [1])
  }

  @Test func lostStatementsArePreparedAgain() throws {
    #expect(try all() == [[1]])
    try db.script("deallocate all")
    #expect(try all() == [[1]])
    try db.script("deallocate all")
    #expect(try streamed() == [1])
    try db.script("deallocate all")
    #expect(try db.transaction { _ in try all() } == [[1]])
  }

  private func all() throws -> [[Int]] {
    let width: Int = try Connection(database).value(
      "select count(*) from pg_attribute where attrelid = 't'::regclass and attnum > 0 and not attisdropped"
    )
    return try db.all("select * from t order by 1") { row throws(PostgresError) in
      var values: [Int] = []
      for _ in 0..<width { values.append(try row.next()) }
      return values
    }
  }

  private func streamed() throws -> [Int] {
    var values: [Int] = []
    try db.each("select * from t") { row in values.append(try row.next()) }
    return values
  }
}
