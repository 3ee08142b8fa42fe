import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("POST /auth/login")
struct SignInTests {
  let site: TestSite
  init() throws {
    site = try TestSite()
    let made = try site.send(
      "POST", "/auth/signup",
      json: """
        {"username": "Ada", "password": "\(TestSite.password)", "email": "ada@example.org"}
        """)
    #expect(made.status == 201)
  }

  private func signIn(_ name: String, _ value: String, _ password: String = TestSite.password)
    throws -> Answer
  {
    try site.send(
      "POST", "/auth/login",
      json: #"{"\#(name)": "\#(value)", "password": "\#(password)"}"#)
  }

  /// With no sequential scans allowed, PostgreSQL makes one only where no index would do.
  @Test func namesAndAddressesUseTheirIndexes() throws {
    let owner = site.owner()
    for (name, function) in ["ada", "ada@example.org"].flatMap({ name in
      ["sign_in_candidates($, '192.0.2.1')", "find_account($)"]
        .map { (name, $0) }
    }) {
      let call = function.split(separator: "$").map(String.init)
      let scans = try owner.transaction { db in
        try db.run("set local enable_seqscan = off")
        try db.run("select from \(unsafeRaw: call[0])\(name)\(unsafeRaw: call[1])")
        return try db.one("select pg_stat_get_xact_numscans('account'::regclass)") {
          row throws(PostgresError) in try row.next(Int.self)
        }
      }
      #expect(scans == 0, "\(function) of \(name)")
    }
  }

  @Test func allFacesReturnTheSame() throws {
    let answer = try signIn("username", "Ada")
    #expect(answer.status == 200)
    #expect(
      answer.keys
        == ["access_token", "token_type", "expires_in", "refresh_token", "role", "user"])
    #expect(answer.headers["Cache-Control"] == "no-store")
    #expect(try answer.json["token_type"] == .string("bearer"))
    #expect(try answer.json["expires_in"].int == 12 * 3600)
    #expect(try answer.json["refresh_token"].string.utf8.count == 64)
    #expect(try answer.json["role"] == .string("labeler"))
    let user = try answer.json["user"]
    #expect(try user.keys == ["id", "username", "email", "role"])
    #expect(try user["username"] == .string("Ada"))
    #expect(try user["email"] == .string("ada@example.org"))
  }

  @Test func allThreeNameFieldsAreAccepted() throws {
    for (name, value) in [
      ("username", "ada"), ("username", "ADA"), ("username", "ada@example.org"),
      ("email", "Ada@Example.ORG"), ("name", "Ada"), ("name", "ada@example.org"),
    ] {
      let answer = try signIn(name, value)
      #expect(answer.status == 200, "\(name): \(value)")
      let person = Person(username: value, token: try answer.json["access_token"].string)
      let me = try site.send("GET", "/auth/me", as: person)
      #expect(try me.json["username"] == .string("Ada"))
    }
  }

  @Test func theErrorDoesNotNameTheWrongField() throws {
    try Deactivation.of("gone", site)
    let answers = [
      try signIn("username", "nobody"), try signIn("email", "nobody@example.org"),
      try signIn("username", "Ada", "wrong password"), try signIn("username", "Ada", " "),
      try signIn("username", "gone"), try signIn("username", "' or true --"),
      try signIn("username", "Ada", String(repeating: "x", count: 1024)),
    ]
    for answer in answers {
      #expect(answer.status == 401)
      #expect(answer.headers["WWW-Authenticate"] == "Bearer")
      #expect(answer.text == answers[0].text)
    }
    #expect(try answers[0].detail == "The username or the password is wrong.")
  }

  @Test func invalidInputIsRefused() throws {
    let bodies = [
      BadBody(#"{"password": "x"}"#, "username"),
      BadBody(#"{"username": "", "password": "x"}"#, "username"),
      BadBody(#"{"username": ["Ada"], "password": "x"}"#, "username"),
      BadBody(#"{"email": 1, "password": "x"}"#, "email"),
      BadBody(#"{"name": {}, "password": "x"}"#, "name"),
      BadBody(#"{"username": "Ada"}"#, "password"),
      BadBody(#"{"username": "Ada", "password": ""}"#, "password"),
      BadBody(#"{"username": "Ada", "password": 12345678}"#, "password"),
      BadBody(
        #"{"username": "Ada", "password": "\#(String(repeating: "x", count: 1025))"}"#, "password"),
    ]
    for body in bodies {
      try body.check(site.send("POST", "/auth/login", json: body.json))
    }
    try expectJSON(site, "/auth/login")
  }
}
