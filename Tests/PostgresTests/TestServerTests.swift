import Postgres
import Support
import Testing

@Suite struct TestServerTests {
  private struct Refusal: Error {}

  @Test func databasesAreSeparate() async throws {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 1...6 {
        group.addTask {
          let db = try freshConnection()
          try db.script("create table t (x int)")
          return try db.value("select count(*) from pg_stat_user_tables")
        }
      }
      for try await count in group { #expect(count == 1) }
    }
  }

  @Test func aTemplateIsMadeOnceAndCloned() async throws {
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for number in 1...4 {
        group.addTask {
          try TestServer.template("numbers") { database in
            try Connection(database).script("create table t as select \(number) as x")
          }
          let db = Connection(try TestServer.freshDatabase(template: "numbers"))
          try db.run("insert into t values (\(number))")
          return try db.all("select x from t") { row throws(PostgresError) in try row.next() }
        }
      }
      var first: Set<Int> = []
      for try await values in group {
        #expect(values.count == 2)
        first.insert(try #require(values.first))
      }
      #expect(first.count == 1)
    }
  }

  @Test func aFailedTemplateIsMadeAgain() throws {
    #expect(throws: Refusal.self) {
      try TestServer.template("twice") { _ in throw Refusal() }
    }
    try TestServer.template("twice") { database in
      try Connection(database).script("create table t (x int)")
    }
    let db = Connection(try TestServer.freshDatabase(template: "twice"))
    #expect(try db.value("select count(*) from t") == 0)
  }
}
