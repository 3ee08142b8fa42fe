import Assay
import Cryptography
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite(
  """
  POST /api/auth/register, POST /api/v1/auth/login, GET /api/auth/me, GET /api/v1/auth/me, \
  PUT /api/auth/profile, PUT /api/auth/password
  """)
struct ProfileTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func register(_ json: String) throws -> Answer {
    try site.send("POST", "/api/auth/register", json: json)
  }

  @Test func registrationCreatesAnOwnerOfAnOrganization() throws {
    let answer = try register(#"{"email": "ada@example.org", "password": "correct horse"}"#)
    #expect(answer.status == 201)
    #expect(answer.keys == ["message", "user_id", "id", "username", "email", "role"])
    let signedIn = try site.send(
      "POST", "/api/v1/auth/login",
      json: #"{"email": "ada@example.org", "password": "correct horse"}"#)
    #expect(signedIn.status == 200)
    let ada = Person(username: "ada", token: try signedIn.json["access_token"].string)
    #expect(try !site.request(by: ada).isEmpty)
    for path in ["/api/auth/me", "/api/v1/auth/me/"] {
      let me = try site.send("GET", path, as: ada)
      #expect(
        me.keys == [
          "id", "username", "email", "email_verified", "lost_email", "full_name", "role",
          "is_active", "organization_id",
          "created_at", "updated_at",
        ])
      #expect(try me.json["email"].string == "ada@example.org")
      #expect(try me.json["role"].string == "customer")
    }
    #expect(
      try register(#"{"email": "ADA@example.org", "password": "correct horse"}"#).status == 201)
  }

  @Test func invalidInputIsRefused() throws {
    for (json, field) in [
      ("{}", "email"), (#"{"email": "x", "password": "correct horse"}"#, "email"),
      (#"{"email": "a\nb@example.org", "password": "correct horse"}"#, "email"),
      (#"{"email": "a@example.org", "password": "short"}"#, "password"),
      (#"{"email": "a@example.org", "password": "password123"}"#, "password"),
      (#"{"email": "lovelace@example.org", "password": "Lovelace1"}"#, "password"),
      (#"{"email": "a@example.org", "password": "correct horse", "username": "a b"}"#, "username"),
    ] {
      let answer = try register(json)
      #expect(answer.status == 422, "\(json)")
      #expect(try answer.json["errors"][0]["loc"].strings == ["body", field])
    }
    // All other members of the body are ignored.
    let bold = try register(
      #"{"email": "b@example.org", "password": "correct horse", "role": "admin", "points": 9}"#)
    #expect(bold.status == 201)
    #expect(try bold.json["role"].string == "customer")
  }

  @Test func onlyNamesAreChanged() throws {
    let ada = try site.person(.labeler, named: "ada")
    _ = try site.person(.labeler, named: "bob")
    let answer = try site.send(
      "PUT", "/api/auth/profile", as: ada,
      json: """
        {"full_name": "Ada ولت", "email": "ada@example.org", "role": "admin", "is_active": false}
        """)
    #expect(answer.status == 200)
    #expect(try answer.json["full_name"].string == "Ada ولت")
    #expect(try answer.json["email"].string == "ada@example.org")
    #expect(try answer.json["role"].string == "labeler")
    #expect(try answer.json["is_active"].bool)
    func change(_ json: String) throws -> Int {
      try site.send("PUT", "/api/auth/profile", as: ada, json: json).status
    }
    #expect(try change(#"{"username": "BOB"}"#) == 409)
    #expect(try change(#"{"username": "a b"}"#) == 422)
    #expect(try change(#"{"full_name": "a\u202eb"}"#) == 422)
    #expect(try change(#"{"full_name": "a\nb"}"#) == 422)
    #expect(try change("{}") == 200)
    #expect(try change("[]") == 400)
    let me = try site.send("GET", "/api/auth/me", as: ada).json
    #expect(try me["full_name"].string == "Ada ولت")
  }

  @Test func aPasswordChangeEndsAllOtherSessions() throws {
    let desk = try site.person(.labeler, named: "ada")
    let phone = try site.signIn("ada")
    func change(_ current: String, _ new: String) throws -> Answer {
      try site.send(
        "PUT", "/api/auth/password", as: desk,
        json: #"{"current_password": "\#(current)", "new_password": "\#(new)"}"#)
    }
    let wrong = try change("wrong", "twelve apples")
    #expect(wrong.status == 422)
    #expect(try wrong.detail == "current_password is wrong.")
    #expect(try change(TestSite.password, "short").status == 422)
    #expect(try change(TestSite.password, "12345678").status == 422)
    #expect(try site.send("GET", "/auth/me", as: phone).status == 200)
    #expect(try change(TestSite.password, "twelve apples").status == 200)
    #expect(try site.send("GET", "/auth/me", as: phone).status == 401)
    #expect(try site.send("GET", "/auth/me", as: desk).status == 200)
    #expect(throws: Missing.self) { try site.signIn("ada") }
  }

  @Test func aWeakHashIsReplacedAtSignIn() throws {
    _ = try site.person(.labeler, named: "ada")
    // Argon2id with 8 MiB and one pass, of the password that tests use.
    let weak = Password.hash(TestSite.password, passes: 1, kibibytes: 8192)
    try site.owner().run("update account set password_hash = \(weak)")
    func hash() throws -> String {
      try site.owner().one("select password_hash from account") { row throws(PostgresError) in
        try row.next()
      }
    }
    #expect(try hash() == weak)
    _ = try site.signIn("ada")
    #expect(try hash().hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    let strong = try hash()
    _ = try site.signIn("ada")
    #expect(try hash() == strong)
  }
}
