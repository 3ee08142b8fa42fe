import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Synchronization
import Testing
import Web

/// A request with an Idempotency-Key does its work once.
@Suite("Repeated requests")
struct RepeatedTests {
  private let site: TestSite
  private let customer: Person
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
  }

  /// A route that makes a project and answers with a new id.
  private static func route(
    _ audit: Recording = .nothing, fails: @escaping @Sendable () -> Bool = { false }
  ) -> Route {
    .on(
      .root, .post(audit: audit), "/repeats", for: .customer, "repeats.make", "A test.",
      gives: .object([])
    ) { request, context, caller in
      try Repeated.once(request, context, caller) { db in
        try db.run(
          """
          insert into project (project_id, organization_id, title, description, created_by)
          values (uuid_v7(), \(caller.organization), 'Made', '', \(caller.id))
          """)
        guard !fails() else { throw Problem.conflict("This fails.") }
        return .json(Array(#"{"id": "\#(UInt64.random(in: 0...UInt64.max))"}"#.utf8))
      }
    }
  }

  private func send(
    _ key: String?, _ body: String = "{}", as person: Person? = nil, path: String = "/repeats",
    to route: Route = RepeatedTests.route()
  ) throws -> Answer {
    var headers: [String: String] = [:]
    headers["HTTP_IDEMPOTENCY_KEY"] = key
    return try Client(site.site, routes: [route]).send(
      "POST", path, as: person ?? customer, json: body, headers: headers)
  }

  private func made() throws -> Int { try count("select count(*) from project") }

  private func count(_ query: SQL) throws -> Int {
    try site.owner().one(query) { row throws(PostgresError) in try row.next() }
  }

  @Test func aRepeatedRequestGetsTheFirstAnswer() throws {
    let first = try send("a")
    #expect(first.status == 200)
    let again = try send("a")
    #expect(again.status == 200)
    #expect(again.text == first.text)
    #expect(again.headers == first.headers)
    #expect(try made() == 1)
    #expect(try send("b").text != first.text)
    #expect(try send(nil).text != send(nil).text)
    #expect(try made() == 4)
  }

  @Test func anotherRequestWithTheKeyIsRefused() throws {
    let first = try send("a")
    for answer in [try send("a", #"{"x": 1}"#), try send("a", path: "/repeats?x=1")] {
      #expect(answer.status == 409)
      #expect(try answer.detail.hasPrefix("This Idempotency-Key was used for another request"))
    }
    #expect(try send("a").text == first.text)
    #expect(try made() == 1)
  }

  @Test func theNewestAnswersOfEachPersonAreKept() throws {
    let other = try site.person(.customer)
    for key in ["a", "b", "c", "d"] { _ = try send(key) }
    let another = try send("a", as: other)
    let last = try send("d")
    #expect(try RepeatedQueries.removeSurplus(over: 2, limit: 1, site.owner()) == 1)
    #expect(try RepeatedQueries.removeSurplus(over: 2, limit: 9, site.owner()) == 1)
    #expect(try RepeatedQueries.removeSurplus(over: 2, limit: 9, site.owner()) == 0)
    #expect(try count("select count(*) from repeated_request where key in ('c', 'd')") == 2)
    #expect(try send("d").text == last.text)
    #expect(try send("a", as: other).text == another.text)
  }

  @Test func eachAccountHasItsOwnKeys() throws {
    let other = try site.person(.customer)
    let first = try send("a")
    let second = try send("a", as: other)
    #expect(second.status == 200)
    #expect(second.text != first.text)
    #expect(try send("a", as: other).text == second.text)
    #expect(try made() == 2)
  }

  @Test(arguments: ["", "a b", " ", "é", "a\u{7F}", String(repeating: "k", count: 256)])
  func anInvalidKeyIsRefused(key: String) throws {
    let answer = try send(key)
    #expect(answer.status == 400)
    #expect(try answer.detail.hasPrefix("The Idempotency-Key header must be 1 to 255"))
    #expect(try made() == 0)
  }

  @Test func theLongestKeyIsAccepted() throws {
    let key = String(repeating: "~", count: 255)
    #expect(try send(key).text == send(key).text)
    #expect(try made() == 1)
  }

  @Test func anErrorIsNotStored() throws {
    let failures = Atomic(2)
    let route = Self.route { failures.subtract(1, ordering: .relaxed).oldValue > 0 }
    for _ in 1...2 {
      #expect(try send("a", to: route).status == 409)
      #expect(try count("select count(*) from repeated_request") == 0)
    }
    let done = try send("a", to: route)
    #expect(done.status == 200)
    #expect(try send("a", to: route).text == done.text)
    #expect(try made() == 1)
  }

  /// Sends a request with one key on several threads, all of which wait for the first to end.
  private func sendAtOnce(_ number: Int, to route: Route) throws -> [Answer] {
    let (site, customer) = (site.site, customer)
    let blocker = self.site.owner()
    // The first request waits with its work, the others for its key.
    try blocker.script("begin; select from organization for update")
    return try inThreads(number) { _ in
      try Client(site, routes: [route]).send(
        "POST", "/repeats", as: customer, json: "{}", headers: ["HTTP_IDEMPOTENCY_KEY": "a"])
    } meanwhile: {
      try wait(for: "all requests at their locks") { try blocked() == number }
      try blocker.script("rollback")
    }
  }

  private func blocked() throws -> Int {
    try count(
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
      """)
  }

  @Test func ofEightRequestsAtOnceOneDoesTheWork() throws {
    let answers = try sendAtOnce(8, to: Self.route())
    #expect(answers.map(\.status) == [Int](repeating: 200, count: 8))
    #expect(Set(answers.map(\.text)).count == 1)
    #expect(try made() == 1)
    #expect(try site.deadlocks() == 0)
  }

  @Test func theSecondDoesTheWorkWhenTheFirstFails() throws {
    let failures = Atomic(1)
    let answers = try sendAtOnce(
      2, to: Self.route { failures.subtract(1, ordering: .relaxed).oldValue > 0 })
    #expect(answers.map(\.status).sorted() == [200, 409])
    #expect(try made() == 1)
  }

  @Test func theAuditLogHasOneEntry() throws {
    for _ in 1...2 { #expect(try send("a", to: Self.route(.byRoute)).status == 200) }
    #expect(try count("select count(*) from audit_entry where action = 'repeats.make'") == 1)
  }

  @Test func theSweepRemovesAnswersAfterADay() throws {
    let first = try send("old")
    _ = try send("new")
    func sweepWhenOld(_ age: String) throws {
      try site.owner().run(
        "update repeated_request set created_at = now() - \(age)::interval where key = 'old'")
      try Sweeper(site.site).sweep(site.connection(as: .worker))
    }
    try sweepWhenOld("23:59:00")
    #expect(try send("old").text == first.text)
    try sweepWhenOld("24:00:01")
    #expect(try count("select count(*) from repeated_request") == 1)
    #expect(try send("old").text != first.text)
    #expect(try made() == 3)
  }

  @Test func theDocumentDescribesTheHeader() throws {
    let route = Route.on(
      .root, .post(audit: .nothing), "/repeats", for: .customer, "repeats.make", "A test.",
      parameters: [Repeated.parameter], gives: .object([])
    ) { _, _, _ in .json([]) }
    let document = try JSON(parsing: OpenAPI.document([route]))
    let parameter = try document["paths"]["/repeats"]["post"]["parameters"][0]
    #expect(try parameter["name"].string == "Idempotency-Key")
    #expect(try parameter["in"].string == "header")
    #expect(try parameter["required"].bool == false)
  }
}
