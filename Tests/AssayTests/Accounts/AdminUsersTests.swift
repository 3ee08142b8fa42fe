import Assay
import HTTP
import Support
import Testing
import Web

@Suite("POST /admin/users, PUT /admin/users/{user}, POST /admin/users/{user}/reset")
struct AdminUsersTests {
  private let site: TestSite
  private let (admin, ada): (Person, Person)
  private let mine: String
  init() throws {
    site = try TestSite()
    admin = try site.person(.admin)
    ada = try site.person(.labeler, named: "ada")
    mine = try site.send("GET", "/auth/me", as: ada).json["id"].string
  }

  private func create(_ json: String, as person: Person? = nil) throws -> Answer {
    try site.send("POST", "/admin/users", as: person ?? admin, json: json)
  }

  private func change(_ json: String, of user: String? = nil) throws -> Answer {
    try site.send("PUT", "/admin/users/\(user ?? mine)", as: admin, json: json)
  }

  @Test func anAdminCreatesAnAccountThatCanSignIn() throws {
    let made = try create(
      #"{"username": "grace", "password": "\#(TestSite.password)", "role": "reviewer"}"#)
    #expect(made.status == 201)
    #expect(try made.json["role"].string == "reviewer")
    #expect(try site.send("GET", "/tasks", as: site.signIn("grace")).status == 200)
    let again = try create(#"{"username": "GRACE", "password": "twelve apples"}"#)
    #expect(again.status == 409)
  }

  @Test func anAdminChangesAnAccount() throws {
    let changed = try change(#"{"full_name": "Ada Lovelace", "role": "reviewer"}"#)
    #expect(changed.status == 200)
    #expect(try changed.json["full_name"].string == "Ada Lovelace")
    #expect(try changed.json["role"].string == "reviewer")
    #expect(try site.send("GET", "/auth/me", as: ada).json["role"].string == "reviewer")
  }

  @Test func aDeactivatedAccountCannotSignIn() throws {
    #expect(try change(#"{"is_active": false}"#).status == 200)
    #expect(try site.send("GET", "/auth/me", as: ada).status == 401)
    #expect(throws: Missing.self) { try site.signIn("ada") }
  }

  @Test func anUnknownAccountIsNotFound() throws {
    #expect(try change(#"{"role": "viewer"}"#, of: unknownID).status == 404)
    #expect(try site.send("POST", "/admin/users/\(unknownID)/reset", as: admin).status == 404)
  }

  @Test func otherRolesAreRefused() throws {
    try expectGuarded(site, "POST", "/admin/users", against: ada)
    try expectGuarded(site, "PUT", "/admin/users/\(mine)", against: ada)
    try expectGuarded(site, "POST", "/admin/users/\(mine)/reset", against: ada)
  }

  @Test func badInputIsRefusedAndChangesNothing() throws {
    let before = try site.send("GET", "/auth/me", as: ada).text
    for json in [#"{"role": "boss"}"#, #"{"username": "a b"}"#, #"{"email": "x"}"#, "[]"] {
      #expect([400, 422].contains(try change(json).status), "\(json)")
    }
    #expect(try site.send("GET", "/auth/me", as: ada).text == before)
  }

  /// Two simultaneous changes of one account are made one after the other.
  @Test func concurrentChangesAreBothMade() throws {
    let (admin, mine) = (admin, mine)
    let statuses = try site.race(2) { client, index in
      let json = [#"{"full_name": "Ada Lovelace"}"#, #"{"role": "reviewer"}"#][index]
      return try client.send("PUT", "/admin/users/\(mine)", as: admin, json: json).status
    }
    #expect(statuses == [200, 200])
    let user = try site.send("GET", "/api/v1/users/\(mine)", as: admin).json
    #expect(try user["full_name"].string == "Ada Lovelace")
    #expect(try user["role"].string == "reviewer")
  }
}
