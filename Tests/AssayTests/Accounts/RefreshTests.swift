import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// The tokens of one session.
struct TokenPair: Equatable {
  let access: String
  let refresh: String

  var person: Person { Person(username: "ada", token: access) }

  /// The tokens of an answer.
  init(_ answer: Answer) throws {
    access = try answer.json["access_token"].string
    refresh = try answer.json["refresh_token"].string
  }
}

extension TestSite {
  /// Signs an account in.
  func pair(of username: String = "ada") throws -> TokenPair {
    try TokenPair(
      send(
        "POST", "/api/auth/login",
        json: #"{"email": "\#(username)", "password": "\#(Self.password)"}"#))
  }

  /// Sends a refresh token.
  func refresh(_ token: String) throws -> Answer {
    try client.refresh(token)
  }

  /// The status of a request with an access token.
  func me(_ pair: TokenPair) throws -> Int {
    try send("GET", "/api/auth/me", as: pair.person).status
  }

  /// Makes all earlier uses of refresh tokens this much older.
  func pass(_ interval: String) throws {
    try owner().run(
      """
      update session set replaced_at = array(
        select at - \(interval)::interval from unnest(replaced_at) with ordinality u (at, place)
        order by place)
      """)
  }
}

extension Client {
  /// Sends a refresh token.
  func refresh(_ token: String) throws -> Answer {
    try send("POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(token)"}"#)
  }
}

@Suite("POST /api/auth/login, POST /api/auth/refresh, POST /api/auth/logout")
struct RefreshTests {
  private let site: TestSite
  init() throws {
    site = try TestSite()
    _ = try site.person(.customer, named: "ada")
  }

  @Test func refreshReturnsNewTokensOfTheSameSession() throws {
    let first = try site.pair()
    let answer = try site.refresh(first.refresh)
    #expect(answer.status == 200)
    #expect(
      answer.keys == ["access_token", "token_type", "expires_in", "refresh_token", "role", "user"])
    let second = try TokenPair(answer)
    #expect(second.refresh != first.refresh)
    #expect(try site.me(first) == 200)
    #expect(try site.me(second) == 200)
    #expect(try site.refresh(second.refresh).status == 200)
    #expect(try site.send("POST", "/api/auth/logout", as: second.person).status == 200)
    #expect(try site.me(first) == 401)
  }

  @Test func anEndedSessionIsNotRefreshed() throws {
    let pair = try site.pair()
    let next = try TokenPair(site.refresh(pair.refresh))
    #expect(try site.send("POST", "/auth/logout", as: pair.person).status == 200)
    let refused = try site.refresh(next.refresh)
    #expect(refused.status == 401)
    #expect(refused.headers["WWW-Authenticate"] == "Bearer")
    // The successor is not repeated, either.
    #expect(try site.refresh(pair.refresh).status == 401)
    let another = try site.pair()
    try Directory.setPassword("ada", "twelve apples", site.owner())
    #expect(try site.refresh(another.refresh).status == 401)
  }

  @Test func anExpiredSessionIsNotRefreshed() throws {
    let pair = try site.pair()
    _ = try site.refresh(pair.refresh)
    try site.owner().run("update session set expires_at = now()")
    #expect(try site.refresh(pair.refresh).status == 401)
  }

  @Test func aDeactivatedAccountIsNotRefreshed() throws {
    let pair = try site.pair()
    try site.owner().run("update account set is_active = false")
    #expect(try site.refresh(pair.refresh).status == 401)
    try site.owner().run("update account set is_active = true")
    #expect(try site.refresh(pair.refresh).status == 401)
  }

  @Test func invalidTokensAreRefused() throws {
    let pair = try site.pair()
    let tokens = [
      "x", pair.access, String(pair.refresh.dropLast()), pair.refresh + "A",
      String(repeating: "A", count: 64), String(repeating: "\u{e9}", count: 64),
    ]
    for token in tokens { #expect(try site.refresh(token).status == 401, "\(token)") }
    for body in ["{}", #"{"refresh_token": ""}"#, #"{"refresh_token": 1}"#] {
      let answer = try site.send("POST", "/api/auth/refresh", json: body)
      #expect(answer.status == 422)
      #expect(answer.keys == ["detail", "request_id", "errors"])
    }
    #expect(try site.refresh(pair.refresh).status == 200)
    // A refresh token is not valid as an access token.
    let wrong = Person(username: "ada", token: pair.refresh)
    #expect(try site.send("GET", "/auth/me", as: wrong).status == 401)
  }

  @Test func onlyHashesOfTokensAreStored() throws {
    let first = try site.pair()
    let second = try TokenPair(site.refresh(first.refresh))
    let (row, isHashed) = try site.owner().one(
      """
      select s::text, refresh_hash = sha256(\(second.refresh)::bytea)
        and replaced_hashes = array[sha256(\(first.refresh)::bytea)]
      from session s order by session_id desc limit 1
      """
    ) { row throws(PostgresError) in (try row.next(String.self), try row.next(Bool.self)) }
    #expect(isHashed)
    for token in [first.refresh, second.refresh] { #expect(!row.contains(token)) }
  }
}
