import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// The time and the address of a session's last use, which not every request writes.
@Suite("The last use of a session")
struct SessionUseTests {
  private let site: TestSite
  private let ada: Person
  init() throws {
    site = try TestSite()
    ada = try site.person(.labeler, named: "ada")
  }

  /// Sends a request from an address.
  private func send(_ client: Client, from address: String = "192.0.2.1") throws {
    let answer = try client.send("GET", "/auth/me", as: ada, headers: ["REMOTE_ADDR": address])
    #expect(answer.status == 200)
  }

  private func use(_ interval: String) throws {
    try site.owner().run("update session set last_used_at = now() - \(interval)::interval")
  }

  /// The last use of the only session.
  private struct Use: Equatable {
    let address: String?
    /// Whether it was in the last minute.
    let isNow: Bool
  }

  private func lastUse() throws -> Use {
    try site.owner().one(
      "select address, last_used_at > now() - interval '1 minute' from session"
    ) { row throws(PostgresError) in try Use(address: row.next(), isNow: row.next()) }
  }

  @Test func aUseIsNoted() throws {
    try use("1 hour")
    try send(Client(site.site), from: "192.0.2.2")
    #expect(try lastUse() == Use(address: "192.0.2.2", isNow: true))
    try use("1 hour")
    try send(Client(site.site), from: "")
    #expect(try lastUse() == Use(address: "192.0.2.2", isNow: true))
  }

  @Test func aThreadDoesNotWriteWithEveryRequest() throws {
    let client = Client(site.site)
    try use("1 hour")
    try send(client)
    try use("1 hour")
    try send(client, from: "192.0.2.2")
    #expect(try lastUse() == Use(address: "192.0.2.1", isNow: false))
  }

  @Test func otherThreadsDoNotWriteSoonAfterwards() throws {
    try send(Client(site.site))
    try use("2 minutes")
    try send(Client(site.site), from: "192.0.2.2")
    #expect(try lastUse() == Use(address: nil, isNow: false))
  }

  @Test func aSessionOfAnEarlierVersionIsNoted() throws {
    try site.owner().run(
      "update session set last_used_at = null, created_at = now() - interval '1 day'")
    try send(Client(site.site))
    #expect(try lastUse() == Use(address: "192.0.2.1", isNow: true))
  }

  /// A transaction that has the session's row, such as a logout, delays no other request.
  @Test func aUseWaitsForNoLock() throws {
    try use("1 hour")
    let owner = site.owner()
    try owner.script("begin; select from session for update")
    try send(Client(site.site))
    try owner.script("rollback")
    #expect(try lastUse() == Use(address: nil, isNow: false))
  }

  @Test func aRefreshIsAUse() throws {
    let pair = try site.pair()
    try use("1 hour")
    let answer = try site.client.send(
      "POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(pair.refresh)"}"#,
      headers: ["REMOTE_ADDR": "192.0.2.3"])
    #expect(answer.status == 200)
    let noted = try site.owner().one(
      """
      select count(*) from session
      where address = '192.0.2.3' and last_used_at > now() - interval '1 minute'
      """
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(noted == 1)
  }
}
