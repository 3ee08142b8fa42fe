import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Vocabulary
import Web

@Suite("Limits of requests")
struct RequestLimitTests {
  private let site: TestSite
  private let ada: Person
  init() throws {
    site = try TestSite(settings: ["ASSAY_LIMITS": "on"])
    ada = try site.person(.labeler, named: "ada")
  }

  private static let path = "/api/v1/auth/me"

  @Test func eachAccountHasAHundredRequestsAMinute() throws {
    for number in 1...100 {
      let answer = try site.send("GET", Self.path, as: ada)
      #expect(answer.status == 200)
      #expect(answer.headers["X-RateLimit-Limit"] == "100")
      #expect(answer.headers["X-RateLimit-Remaining"] == String(100 - number))
    }
    let answer = try site.send("GET", Self.path, as: ada)
    #expect(answer.status == 429)
    #expect(answer.keys == ["detail", "request_id"])
    #expect(answer.headers["X-RateLimit-Remaining"] == "0")
    let wait = try #require(answer.headers["Retry-After"].flatMap { Int($0) })
    #expect((1...60).contains(wait))
    let reset = try #require(answer.headers["X-RateLimit-Reset"].flatMap { Int($0) })
    let now = Int(Timestamp.now().microseconds / 1_000_000)
    #expect((0...61).contains(reset - now))
    // Another session of the same account is limited, too; other accounts and faces are not.
    #expect(try site.send("GET", Self.path, as: site.signIn("ada")).status == 429)
    #expect(try site.send("GET", Self.path, as: site.person(.labeler)).status == 200)
    let elsewhere = try site.send("GET", "/api/auth/me", as: ada)
    #expect(elsewhere.status == 200)
    #expect(elsewhere.headers["X-RateLimit-Limit"] == nil)
    try site.owner().run("update request_count set ends_at = now()")
    #expect(try site.send("GET", Self.path, as: ada).headers["X-RateLimit-Remaining"] == "99")
  }

  @Test func concurrentRequestsAreCounted() throws {
    let (path, ada) = (Self.path, ada)
    let statuses = try site.race(6) { client, _ in
      try (1...20).map { _ in try client.send("GET", path, as: ada).status }
    }.flatMap(\.self)
    #expect(statuses.count { $0 == 200 } == 100)
    #expect(statuses.count { $0 == 429 } == 20)
  }

  @Test func theLimitCanBeSwitchedOff() throws {
    let site = try TestSite(settings: ["ASSAY_LIMITS": "off"])
    let ada = try site.person(.labeler)
    for _ in 1...101 { #expect(try site.send("GET", Self.path, as: ada).status == 200) }
  }
}
