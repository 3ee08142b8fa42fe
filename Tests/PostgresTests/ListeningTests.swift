import Postgres
import Support
import Testing

@Suite struct ListeningTests {
  let db: Connection
  let other: Connection

  init() throws {
    let database = try TestServer.freshDatabase()
    (db, other) = (Connection(database), Connection(database))
  }

  @Test func aNotificationArrives() throws {
    try db.listen("job")
    try db.listen("job")
    try other.run("select pg_notify('job', 'quality'), pg_notify('other', 'no')")
    #expect(try db.waitForNotification(milliseconds: 10_000) == "quality")
    #expect(try db.waitForNotification(milliseconds: 0) == nil)
    #expect(try db.waitForNotification(milliseconds: 20) == nil)
  }

  @Test func notificationsDuringStatementsAreKept() throws {
    try db.listen("job")
    try other.run("select pg_notify('job', 'one')")
    let backend = try db.backend()
    try other.run("select pg_notify('job', 'two')")
    #expect(try db.waitForNotification(milliseconds: 10_000) == "one")
    #expect(try db.waitForNotification(milliseconds: 10_000) == "two")
    #expect(try db.backend() == backend)
  }

  @Test func namesAreQuoted() throws {
    let name = "Odd \"name\"; drop"
    try db.listen(name)
    try other.run("select pg_notify(\(name), 'x')")
    #expect(try db.waitForNotification(milliseconds: 10_000) == "x")
  }

  @Test func listeningContinuesAfterAReconnect() throws {
    try db.listen("job")
    let isGone: Bool = try other.value("select pg_terminate_backend(\(db.backend()), 5000)")
    try #require(isGone)
    // Missed notifications are unknown, so the waiter is woken and checks for itself.
    #expect(try db.waitForNotification(milliseconds: 10_000)?.isEmpty == true)
    try other.run("select pg_notify('job', 'again')")
    #expect(try db.waitForNotification(milliseconds: 10_000) == "again")
  }

  @Test func listeningInsideATransactionIsRefused() throws {
    let error = postgresError { try db.transaction { db in try db.listen("job") } }
    #expect(error?.sqlstate == "25001")
  }
}
