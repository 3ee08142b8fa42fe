import Assay
import Postgres
import Queue
import Support
import Testing
import Web

@Suite("Jobs that remove or start something every minute")
struct UpkeepTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  /// Runs every job that is due, once.
  private func runDueJobs() throws {
    let worker = Worker(site.site)
    try worker.openSchedules()
    try worker.runAll()
  }

  private func count(_ rows: SQL) throws -> Int {
    try site.owner().one("select count(*) from \(rows)") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func countedRefusalsOfPastHoursAreLogged() throws {
    let ada = try site.person(.labeler, named: "ada")
    try site.owner().run("update site_limits set logged_refusals = 1")
    for _ in 1...3 { #expect(try site.send("GET", "/admin/users", as: ada).status == 403) }
    try site.owner().run("update refusal_count set hour = hour - interval '1 hour'")
    try runDueJobs()
    #expect(try count("audit_entry where action = 'refused.more'") == 1)
    #expect(try count("refusal_count") == 0)
  }

  @Test func throttlesThatNoLongerMatterAreRemoved() throws {
    let signIn = #"{"username": "ada", "password": "a wrong password"}"#
    #expect(try site.send("POST", "/auth/login", json: signIn).status == 401)
    #expect(try count("throttle") > 0)
    try site.owner().run("update throttle set empty_at = empty_at - interval '2 days'")
    try runDueJobs()
    #expect(try count("throttle") == 0)
  }
}
