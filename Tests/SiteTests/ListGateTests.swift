import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Vocabulary
import Web

@Suite("Concurrent long lists")
struct ListGateTests {
  private let one = ID<Vocabulary.Account>.new()
  private let other = ID<Vocabulary.Account>.new()
  private let third = ID<Vocabulary.Account>.new()

  private func status(_ gate: ListGate, _ account: ID<Vocabulary.Account>) -> Int? {
    do {
      _ = try gate.enter(account)
      return nil
    } catch {
      return error.status
    }
  }

  @Test func oneAccountCannotOccupyAllPlaces() throws {
    let gate = ListGate(threads: 8)
    #expect(gate.places == 3)
    let held = try [gate.enter(one), gate.enter(one)]
    #expect(status(gate, one) == 503)
    #expect(status(gate, other) == nil)
    withExtendedLifetime(held) {}
  }

  @Test func longListsLeaveThreadsForOtherRequests() throws {
    let gate = ListGate(threads: 8)
    let held = try [gate.enter(one), gate.enter(one), gate.enter(other)]
    #expect(status(gate, third) == 503)
    withExtendedLifetime(held) {}
  }

  @Test func aSentListFreesItsPlace() throws {
    let gate = ListGate(threads: 8)
    for _ in 0..<10 { #expect(status(gate, one) == nil) }
    var held: ListGate.Place? = try gate.enter(one)
    let second = try gate.enter(one)
    #expect(held != nil && status(gate, one) == 503)
    held = nil
    #expect(status(gate, one) == nil)
    withExtendedLifetime(second) {}
  }

  @Test func aSmallProcessSendsOneList() throws {
    let gate = ListGate(threads: 1)
    let held = try gate.enter(one)
    #expect(status(gate, other) == 503)
    withExtendedLifetime(held) {}
  }

  @Test func onlyLongListsAreRefused() throws {
    let site = try TestSite()
    let customer = try site.person(.customer)
    try site.owner().run(
      """
      insert into project (project_id, organization_id, title, description, created_by)
      select uuid_v7(), organization_id, 'Request ' || number, '', account_id
      from membership, generate_series(1, 1000) as number
      """)
    var held = (0..<100).compactMap { _ in try? site.site.lists.enter(.new()) }
    #expect(held.count == site.site.lists.places)
    let refused = try site.send("GET", "/requests", as: customer)
    #expect(refused.status == 503)
    #expect(refused.headers["Retry-After"] != nil)
    #expect(try refused.detail.contains("limit"))
    for path in ["/requests?limit=1000", "/tasks", "/auth/me"] {
      let role = path == "/tasks" ? try site.person(.labeler) : customer
      #expect(try site.send("GET", path, as: role).status == 200, "\(path)")
    }
    held = []
    for _ in 0..<5 {
      let whole = try site.send("GET", "/requests", as: customer)
      #expect(whole.status == 200)
      #expect(try whole.json.elements.count == 1000)
    }
  }
}
