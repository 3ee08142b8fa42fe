import Assay
import HTTP
import Support
import Testing

@Suite("POST /auth/logout, GET /auth/me")
struct SessionTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aLogoutEndsItsTokenAtOnce() throws {
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

  @Test func nobodySignsOutWithoutAToken() throws {
    let answer = try site.send("POST", "/auth/logout")
    #expect(answer.status == 401)
    #expect(answer.headers["WWW-Authenticate"] == "Bearer")
  }

  @Test func tellsWhoIsSignedIn() throws {
    let person = try site.person(.reviewer, named: "rita")
    let answer = try site.send("GET", "/auth/me", as: person)
    #expect(answer.status == 200)
    #expect(answer.keys == ["id", "username", "email", "role"])
    #expect(try answer.json["username"] == .string("rita"))
    #expect(try answer.json["email"] == .null)
    #expect(try answer.json["role"] == .string("reviewer"))
  }

  @Test(arguments: ["bearer", "BEARER", "Bearer"])
  func theSchemesCaseIsFree(scheme: String) throws {
    let person = try site.person(.viewer)
    let answer = try site.send(
      "GET", "/auth/me", headers: ["HTTP_AUTHORIZATION": "\(scheme) \(person.token)"])
    #expect(answer.status == 200)
  }

  @Test(arguments: ["", "Bearer", "Bearer ", "Basic", "Token", "Bearer\u{A0}", "Bearer Bearer "])
  func anotherSchemeIsNone(prefix: String) throws {
    let person = try site.person(.viewer)
    let token = prefix == "Bearer" || prefix == "Bearer " ? "" : person.token
    let space = prefix.hasSuffix(" ") || prefix.isEmpty ? "" : " "
    let answer = try site.send(
      "GET", "/auth/me", headers: ["HTTP_AUTHORIZATION": prefix + space + token])
    #expect(answer.status == 401)
  }
}
