import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// A person acts while another transaction takes away the right to act.
@Suite("Rights are checked under a lock")
struct GrantLockTests {
  private let site: TestSite
  private let (ada, bob, carla): (Person, Person, Person)
  private let home: String
  private let bobID: String
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
    bob = try site.person(.customer, named: "bob")
    carla = try site.person(.customer, named: "carla")
    home = try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
    bobID = try site.send("GET", "/auth/me", as: bob).json["id"].string
    let added = try site.send(
      "POST", "/api/organizations/\(home)/members", as: ada,
      json: #"{"username": "bob", "role": "admin"}"#)
    #expect(added.status == 201)
  }

  /// Removes Bob from Ada's organization.
  private var removal: SQL {
    """
    delete from membership
    where organization_id = \(home)::uuid and account_id = \(bobID)::uuid
    """
  }

  /// The answer to a request that came while the statement was not yet committed.
  private func answer(
    during statement: SQL, meanwhile: () -> Void = {},
    _ work: @escaping @Sendable (Client) throws -> Answer
  ) throws -> Answer {
    let owner = site.owner()
    let answers = try owner.transaction { db in
      try db.run(statement)
      let shared = site.site
      return try inThreads(1) { _ in
        try work(Client(shared))
      } meanwhile: {
        try site.waitForARow()
        meanwhile()
        try db.script("commit; begin")
      }
    }
    return try #require(answers.first)
  }

