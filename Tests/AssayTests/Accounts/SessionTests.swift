import Assay
import HTTP
import Support
import Testing
import Web

@Suite("POST /auth/logout, GET /auth/me")
struct SessionTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aLogoutEndsItsToken() throws {
    let desk = try site.person(.labeler)
    let phone = try site.signIn(desk.username)
    let answer = try site.send("POST", "/auth/logout", as: desk)
    #expect(answer.status == 200)
    #expect(answer.keys == ["message"])
    let refused = try site.send("GET", "/auth/me", as: desk)
    #expect(refused.status == 401)
    #expect(refused.headers["WWW-Authenticate"] == "Bearer")
    #expect(try site.send("POST", "/auth/logout", as: desk).status == 401)
    #expect(try site.send("GET", "/auth/me", as: phone).status == 200)
  }

  @Test func logoutNeedsAToken() throws {
    let answer = try site.send("POST", "/auth/logout")
    #expect(answer.status == 401)
    #expect(answer.headers["WWW-Authenticate"] == "Bearer")
  }

  @Test func meReturnsTheSignedInAccount() throws {
    let person = try site.person(.reviewer, named: "rita")
    let answer = try site.send("GET", "/auth/me", as: person)
    #expect(answer.status == 200)
    #expect(
      answer.keys == [
        "id", "username", "email", "role", "anonymous", "points", "points_provisional", "labeled",
        "accuracy", "rank",
      ])
    #expect(try answer.json["username"] == .string("rita"))
    #expect(try answer.json["email"] == .null)
    #expect(try answer.json["role"] == .string("reviewer"))
  }

  private func status(_ authorization: String) throws -> Int {
    try site.send("GET", "/auth/me", headers: ["HTTP_AUTHORIZATION": authorization]).status
  }

  @Test func theSchemeIsCaseInsensitive() throws {
    let token = try site.person(.viewer).token
    for scheme in ["bearer ", "BEARER ", "Bearer ", "Bearer  ", "bearer    "] {
      #expect(try status(scheme + token) == 200, "\(scheme)")
    }
    for scheme in ["", "Bearer", "Basic ", "Token ", "Bearer\u{A0}", "Bearer Bearer "] {
      #expect(try status(scheme + token) == 401, "\(scheme)")
    }
    for nothing in ["", "Bearer", "Bearer "] { #expect(try status(nothing) == 401) }
  }

  @Test func aTokenWithoutTheSchemeIsExplained() throws {
    let token = try site.person(.viewer).token
    for (header, lack) in [
      (token, "has no scheme"), ("", "has no scheme"), ("Bearer", "has no token"),
      ("bearer  ", "has no token"), ("Basic \(token)", "has another scheme than Bearer"),
      ("Token \(token)", "has another scheme than Bearer"),
      ("\(token) \(token)", "has another scheme than Bearer"),
    ] {
      let answer = try site.send("GET", "/auth/me", headers: ["HTTP_AUTHORIZATION": header])
      #expect(answer.status == 401)
      #expect(
        try answer.detail
          == "The Authorization header \(lack): send \"Authorization: Bearer <access token>\".")
    }
    let missing = try site.send("GET", "/auth/me")
    #expect(try missing.detail == "Sign in first: the Authorization header is missing.")
    let wrong = try site.send("GET", "/auth/me", headers: ["HTTP_AUTHORIZATION": "Bearer x"])
    #expect(
      try wrong.detail
        == "The access token is invalid or has expired: refresh it or sign in again.")
  }
}
