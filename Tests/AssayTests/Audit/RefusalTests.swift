import Assay
import HTTP
import Postgres
import Queue
import Support
import Testing
import Web

@Suite("Refusals in the audit log") struct RefusalTests {
  private let site: TestSite
  private let admin: Person
  private let ada: Person

  init() throws {
    site = try TestSite()
    admin = try site.person(.admin)
    ada = try site.person(.labeler, named: "ada")
  }

  private func entries(_ action: String) throws -> [JSON] {
    try site.send("GET", "/admin/audit?limit=1000", as: admin).json.elements
      .filter { try $0["action"].string == action }
  }

  private func refuse(_ times: Int, _ person: Person) throws {
    for _ in 0..<times {
      #expect(try site.send("GET", "/admin/users", as: person).status == 403)
    }
  }

  private func passAnHour() throws {
    try site.owner().run("update refusal_count set hour = hour - interval '1 hour'")
  }

  /// Runs the scheduled jobs as if each were due.
  private func sweep() throws {
    let worker = Worker(site.site)
    try worker.openSchedules()
    try site.owner().run("update job_chunk set run_after = now()")
    try worker.runAll()
  }

  @Test func twentyAnHourAreEntriesAndTheOthersAreCounted() throws {
    try refuse(23, ada)
    let bob = try site.person(.labeler, named: "bob")
    try refuse(2, bob)
    #expect(try entries("refused").count == 22)
    #expect(try entries("refused.more").isEmpty)
    try passAnHour()
    try refuse(1, ada)
    #expect(try entries("refused").count == 23)
    let more = try entries("refused.more")
    try #require(more.count == 1)
    #expect(try more[0]["actor"].string == "ada")
    #expect(try more[0]["facts"]["count"].int == 3)
    #expect(try isTime(more[0]["facts"]["hour"].string.replacing("Z", with: ".000Z")))
    guard case .intact = try Audit.verify(site.owner()) else {
      Issue.record("the log is broken")
      return
    }
  }

  @Test func theSweeperSumsUpPastHours() throws {
    try refuse(21, ada)
    try sweep()
    #expect(try entries("refused.more").isEmpty)
    try passAnHour()
    try sweep()
    try sweep()
    #expect(try entries("refused.more").map { try $0["facts"]["count"].int } == [1])
    try refuse(1, ada)
    #expect(try entries("refused").count == 21)
  }

  @Test func allProcessesCountTogether() throws {
    let ada = ada
    // The hour must not end between the requests, so the test uses one far in the future.
    try site.owner().run(
      """
      insert into refusal_count (account_id, hour, count)
      select account_id, date_trunc('hour', now()) + interval '1 day', 0 from account
      where username = 'ada'
      """)
    let statuses = try site.race(6) { client, _ in
      try (1...8).map { _ in try client.send("GET", "/admin/users", as: ada).status }
    }
    #expect(statuses.flatMap(\.self).allSatisfy { $0 == 403 })
    #expect(try entries("refused").count == 20)
    let counted = try site.owner().one("select sum(count)::int8 from refusal_count") {
      row throws(PostgresError) in try row.next(Int.self)
    }
    #expect(counted == 48)
  }

  @Test func aRefusalDuringTheSweepIsAnEntry() throws {
    try refuse(1, ada)
    try passAnHour()
    let (shared, ada, owner) = (site.site, ada, site.owner())
    try owner.script("begin; select sweep_refusals()")
    let statuses = try inThreads(1) { _ in
      try Client(shared).send("GET", "/admin/users", as: ada).status
    } meanwhile: {
      try site.waitForABlockedStatement()
      try owner.script("commit")
    }
    #expect(statuses == [403])
    #expect(try entries("refused").count == 2)
  }

  @Test func otherEntriesAreNotLimited() throws {
    for _ in 1...25 { _ = try site.signIn("ada") }
    #expect(try entries("sign-in").filter { try $0["actor"].string == "ada" }.count == 26)
  }
}