  /// Whether no transaction has locked an account's row.
  private func isUnlocked(_ account: String) throws -> Bool {
    let rows = try site.owner().all(
      "select true from account where account_id = \(account)::uuid for update skip locked"
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    return rows == [true]
  }

  /// Otherwise two changes of each other's accounts could wait for one another.
  @Test func accountsAreLockedInTheOrderOfTheirIDs() throws {
    let lower = try site.send("GET", "/auth/me", as: ada).json["id"].string
    let higher = try site.send("GET", "/auth/me", as: carla).json["id"].string
    try #require(lower < higher, "an older account has a lower id")
    let (ada, path) = (ada, "/api/organizations/\(home)/members")
    let change: SQL = "update account set email = email where account_id = \(higher)::uuid"
    var unlocked: Bool?
    let answer = try answer(during: change) {
      unlocked = try? isUnlocked(lower)
    } _: {
      try $0.send("POST", path, as: ada, json: #"{"username": "carla"}"#)
    }
    #expect(unlocked == false)
    #expect(answer.status == 201)
  }

  @Test func aRemovedManagerCannotAddMembers() throws {
    let (bob, path) = (bob, "/api/organizations/\(home)/members")
    let answer = try answer(during: removal) {
      try $0.send("POST", path, as: bob, json: #"{"username": "carla"}"#)
    }
    #expect(answer.status == 404)
    #expect(try site.send("GET", path, as: ada).json["total"].int == 1)
  }

  @Test func aRemovedManagerCannotGiveProjects() throws {
    let (bob, project) = (bob, try site.request(by: ada))
    let chosen = try site.send(
      "PUT", "/api/auth/profile", as: bob, json: #"{"organization_id": "\#(home)"}"#)
    #expect(chosen.status == 200)
    let answer = try answer(during: removal) {
      try $0.send(
        "POST", "/api/projects/\(project)/members", as: bob,
        json: #"{"username": "carla", "role": "viewer"}"#)
    }
    #expect(answer.status == 404)
    let members = try site.send("GET", "/api/projects/\(project)/members", as: ada)
    #expect(try members.json["total"].int == 0)
  }

  @Test func aRemovedManagersInvitationIsInvalid() throws {
    let invited = try site.send(
      "POST", "/api/organizations/\(home)/invitations", as: bob,
      json: #"{"email": "c@example.org"}"#)
    let token = String(try invited.json["link"].string.split(separator: "=").last ?? "")
    let carla = carla
    let answer = try answer(during: removal) {
      try $0.send(
        "POST", "/api/invitations/accept", as: carla, json: #"{"token": "\#(token)"}"#)
    }
    #expect(answer.status == 404)
  }

  @Test func aRemovedManagerCannotInvite() throws {
    let (bob, path) = (bob, "/api/organizations/\(home)/invitations")
    let answer = try answer(during: removal) {
      try $0.send("POST", path, as: bob, json: #"{"email": "c@example.org"}"#)
    }
    #expect(answer.status == 404)
    #expect(try site.send("GET", path, as: ada).json["total"].int == 0)
  }

  /// The insertion of an invitation to Carla's address, as the previous version makes it.
  private func invitation(_ link: String) -> SQL {
    """
    insert into invitation (
      invitation_id, organization_id, email, role, token_hash, invited_by, expires_at)
    values (
      uuid_v7(), \(home)::uuid, 'carla@example.org', 'member', sha256(\(link)::bytea),
      \(bobID)::uuid, now() + interval '1 day')
    """
  }

  private func openInvitations() throws -> Int {
    try site.owner().one(
      "select count(*) from invitation where accepted_at is null and revoked_at is null"
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func aNewMemberIsNotInvitedMeanwhile() throws {
    try site.owner().run(
      """
      update account set email = 'carla@example.org', email_verified_at = now()
      where username = 'carla'
      """)
    let (ada, path) = (ada, "/api/organizations/\(home)/members")
    let answer = try answer(during: invitation("a")) {
      try $0.send("POST", path, as: ada, json: #"{"username": "carla"}"#)
    }
    #expect(answer.status == 201)
    #expect(try openInvitations() == 0)
  }

  @Test func theNextInvitationOfThePreviousVersionWaits() throws {
    let (second, database, shared) = (invitation("b"), site.database, site.site)
    let answer = try answer(during: invitation("a")) { _ in
      try Connection(database).run(second)
      return try Client(shared).send("GET", "/health")
    }
    #expect(answer.status == 200)
    #expect(try openInvitations() == 1)
  }

  /// A sign-up locks the organization first, as a new invitation to the address does.
  ///
  /// In the other order both would wait for each other, and PostgreSQL would end one of them.
  @Test func aSignUpWaitsBeforeItLocksTheInvitation() throws {
    let secret = try site.invitation(to: home, by: ada)
    let (shared, owner) = (site.site, site.owner())
    try owner.script("begin")
    try owner.run(
      "select from organization where organization_id = \(home)::uuid for no key update")
    let statuses = try inThreads(1) { _ in
      try Client(shared).send(
        "POST", "/auth/signup",
        json: """
          {"username": "guest", "password": "\(TestSite.password)", "invitation": "\(secret)"}
          """
      ).status
    } meanwhile: {
      try site.waitForARow()
      try owner.script("update invitation set revoked_at = now(); commit")
    }
    #expect(statuses == [404])
    #expect(try site.deadlocks() == 0)
  }

  @Test func aRevokedInvitationIsInvalid() throws {
    let invited = try site.send(
      "POST", "/api/organizations/\(home)/invitations", as: ada,
      json: #"{"email": "c@example.org"}"#)
    let token = String(try invited.json["link"].string.split(separator: "=").last ?? "")
    let carla = carla
    let answer = try answer(during: "update invitation set revoked_at = now()") {
      try $0.send(
        "POST", "/api/invitations/accept", as: carla, json: #"{"token": "\#(token)"}"#)
    }
    #expect(answer.status == 404)
  }

  /// Otherwise the member's next request would be created in that organization and fail with 500.
  @Test func aLostOrganizationCannotBeChosen() throws {
    let (bob, json) = (bob, #"{"organization_id": "\#(home)"}"#)
    let answer = try answer(during: removal) {
      try $0.send("PUT", "/api/auth/profile", as: bob, json: json)
    }
    #expect(answer.status == 422)
    _ = try site.request(by: bob)
    #expect(try site.send("GET", "/requests", as: ada).text == "[]")
  }

  @Test func aFormerAdminCannotMakeAdmins() throws {
    let (root, _) = (try site.person(.admin, named: "root"), try site.person(.admin))
    let path = "/admin/users/\(bobID)"
    let answer = try answer(
      during: "update account set role = 'customer' where username = 'root'"
    ) { try $0.send("PUT", path, as: root, json: #"{"role": "admin"}"#) }
    #expect(answer.status == 403)
    #expect(try site.send("GET", "/auth/me", as: bob).json["role"].string == "customer")
  }

  @Test func aDeactivatedAdminCannotGiveTasks() throws {
    let work = try Commission(site)
    _ = try site.person(.admin)
    let (admin, other) = (work.admin, try site.person(.labeler, named: "lea"))
    let json = #"{"request_id": "\#(work.request)", "labeler_username": "lea"}"#
    let answer = try answer(
      during: "update account set is_active = false where username = \(admin.username)"
    ) { try $0.send("POST", "/admin/assign", as: admin, json: json) }
    #expect(answer.status == 401)
    #expect(try site.send("GET", "/tasks", as: other).text == "[]")
  }

  @Test func aDeactivatedLabelerGetsNoTask() throws {
    let work = try Commission(site)
    _ = try site.person(.labeler, named: "lea")
    let json = #"{"request_id": "\#(work.request)", "labeler_username": "lea"}"#
    let answer = try answer(
      during: "update account set is_active = false where username = 'lea'"
    ) { try $0.send("POST", "/admin/assign", as: work.admin, json: json) }
    #expect(answer.status == 400)
  }

  @Test func aProjectsCreatorNeedsMembershipToManageIt() throws {
    // Bob made it while he was a member; now he is only a viewer.
    _ = try site.send(
      "PUT", "/api/auth/profile", as: bob, json: #"{"organization_id": "\#(home)"}"#)
    let project = try site.request(by: bob)
    _ = try site.upload(
      [(name: "a.png", bytes: Pictures.png(seed: 1))], to: project, by: bob)
    let files = "/api/files/\(bobID)"
    #expect(try site.send("GET", files, as: bob).json["total"].int == 1)
    let members = "/api/organizations/\(home)/members/\(bobID)"
    #expect(try site.send("DELETE", members, as: ada).status == 200)
    let json = #"{"username": "bob", "role": "viewer"}"#
    let path = "/api/projects/\(project)/members"
    #expect(try site.send("POST", path, as: ada, json: json).status == 201)
    #expect(
      try site.send("POST", path, as: bob, json: #"{"username": "carla", "role": "admin"}"#).status
        == 404)
    // He does not see his own old uploads either; administrators of the site do.
    #expect(try site.send("GET", files, as: bob).json["total"].int == 0)
    #expect(try site.send("GET", files, as: site.person(.admin)).json["total"].int == 1)
  }

  @Test func aDeletedAccountIsNotAdded() throws {
    let (ada, id) = (ada, try site.send("GET", "/auth/me", as: carla).json["id"].string)
    let path = "/api/organizations/\(home)/members"
    let answer = try answer(during: "select delete_account(\(id)::uuid)") {
      try $0.send("POST", path, as: ada, json: #"{"username": "carla"}"#)
    }
    #expect(answer.status == 404)
    #expect(try site.send("GET", path, as: ada).json["total"].int == 2)
  }
}
