import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite(
  """
  POST, GET /api/organizations, GET, PUT /api/organizations/{organization}, \
  GET, POST /api/organizations/{organization}/members, \
  PUT, DELETE /api/organizations/{organization}/members/{user}
  """)
struct OrganizationTests {
  private let site: TestSite
  private let (ada, bob): (Person, Person)
  private let home: String
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
    bob = try site.person(.customer, named: "bob")
    home = try Self.home(ada, site)
  }

  private static func home(_ person: Person, _ site: TestSite) throws -> String {
    try site.send("GET", "/api/auth/me", as: person).json["organization_id"].string
  }

  private func id(_ person: Person) throws -> String {
    try site.send("GET", "/auth/me", as: person).json["id"].string
  }

  private func path(_ rest: String = "", of organization: String? = nil) -> String {
    "/api/organizations/\(organization ?? home)\(rest)"
  }

  private func add(_ name: String, _ role: String, as person: Person) throws -> Answer {
    try site.send(
      "POST", path("/members"), as: person,
      json: #"{"username": "\#(name)", "role": "\#(role)"}"#)
  }

  private func requests(_ person: Person) throws -> Int {
    try site.send("GET", "/requests", as: person).json.elements.count
  }

  @Test func callersSeeOnlyTheirOrganizations() throws {
    let list = try site.send("GET", "/api/organizations", as: ada)
    #expect(list.keys == ["organizations", "total"])
    #expect(try list.json["organizations"].elements.map { try $0["id"].string } == [home])
    #expect(try list.json["organizations"][0]["role"].string == "owner")
    let made = try site.send(
      "POST", "/api/organizations", as: ada, json: #"{"name": "Second"}"#)
    #expect(made.status == 201)
    #expect(made.keys == ["id", "name", "role", "member_count", "created_at"])
    #expect(try site.send("GET", "/api/organizations", as: ada).json["total"].int == 2)
    #expect(try site.send("GET", "/api/organizations", as: bob).json["total"].int == 1)
    #expect(
      try site.send("GET", "/api/organizations", as: site.person(.admin)).json["total"].int == 3)
    let labeler = try site.person(.labeler)
    #expect(try site.send("GET", "/api/organizations", as: labeler).json["total"].int == 0)
    try expectGuarded(site, "POST", "/api/organizations", against: labeler)
    for (method, rest) in [
      ("GET", ""), ("PUT", ""), ("GET", "/members"), ("POST", "/members"),
      ("GET", "/invitations"), ("POST", "/invitations"),
    ] {
      let json =
        method == "GET" ? nil : #"{"name": "x", "username": "bob", "email": "x@example.org"}"#
      try expectHidden(
        site, method, { path(rest, of: $0) }, foreign: home, as: bob, json: json)
    }
  }

  @Test func membersSeeTheWorkUntilTheirMembershipEnds() throws {
    _ = try site.request(by: ada)
    #expect(try add("bob", "member", as: ada).status == 201)
    #expect(try add("bob", "member", as: ada).status == 409)
    #expect(try add("nobody", "member", as: ada).status == 404)
    #expect(try requests(bob) == 0)
    let moved = try site.send(
      "PUT", "/api/auth/profile", as: bob, json: #"{"organization_id": "\#(home)"}"#)
    #expect(moved.status == 200)
    #expect(try moved.json["organization_id"].string == home)
    #expect(try requests(bob) == 1)
    let members = try site.send("GET", path("/members"), as: bob).json
    #expect(try members["members"].elements.map { try $0["username"].string } == ["ada", "bob"])
    #expect(try members["total"].int == 2)
    #expect(try site.send("DELETE", path("/members/\(id(bob))"), as: ada).status == 200)
    #expect(try requests(bob) == 0)
    #expect(try site.send("GET", path(), as: bob).status == 404)
    let left = try site.owner().one(
      "select cardinality(organizations) from account where username = 'bob'"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(left == 1)
    let back = try site.send(
      "PUT", "/api/auth/profile", as: bob, json: #"{"organization_id": "\#(home)"}"#)
    #expect(back.status == 422)
  }

  @Test func ownersAdminsAndMembersHaveDifferentRights() throws {
    let (carla, dan) = (try site.person(.customer, named: "carla"), try site.person(.customer))
    #expect(try add("bob", "admin", as: ada).status == 201)
    #expect(try add("carla", "member", as: bob).status == 201)
    #expect(try add(dan.username, "owner", as: bob).status == 403)
    #expect(try add(dan.username, "member", as: carla).status == 403)
    func change(_ person: Person, _ role: String, as actor: Person) throws -> Int {
      try site.send(
        "PUT", path("/members/\(id(person))"), as: actor, json: #"{"role": "\#(role)"}"#
      ).status
    }
    func remove(_ person: Person, as actor: Person) throws -> Int {
      try site.send("DELETE", path("/members/\(id(person))"), as: actor).status
    }
    #expect(try change(ada, "member", as: bob) == 403)
    #expect(try change(carla, "owner", as: bob) == 403)
    #expect(try change(carla, "admin", as: carla) == 403)
    #expect(try change(carla, "boss", as: ada) == 422)
    #expect(try change(dan, "member", as: ada) == 404)
    #expect(try remove(ada, as: bob) == 403)
    #expect(try remove(bob, as: carla) == 403)
    // The last owner can neither leave nor become a member.
    #expect(try remove(ada, as: ada) == 409)
    #expect(try change(ada, "member", as: ada) == 409)
    #expect(try change(carla, "owner", as: ada) == 200)
    #expect(try remove(ada, as: ada) == 200)
    #expect(try change(carla, "member", as: carla) == 409)
    #expect(try remove(bob, as: bob) == 200)
    let renamed = try site.send("PUT", path(), as: carla, json: #"{"name": "Carla's"}"#)
    #expect(try renamed.json["name"].string == "Carla's")
    for name in ["", "a\\u202eb", "a\\nb"] {
      let answer = try site.send("PUT", path(), as: carla, json: #"{"name": "\#(name)"}"#)
      #expect(answer.status == 422)
    }
  }

  @Test func onlyOneOfTheLastTwoOwnersCanLeave() throws {
    #expect(try add("bob", "owner", as: ada).status == 201)
    let paths = try [ada, bob].map { path("/members/\(try id($0))") }
    let people = [ada, bob]
    let statuses = try site.race(2) { client, index in
      try client.send("DELETE", paths[index], as: people[index]).status
    }
    #expect(statuses.sorted() == [200, 409])
  }

  /// Otherwise anybody could make an organization, add people, and read their addresses.
  @Test func anAddedMemberShowsOnlyItsUsername() throws {
    try Directory.add(
      "carla", email: "carla@example.org", role: .labeler, password: TestSite.password,
      site.owner())
    #expect(try add("carla", "member", as: ada).status == 201)
    func address(as person: Person) throws -> JSON {
      try site.send("GET", path("/members"), as: person).json["members"][1]["email"]
    }
    let carla = try site.signIn("carla")
    #expect(try address(as: ada) == .null)
    #expect(try address(as: carla) == .string("carla@example.org"))
    #expect(try address(as: site.person(.admin)) == .string("carla@example.org"))
    let invited = try site.send(
      "POST", path("/invitations"), as: ada, json: #"{"email": "carla@example.org"}"#)
    let token = try #require(try invited.json["link"].string.split(separator: "=").last)
    let accepted = try site.send(
      "POST", "/api/invitations/accept", as: carla, json: #"{"token": "\#(token)"}"#)
    #expect(accepted.status == 200)
    #expect(try address(as: ada) == .string("carla@example.org"))
  }

  @Test func aDeletedOwnerOwnsNothing() throws {
    #expect(try add("bob", "member", as: ada).status == 201)
    let paths = (ada: "/api/v1/users/\(try id(ada))", bob: path("/members/\(try id(bob))"))
    // Other members work there, so an owner must stay.
    #expect(try site.send("DELETE", paths.ada, as: ada).status == 409)
    #expect(try site.send("GET", "/auth/me", as: ada).status == 200)
    #expect(
      try site.send("PUT", paths.bob, as: ada, json: #"{"role": "owner"}"#).status == 200)
    #expect(try site.send("DELETE", paths.ada, as: ada).status == 200)
    #expect(try site.send("DELETE", paths.bob, as: bob).status == 409)
    #expect(
      try site.send("PUT", paths.bob, as: bob, json: #"{"role": "member"}"#).status == 409)
  }

  @Test func theDatabaseRefusesWrongChanges() throws {
    #expect(try add("bob", "member", as: ada).status == 201)
    let client = site.client
    #expect(try site.send("GET", path(), as: bob).status == 200)
    for statement in [
      "select change_member('\(home)', scope_account(), 'owner')",
      "select remove_member('\(home)', (select account_id from account where username = 'ada'))",
      "insert into membership values ('\(home)', scope_account(), 'owner')",
      "update membership set role = 'owner'", "delete from membership",
    ] {
      #expect(
        refusal(client.context.db, "\(unsafeRaw: statement)") == "42501", "\(statement)")
    }
  }

  /// Handlers refuse these first; the functions refuse them to an application without a check.
  @Test func theDatabaseRefusesAnAdminWhatOnlyOwnersMay() throws {
    #expect(try add("bob", "admin", as: ada).status == 201)
    _ = try site.person(.customer, named: "mia")
    let db = site.client.context.db
    #expect(try site.send("GET", path(), as: bob).status == 200)
    let account = "(select account_id from account where username = '%')"
    for statement in [
      "select add_member('\(home)', \(account.replacing("%", with: "mia")), 'owner')",
      "select change_member('\(home)', scope_account(), 'owner')",
      "select change_member('\(home)', \(account.replacing("%", with: "ada")), 'member')",
      "select remove_member('\(home)', \(account.replacing("%", with: "ada")))",
    ] {
      #expect(refusal(db, "\(unsafeRaw: statement)") == "42501", "\(statement)")
    }
    let roles = try site.owner().all(
      "select role::text from membership where organization_id = \(home)::uuid order by role"
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(roles == ["admin", "owner"])
  }
}
