import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("POST /auth/signup")
struct SignUpTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  private func signUp(_ json: String) throws -> Answer {
    try site.send("POST", "/auth/signup", json: json)
  }

  private func accounts() throws -> Int {
    try site.owner().one("select count(*) from account") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func theDefaultRoleIsLabeler() throws {
    let answer = try signUp(
      #"{"username": "Ada", "password": "correct horse battery", "shoe_size": 44}"#)
    #expect(answer.status == 201)
    #expect(answer.keys == ["id", "username", "email", "role"])
    #expect(try answer.json["username"] == .string("Ada"))
    #expect(try answer.json["email"] == .null)
    #expect(try answer.json["role"] == .string("labeler"))
    let ada = try site.signIn("Ada")
    #expect(try site.send("GET", "/tasks", as: ada).status == 200)
    #expect(try site.send("GET", "/requests", as: ada).status == 403)
  }

  @Test func aCustomerOwnsAnOrganization() throws {
    let answer = try signUp(
      """
      {"username": "bo.b-2_C", "password": "correct horse battery", "email": "Bob@example.org",
       "role": "customer"}
      """)
    #expect(answer.status == 201)
    #expect(try answer.json["email"] == .string("Bob@example.org"))
    #expect(try answer.json["role"] == .string("customer"))
    let bob = try site.signIn("bo.b-2_C")
    #expect(try !site.request(by: bob).isEmpty)
  }

  @Test func otherRolesAreRefused() throws {
    for role in ["admin", "universal", "reviewer", "viewer", "Customer", ""] {
      let answer = try signUp(
        #"{"username": "eve", "password": "correct horse battery", "role": "\#(role)"}"#)
      #expect(answer.status == 400, "\(role)")
      #expect(try answer.detail == "role must be one of labeler, customer.")
    }
    #expect(try accounts() == 0)
  }

  @Test func aTakenNameIsRefused() throws {
    let first = #"{"username": "ada", "password": "correct horse", "email": "ada@example.org"}"#
    #expect(try signUp(first).status == 201)
    let sameName = try signUp(
      #"{"username": "ADA", "password": "correct horse", "role": "customer"}"#)
    #expect(sameName.status == 409)
    #expect(try sameName.detail == "That username is taken.")
    let sameAddress = try signUp(
      #"{"username": "eve", "password": "correct horse", "email": "Ada@Example.org"}"#)
    // An address that is not verified can be given again.
    #expect(sameAddress.status == 201)
    #expect(try accounts() == 2)
  }

  @Test func onlyOneConcurrentSignUpWithANameSucceeds() throws {
    let answers = try site.race(4) { client, _ in
      try client.send(
        "POST", "/auth/signup",
        json: #"{"username": "ada", "password": "correct horse", "role": "customer"}"#
      ).status
    }
    #expect(answers.sorted() == [201, 409, 409, 409])
    #expect(try accounts() == 1)
  }

  @Test func invalidInputIsRefused() throws {
    let long = String(repeating: "x", count: 129)
    let bodies = [
      BadBody(#"{"password": "correct horse"}"#, "username"),
      BadBody(#"{"username": 7, "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "a", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "a b", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "bö", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "\u0430da", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "a\u202Eb", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "ada", "password": "Passw0rd!"}"#, "password"),
      BadBody(#"{"username": "lovelace", "password": "lovelace12"}"#, "password"),
      BadBody(#"{"username": "a@b", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "\#(long)", "password": "correct horse"}"#, "username"),
      BadBody(#"{"username": "ada"}"#, "password"),
      BadBody(#"{"username": "ada", "password": null}"#, "password"),
      BadBody(#"{"username": "ada", "password": "1234567"}"#, "password"),
      BadBody(#"{"username": "ada", "password": "\#(long)"}"#, "password"),
      BadBody(#"{"username": "ada", "password": "correct horse", "email": "x"}"#, "email"),
      BadBody(#"{"username": "ada", "password": "correct horse", "email": "a@b@c"}"#, "email"),
      BadBody(#"{"username": "ada", "password": "correct horse", "email": "a @b"}"#, "email"),
      BadBody(#"{"username": "ada", "password": "correct horse", "role": 1}"#, "role"),
    ]
    for body in bodies { try body.check(signUp(body.json)) }
    #expect(try accounts() == 0)
    try expectJSON(site, "/auth/signup")
  }

  @Test func everyInvalidFieldIsNamed() throws {
    let answer = try signUp(#"{"username": "", "password": "short"}"#)
    #expect(
      try answer.detail
        == "username must be 2 to 64 characters. password must be 8 to 128 characters.")
  }
}
