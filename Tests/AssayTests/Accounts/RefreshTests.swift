import Assay
import HTTP
import Support
import Testing
import Web

@Suite("POST /api/auth/login, POST /api/auth/refresh, POST /api/auth/logout")
struct RefreshTests {
  private let site: TestSite
  init() throws {
    site = try TestSite()
    _ = try site.person(.customer, named: "ada")
  }

  /// The tokens of an answer.
  private struct Pair {
    let person: Person
    let refresh: String

    init(_ answer: Answer) throws {
      person = Person(username: "ada", token: try answer.json["access_token"].string)
      refresh = try answer.json["refresh_token"].string
    }
  }

  private func signIn() throws -> Pair {
    try Pair(
      site.send(
        "POST", "/api/auth/login",
        json: #"{"email": "ada", "password": "\#(TestSite.password)"}"#))
  }

  private func refresh(_ token: String) throws -> Answer {
    try site.send("POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(token)"}"#)
  }

  private func me(_ pair: Pair) throws -> Int {
    try site.send("GET", "/api/auth/me", as: pair.person).status
  }

  @Test func refreshReturnsNewTokensOfTheSameSession() throws {
    let first = try signIn()
    let answer = try refresh(first.refresh)
    #expect(answer.status == 200)
    #expect(
      answer.keys == ["access_token", "token_type", "expires_in", "refresh_token", "role", "user"])
    let second = try Pair(answer)
    #expect(second.refresh != first.refresh)
    #expect(try me(first) == 200)
    #expect(try me(second) == 200)
    #expect(try refresh(second.refresh).status == 200)
    #expect(try site.send("POST", "/api/auth/logout", as: second.person).status == 200)
    #expect(try me(first) == 401)
  }

  @Test func aTokenUsedTwiceEndsOnlyItsSession() throws {
    let (stolen, other) = (try signIn(), try signIn())
    let thief = try Pair(refresh(stolen.refresh))
    let owner = try refresh(stolen.refresh)
    #expect(owner.status == 401)
    #expect(owner.headers["WWW-Authenticate"] == "Bearer")
    #expect(try me(stolen) == 401)
    #expect(try me(thief) == 401)
    #expect(try refresh(thief.refresh).status == 401)
    #expect(try me(other) == 200)
    #expect(try refresh(other.refresh).status == 200)
  }

  @Test func concurrentRefreshesEndTheSession() throws {
    let pair = try signIn()
    let statuses = try site.race(4) { client, _ in
      try client.send(
        "POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(pair.refresh)"}"#
      ).status
    }
    #expect(statuses.count { $0 == 200 } <= 1)
    #expect(try me(pair) == 401)
  }

  @Test func anEndedSessionIsNotRefreshed() throws {
    let pair = try signIn()
    #expect(try site.send("POST", "/auth/logout", as: pair.person).status == 200)
    #expect(try refresh(pair.refresh).status == 401)
    let another = try signIn()
    try Directory.setPassword("ada", "twelve apples", site.owner())
    #expect(try refresh(another.refresh).status == 401)
  }

  @Test func invalidTokensAreRefused() throws {
    let pair = try signIn()
    let tokens = [
      "x", pair.person.token, String(pair.refresh.dropLast()), pair.refresh + "A",
      String(repeating: "A", count: 64), String(repeating: "\u{e9}", count: 64),
    ]
    for token in tokens { #expect(try refresh(token).status == 401, "\(token)") }
    for body in ["{}", #"{"refresh_token": ""}"#, #"{"refresh_token": 1}"#] {
      let answer = try site.send("POST", "/api/auth/refresh", json: body)
      #expect(answer.status == 422)
      #expect(answer.keys == ["detail", "request_id", "errors"])
    }
    #expect(try refresh(pair.refresh).status == 200)
    // A refresh token is not valid as an access token.
    let wrong = Person(username: "ada", token: pair.refresh)
    #expect(try site.send("GET", "/auth/me", as: wrong).status == 401)
  }
}
