import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST, GET /api/v1/users, GET, PUT, DELETE /api/v1/users/{user}")
struct UsersTests {
  private let site: TestSite
  private let (admin, ada): (Person, Person)
  init() throws {
    site = try TestSite()
    admin = try site.person(.admin, named: "root-of-all")
    ada = try site.person(.customer, named: "ada")
  }

  private func id(_ person: Person) throws -> String {
    try site.send("GET", "/auth/me", as: person).json["id"].string
  }

  private func change(_ account: String, _ json: String, as person: Person) throws -> Answer {
    try site.send("PUT", "/api/v1/users/\(account)", as: person, json: json)
  }

  @Test func anAdminCreatesAccounts() throws {
    let answer = try site.send(
      "POST", "/api/v1/users/", as: admin,
      json: """
        {"email": "bob@example.org", "full_name": "Bob", "is_active": true,
         "password": "twelve apples", "role": "customer"}
        """)
    #expect(answer.status == 201)
    #expect(try answer.json["full_name"].string == "Bob")
    let bob = try site.send(
      "POST", "/auth/login", json: #"{"email": "bob@example.org", "password": "twelve apples"}"#)
    #expect(bob.status == 200)
    let idle = try site.send(
      "POST", "/admin/users", as: admin,
      json: #"{"username": "idle", "is_active": false, "password": "twelve apples"}"#)
    #expect(idle.status == 201)
    #expect(try !idle.json["is_active"].bool)
    for (body, status) in [
      ("{}", 422), (#"{"password": "twelve apples"}"#, 422),
      (#"{"username": "ada", "password": "twelve apples"}"#, 409),
      (#"{"username": "x", "password": "twelve apples"}"#, 422),
      (#"{"username": "eve", "password": "12345678"}"#, 422),
      (#"{"username": "eve", "password": "twelve apples", "is_active": "no"}"#, 422), ("[]", 400),
    ] {
      let answer = try site.send("POST", "/api/v1/users", as: admin, json: body)
      #expect(answer.status == status, "\(body)")
    }
    try expectGuarded(site, "POST", "/api/v1/users", against: ada)
    try expectGuarded(site, "GET", "/api/v1/users", against: ada)
  }

  @Test func accountsAreListedInPages() throws {
    for number in 1...5 { _ = try site.person(.labeler, named: "labeler-\(number)") }
    let page = try site.send("GET", "/api/v1/users/?page=2&size=3", as: admin)
    #expect(page.status == 200)
    #expect(page.keys == ["items", "total", "page", "size", "pages"])
    let json = try page.json
    let names = try json["items"].elements.map { try $0["username"].string }
    #expect(names == ["labeler-2", "labeler-1", "ada"])
    #expect(try (json["total"].int, json["pages"].int) == (7, 3))
    #expect(try site.send("GET", "/api/v1/users?page=9", as: admin).json["items"].elements.isEmpty)
    for query in ["page=0", "size=0", "size=101", "page=x", "page=1000001"] {
      #expect(try site.send("GET", "/api/v1/users?\(query)", as: admin).status == 422)
    }
  }

  @Test func otherAccountsAreHiddenFromNonAdmins() throws {
    let (mine, bob) = (try id(ada), try id(site.person(.customer, named: "bob")))
    #expect(try site.send("GET", "/api/v1/users/\(mine)", as: ada).status == 200)
    #expect(try site.send("GET", "/api/v1/users/\(bob)", as: admin).status == 200)
    for method in ["GET", "PUT", "DELETE"] {
      try expectHidden(
        site, method, { "/api/v1/users/\($0)" }, foreign: bob, as: ada,
        json: method == "PUT" ? "{}" : nil)
    }
  }

  @Test func callersCannotGrantHigherRoles() throws {
    let mine = try id(ada)
    for json in [#"{"role": "admin"}"#, #"{"is_active": true}"#] {
      #expect(try change(mine, json, as: ada).status == 403)
    }
    #expect(try change(mine, #"{"full_name": "Ada L."}"#, as: ada).status == 200)
    let everything = try site.person(.universal)
    let everythingID = try id(everything)
    #expect(try change(everythingID, #"{"role": "admin"}"#, as: everything).status == 403)
    #expect(try change(mine, #"{"role": "admin"}"#, as: everything).status == 403)
    #expect(try change(id(admin), #"{"role": "labeler"}"#, as: everything).status == 403)
    #expect(
      try site.send(
        "POST", "/admin/users", as: everything,
        json: #"{"username": "mine", "password": "twelve apples", "role": "admin"}"#
      ).status == 403)
    #expect(try change(mine, #"{"role": "reviewer"}"#, as: everything).status == 200)
    #expect(try site.send("GET", "/tasks", as: ada).status == 200)
    #expect(try change(mine, #"{"role": "universal"}"#, as: admin).status == 200)
    #expect(try site.send("GET", "/admin/users", as: ada).status == 200)
  }

  @Test func deactivationEndsAccessForGood() throws {
    let mine = try id(ada)
    #expect(try change(mine, #"{"is_active": false}"#, as: admin).status == 200)
    #expect(try site.send("GET", "/auth/me", as: ada).status == 401)
    #expect(try change(mine, #"{"is_active": true}"#, as: admin).status == 200)
    // Its old sessions stay closed.
    #expect(try site.send("GET", "/auth/me", as: ada).status == 401)
    #expect(try site.send("GET", "/auth/me", as: site.signIn("ada")).status == 200)
  }

  @Test func theLastAdminCannotBeRemoved() throws {
    let root = try id(admin)
    for json in [#"{"is_active": false}"#] {
      let answer = try change(root, json, as: admin)
      #expect(answer.status == 409)
    }
    #expect(try site.send("DELETE", "/api/v1/users/\(root)", as: admin).status == 409)
    #expect(throws: Directory.Refusal.self) {
      try Directory.change("root-of-all", to: .labeler, site.owner())
    }
    let second = try site.person(.admin)
    #expect(try change(root, #"{"role": "viewer"}"#, as: second).status == 200)
    #expect(try site.send("GET", "/admin/users", as: admin).status == 403)
    #expect(try change(id(second), #"{"is_active": false}"#, as: second).status == 409)
  }

  @Test func theWorkOfADeletedAccountIsKept() throws {
    let (mine, request) = (try id(ada), try site.request(by: ada))
    #expect(try site.send("DELETE", "/api/v1/users/\(mine)", as: ada).status == 200)
    #expect(try site.send("GET", "/auth/me", as: ada).status == 401)
    #expect(throws: Missing.self) { try site.signIn("ada") }
    #expect(try site.send("GET", "/api/v1/users/\(mine)", as: admin).status == 404)
    #expect(try site.send("DELETE", "/api/v1/users/\(mine)", as: admin).status == 404)
    #expect(try site.send("GET", "/requests/\(request)", as: admin).status == 200)
    _ = try site.person(.customer, named: "ada")
  }

  @Test func similarNamesDoNotBlockADeletion() throws {
    let mine = try id(ada)
    let key = try site.send("POST", "/api/v1/api-keys", as: ada, json: #"{"name": "robot"}"#)
    // Nobody can take the name of a deleted account.
    _ = try site.person(.labeler, named: "deleted-\(mine)")
    for name in ["deleted:\(mine)", "ａda", "аda", "ada\u{200D}"] {
      let taken = try site.send(
        "POST", "/auth/signup", json: #"{"username": "\#(name)", "password": "twelve apples"}"#)
      #expect(taken.status == 400, "\(name)")
    }
    #expect(try site.send("DELETE", "/api/v1/users/\(mine)", as: ada).status == 200)
    // Otherwise a key would work again when its account is restored.
    try site.owner().run("update account set is_active = true where account_id::text = \(mine)")
    let robot = Person(username: "", token: try key.json["key"].string)
    #expect(try site.send("GET", "/auth/me", as: robot).status == 401)
  }

  @Test func anAdminsLinkSetsAPasswordOnce() throws {
    let mine = try id(ada)
    let answer = try site.send("POST", "/admin/users/\(mine)/reset", as: admin)
    #expect(answer.status == 201)
    let link = try answer.json["link"].string
    #expect(link.hasPrefix("https://assay.test/reset-password.html#token="))
    let token = String(link.split(separator: "=").last ?? "")
    func send(_ token: String, _ password: String = "twelve apples") throws -> Answer {
      try site.send(
        "POST", "/api/auth/reset-password",
        json: #"{"token": "\#(token)", "new_password": "\#(password)"}"#)
    }
    func reset(_ token: String) throws -> Int { try send(token).status }
    func refusal(_ token: String) throws -> String {
      let answer = try send(token)
      #expect(answer.status == 404)
      return try answer.detail
    }
    #expect(try send(token, "12345678").status == 422)
    #expect(try refusal(token + "x") == "No account has this link: copy the whole address.")
    #expect(try reset(token) == 200)
    #expect(
      try refusal(token)
        == "The link was used, or the password or address has changed since: request a new link.")
    #expect(try site.send("GET", "/auth/me", as: ada).status == 401)
    #expect(throws: Missing.self) { try site.signIn("ada") }
    let unknown = try site.send("POST", "/admin/users/\(unknownID)/reset", as: admin)
    #expect(unknown.status == 404)
    let printed = try Directory.resetLink("ADA", origin: "https://x.test", site.owner())
    let second = String(printed.split(separator: "=").last ?? "")
    try site.owner().run("update password_reset set expires_at = now() where used_at is null")
    #expect(try refusal(second) == "The link has expired: request a new one.")
    try site.owner().run(
      "update password_reset set expires_at = now() + interval '1 hour' where used_at is null")
    #expect(try reset(second) == 200)
  }
}
