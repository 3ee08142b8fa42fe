import Assay
import Cryptography
import HTTP
import Postgres
import Support
import Testing
import Web

/// A refresh token that is used again: by another window, after a lost answer, or by a thief.
@Suite("Repeated refreshes")
struct RepeatedRefreshTests {
  private let site: TestSite
  private let admin: Person
  init() throws {
    site = try TestSite()
    _ = try site.person(.customer, named: "ada")
    admin = try site.person(.admin, named: "admin")
  }

  private func next(_ token: String) throws -> String {
    try TokenPair(site.refresh(token)).refresh
  }

  private func entries(_ action: String) throws -> [JSON] {
    try site.send("GET", "/admin/audit?limit=1000", as: admin).json.elements
      .filter { try $0["action"].string == action }
  }

  @Test func windowsThatRefreshAtOnceGetTheSameSuccessor() throws {
    let pair = try site.pair()
    let answers = try site.race(8) { client, _ in
      let answer = try client.refresh(pair.refresh)
      return (answer.status, try TokenPair(answer))
    }
    #expect(answers.allSatisfy { $0.0 == 200 })
    #expect(Set(answers.map(\.1.refresh)).count == 1)
    for answer in answers { #expect(try site.me(answer.1) == 200) }
    #expect(try site.refresh(answers[0].1.refresh).status == 200)
  }

  @Test func anAnswerThatWasLostIsRepeatedAtAnyTime() throws {
    let first = try site.pair().refresh
    let second = try next(first)
    for interval in ["5 minutes", "1 day"] {
      try site.pass(interval)
      #expect(try next(first) == second)
    }
    #expect(try next(second) != second)
    #expect(try entries("session.reused").isEmpty)
  }

  @Test func lostAnswersAreRepeatedInAChain() throws {
    let first = try site.pair().refresh
    let second = try next(first)
    #expect(try next(first) == second)
    let third = try next(second)
    try site.pass("5 minutes")
    #expect(try next(second) == third)
    let fourth = try next(third)
    #expect(Set([first, second, third, fourth]).count == 4)
    #expect(try next(third) == fourth)
    #expect(try next(fourth) == next(fourth))
  }

  @Test func aTokenIsRepeatedForTheGraceAfterItsSuccessorWasUsed() throws {
    try site.owner().run("update site_limits set refresh_grace = '1 hour'")
    let first = try site.pair()
    let second = try next(first.refresh)
    try site.pass("2 hours")
    let third = try next(second)
    try site.pass("59 minutes")
    #expect(try next(first.refresh) == second)
    #expect(try next(second) == third)
    try site.pass("2 minutes")
    #expect(try site.refresh(first.refresh).status == 401)
    #expect(try site.me(first) == 401)
    #expect(try site.refresh(third).status == 401)
  }

  @Test func theGraceIsTenSeconds() throws {
    let first = try site.pair().refresh
    let second = try next(first)
    _ = try next(second)
    #expect(try next(first) == second)
    try site.pass("10 seconds")
    #expect(try site.refresh(first).status == 401)
  }

  @Test func aTokenUsedAgainTooLateEndsOnlyItsSession() throws {
    let (stolen, other) = (try site.pair(), try site.pair())
    let thief = try TokenPair(site.refresh(stolen.refresh))
    _ = try site.refresh(thief.refresh)
    try site.pass("1 minute")
    let owner = try site.client.send(
      "POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(stolen.refresh)"}"#,
      headers: ["REMOTE_ADDR": "192.0.2.7"])
    #expect(owner.status == 401)
    #expect(owner.headers["WWW-Authenticate"] == "Bearer")
    #expect(try site.me(stolen) == 401)
    #expect(try site.me(thief) == 401)
    #expect(try site.refresh(thief.refresh).status == 401)
    #expect(try site.me(other) == 200)
    #expect(try site.refresh(other.refresh).status == 200)
    let entries = try entries("session.reused")
    #expect(entries.count == 1)
    let entry = try #require(entries.first)
    #expect(try entry["actor"].string == "ada")
    #expect(try entry["address"].string == "192.0.2.7")
    #expect(try entry["trace"].string == "test")
  }

  /// No list has all tokens of a session; the code in an old one shows that it was issued.
  @Test func aTokenThatIsNoLongerStoredEndsItsSession() throws {
    let first = try site.pair()
    var token = first.refresh
    for _ in 0..<20 {
      token = try next(token)
      try site.pass("1 minute")
    }
    let stored = try site.owner().one("select max(cardinality(replaced_hashes)) from session") {
      row throws(PostgresError) in try row.next(Int.self)
    }
    #expect(stored == 2)
    #expect(try site.refresh(first.refresh).status == 401)
    #expect(try site.me(first) == 401)
    #expect(try entries("session.reused").count == 1)
  }

