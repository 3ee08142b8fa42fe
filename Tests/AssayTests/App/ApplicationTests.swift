import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("The application")
struct ApplicationTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  @Test func anUnknownPageIs404() throws {
    for path in ["/", "/nothing", "/requests/\(unknownID)/nothing", "/Health", "/openapi"] {
      let answer = try site.send("GET", path)
      #expect(answer.status == 404, "\(path)")
      #expect(answer.text == #"{"detail":"No such path.","request_id":"test"}"#)
      #expect(answer.headers["Content-Type"] == "application/json")
    }
  }

  @Test func aMalformedPathIs400() throws {
    for path in ["/a//b", "/../etc/passwd", "/%2e%2e/x", "/%ff", "/%00", "/%", "health", ""] {
      let answer = try site.send("GET", path)
      #expect(answer.status == 400, "\(path)")
      #expect(try answer.detail == "The path is not valid.")
    }
  }

  @Test func anUnsupportedMethodIs405() throws {
    for (method, path, allow) in [
      ("DELETE", "/health", "GET, HEAD"), ("GET", "/auth/login", "POST"),
      ("PUT", "/requests", "GET, HEAD, POST"), ("BREW", "/tasks", "GET, HEAD"),
      ("OPTIONS", "/admin/assign", "POST"), ("", "/health", "GET, HEAD"),
    ] {
      let answer = try site.send(method, path)
      #expect(answer.status == 405, "\(method) \(path)")
      #expect(answer.headers["Allow"] == allow)
      #expect(try answer.detail == "This path supports only \(allow).")
    }
  }

  @Test func aPathMayBeWrittenInSeveralWays() throws {
    for path in ["/health", "/health/", "/he%61lth", "/health?x=%FF", "/health/?"] {
      #expect(try site.send("GET", path).status == 200, "\(path)")
    }
  }

  @Test func anUnavailableDatabaseIs503() throws {
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
