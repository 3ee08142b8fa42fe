import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("The scope of a request")
struct ScopeTests {
  private let site: TestSite
  private let (one, other): (Person, Person)
  init() throws {
    site = try TestSite()
    one = try site.person(.customer)
    other = try site.person(.customer)
    _ = try site.request(by: one)
  }

  /// The number of rows that the thread's connection sees.
  private func visible() throws -> Int {
    try site.client.context.db.one("select count(*) from project") {
      row throws(PostgresError) in try row.next()
    }
  }

  @Test func theScopeIsClearedBeforeOtherStatements() throws {
    #expect(try site.send("GET", "/requests", as: one).json.elements.count == 1)
    #expect(try visible() == 1)
    #expect(try site.send("GET", "/requests", as: other).text == "[]")
    #expect(try visible() == 0)
    _ = try site.send("GET", "/requests", as: one)
    #expect(try site.send("GET", "/health").status == 200)
    #expect(try visible() == 0)
    _ = try site.send("GET", "/requests", as: one)
    #expect(
      try site.send("POST", "/auth/login", json: #"{"username": "x", "password": "x"}"#).status
        == 401)
    #expect(try visible() == 0)
  }

  @Test func theScopeEndsWithTheSession() throws {
    #expect(try site.send("POST", "/auth/logout", as: one).status == 200)
    #expect(try site.send("GET", "/requests", as: one).status == 401)
    // Every further statement on that connection gets the same refusal.
    #expect(throws: PostgresError.self) { try visible() }
    #expect(try site.send("GET", "/health").status == 200)
    #expect(try visible() == 0)
  }

  @Test func theScopeLastsForOneRequest() throws {
    let admin = try site.person(.admin)
    #expect(try site.send("GET", "/requests", as: admin).json.elements.count == 1)
    #expect(try site.send("GET", "/requests", as: other).text == "[]")
    #expect(try site.send("GET", "/admin/users", as: other).status == 403)
    #expect(try visible() == 0)
  }
}
