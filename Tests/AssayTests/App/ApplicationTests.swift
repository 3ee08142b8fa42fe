import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("The application")
struct ApplicationTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  @Test(arguments: ["/", "/nothing", "/requests/\(unknownID)/nothing", "/Health", "/openapi"])
  func anUnknownPageIs404(path: String) throws {
    let answer = try site.send("GET", path)
    #expect(answer.status == 404)
    #expect(answer.text == #"{"detail":"No such page.","request_id":"test"}"#)
    #expect(answer.headers["Content-Type"] == "application/json")
  }

  @Test(arguments: ["/a//b", "/../etc/passwd", "/%2e%2e/x", "/%ff", "/%00", "/%", "health", ""])
  func aMalformedPathIs400(path: String) throws {
    let answer = try site.send("GET", path)
    #expect(answer.status == 400)
    #expect(try answer.detail == "The path is not valid.")
  }

  @Test(arguments: [
    ("DELETE", "/health", "GET, HEAD"), ("GET", "/auth/login", "POST"),
    ("PUT", "/requests", "GET, HEAD, POST"), ("BREW", "/tasks", "GET, HEAD"),
    ("OPTIONS", "/admin/assign", "POST"), ("", "/health", "GET, HEAD"),
  ])
  func anotherMethodIs405(method: String, path: String, allow: String) throws {
    let answer = try site.send(method, path)
    #expect(answer.status == 405)
    #expect(answer.headers["Allow"] == allow)
    #expect(try answer.detail == "This path answers \(allow) only.")
  }

  @Test(arguments: ["/health", "/health/", "/he%61lth", "/health?x=%FF", "/health/?"])
  func aPathMayBeWrittenInSeveralWays(path: String) throws {
    #expect(try site.send("GET", path).status == 200)
  }

  @Test func healthTellsWhetherTheDatabaseAnswers() throws {
    let healthy = try site.send("GET", "/health")
    #expect(healthy.status == 200)
    #expect(healthy.text == #"{"status":"healthy"}"#)
    let cutOff = Client(site.site, database: "host=/nonexistent dbname=none")
    for _ in 1...2 {
      let answer = try cutOff.send("GET", "/health")
      #expect(answer.status == 503)
      #expect(answer.headers["Retry-After"] == "1")
      #expect(answer.keys == ["detail", "request_id"])
    }
  }

  @Test func withoutADatabaseNothingElseIsSaid() throws {
    let person = try site.person(.admin)
    let cutOff = Client(site.site, database: "host=/nonexistent dbname=none")
    #expect(try cutOff.send("GET", "/tasks", as: person).status == 503)
    #expect(try cutOff.send("GET", "/tasks").status == 401)
    #expect(try cutOff.send("GET", "/nothing").status == 404)
  }

  @Test func aLostConnectionIsReplaced() throws {
    let person = try site.person(.admin)
    #expect(try site.send("GET", "/tasks", as: person).status == 200)
    try site.owner().run(
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
      """)
    let statuses = try (1...3).map { _ in try site.send("GET", "/tasks", as: person).status }
    #expect(statuses.last == 200)
  }
}