  @Test func fewTokensAreStoredForManyRefreshesAtOnce() throws {
    var token = try site.pair().refresh
    var tokens: [String] = []
    for _ in 0..<20 {
      tokens.append(token)
      token = try next(token)
    }
    let stored = try site.owner().one("select max(cardinality(replaced_hashes)) from session") {
      row throws(PostgresError) in try row.next(Int.self)
    }
    #expect(stored == 16)
    #expect(try next(tokens[4]) == tokens[5])
    #expect(try site.refresh(tokens[3]).status == 401)
    #expect(try entries("session.reused").count == 1)
  }

  @Test func aForgedTokenEndsNothing() throws {
    let (pair, other) = (try site.pair(), try site.pair())
    let bytes = try #require(Base64URL.decode(pair.refresh))
    let others = try #require(Base64URL.decode(other.refresh))
    var forged = (16..<48).map { place in
      var bytes = bytes
      bytes[place] ^= 1
      return bytes
    }
    forged.append(bytes.prefix(16) + Random.bytes(32))
    // The secret of another session, or another session with this secret.
    forged.append(bytes.prefix(16) + Array(others.dropFirst(16)))
    forged.append(others.prefix(16) + Array(bytes.dropFirst(16)))
    for bytes in forged {
      #expect(try site.refresh(Base64URL.encode(bytes)).status == 401)
    }
    #expect(try site.me(pair) == 200)
    #expect(try site.me(other) == 200)
    let next = try next(pair.refresh)
    #expect(try self.next(pair.refresh) == next)
    #expect(try site.refresh(other.refresh).status == 200)
    #expect(try entries("session.reused").isEmpty)
  }

  @Test func onlySomeForgedTokensAreLogged() throws {
    let pair = try site.pair()
    let known = try #require(Base64URL.decode(pair.refresh)).prefix(16)
    for _ in 0..<10 {
      _ = try site.refresh(Base64URL.encode(known + Random.bytes(32)))
      // Nothing is known about a session that does not exist.
      _ = try site.refresh(Base64URL.encode(Random.bytes(48)))
    }
    let entries = try entries("session.forged")
    #expect(entries.count == 3)
    #expect(try entries.allSatisfy { try $0["actor"].string == "ada" })
    _ = try site.send("POST", "/auth/logout", as: pair.person)
    try site.owner().run("delete from throttle")
    _ = try site.refresh(Base64URL.encode(known + Random.bytes(32)))
    #expect(try self.entries("session.forged").count == 3)
  }

  /// A forged token neither waits for the lock of a session's row nor takes it.
  @Test func aForgedTokenDoesNotWait() throws {
    let pair = try site.pair()
    let known = try #require(Base64URL.decode(pair.refresh)).prefix(16)
    let owner = site.owner()
    try owner.script("begin; select from session for update")
    #expect(try site.refresh(Base64URL.encode(known + Random.bytes(32))).status == 401)
    try owner.script("rollback")
  }

  @Test func aRefreshWaitsForALogout() throws {
    let pair = try site.pair()
    let shared = site.site
    let owner = site.owner()
    try owner.script("begin; update session set ended_at = now()")
    let statuses = try inThreads(2) { _ in
      try Client(shared).refresh(pair.refresh).status
    } meanwhile: {
      try site.waitForABlockedStatement()
      try owner.script("commit")
    }
    #expect(statuses == [401, 401])
  }

  @Test func afterARaceOfRefreshAndLogoutNothingIsOpen() throws {
    for _ in 0..<5 {
      let pair = try site.pair()
      let answers = try site.race(4) { client, index in
        let answer =
          index == 0
          ? try client.send("POST", "/auth/logout", as: pair.person)
          : try client.refresh(pair.refresh)
        return (answer.status, try? TokenPair(answer))
      }
      #expect(answers[0].0 == 200)
      #expect(try site.me(pair) == 401)
      for pair in answers.compactMap(\.1) {
        #expect(try site.me(pair) == 401)
        #expect(try site.refresh(pair.refresh).status == 401)
      }
    }
  }

  /// Two holders of one token, of whom one has used its successor: both lose the session.
  @Test func aRaceOfLateUsesEndsTheSessionOnce() throws {
    let first = try site.pair()
    _ = try next(next(first.refresh))
    try site.pass("1 minute")
    let statuses = try site.race(4) { client, _ in try client.refresh(first.refresh).status }
    #expect(statuses == [401, 401, 401, 401])
    #expect(try entries("session.reused").count == 1)
  }
}
