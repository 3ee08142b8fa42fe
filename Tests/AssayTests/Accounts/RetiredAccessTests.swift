import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// Effects of a password change, and of deactivating an account.
@Suite("Access after a password change") struct RetiredAccessTests {
  private let site: TestSite
  private let admin: Person
  private let ada: Person
  private let id: String

  init() throws {
    site = try TestSite()
    admin = try site.person(.admin)
    ada = try site.person(.customer, named: "ada")
    id = try site.send("GET", "/auth/me", as: ada).json["id"].string
  }

  private static let newPassword = "twelve green apples"

  /// A way of ending access, and its name in the audit log.
  enum Way: String, CaseIterable {
    case change, reset, command, deactivation, deletion

    var action: String {
      switch self {
      case .change, .command: "account.password"
      case .reset: "account.password-reset"
      case .deactivation: "account.changed"
      case .deletion: "account.deleted"
      }
    }
  }

  private func take(_ way: Way) throws {
    switch way {
    case .change:
      let answer = try site.send("PUT", "/api/auth/password", as: ada, json: Self.change)
      #expect(answer.status == 200, "\(answer.text)")
    case .reset: #expect(try reset(with: link()) == 200)
    case .command: try Directory.setPassword("ada", Self.newPassword, site.owner())
    case .deactivation:
      let path = "/admin/users/\(id)"
      let answer = try site.send("PUT", path, as: admin, json: #"{"is_active": false}"#)
      #expect(answer.status == 200)
    case .deletion:
      #expect(try site.send("DELETE", "/api/v1/users/\(id)", as: admin).status == 200)
    }
  }

  private static let change =
    #"{"current_password": "\#(TestSite.password)", "new_password": "\#(newPassword)"}"#

  private func link() throws -> String {
    let answer = try site.send("POST", "/admin/users/\(id)/reset", as: admin)
    return String(try answer.json["link"].string.split(separator: "=").last ?? "")
  }

  private func reset(with token: String) throws -> Int {
    try site.send(
      "POST", "/api/auth/reset-password",
      json: #"{"token": "\#(token)", "password": "eleven red pears"}"#
    ).status
  }

  private func key(_ person: Person, _ scopes: String = #"["read"]"#) throws -> Person {
    let answer = try site.send(
      "POST", "/api/v1/api-keys", as: person, json: #"{"name": "robot", "scopes": \#(scopes)}"#)
    return Person(username: "robot", token: try answer.json["key"].string)
  }

  private func status(_ person: Person) throws -> Int {
    try site.send("GET", "/auth/me", as: person).status
  }

  @Test(arguments: Way.allCases) func allOtherAccessEndsForGood(by way: Way) throws {
    let (robot, link, other) = (try key(ada), try link(), try site.signIn("ada"))
    #expect(try status(robot) == 200)
    try take(way)
    #expect(try status(robot) == 401)
    #expect(try status(other) == 401)
    // Only a person who changes his or her own password stays signed in.
    #expect(try status(ada) == (way == .change ? 200 : 401))
    let entry = try site.send("GET", "/admin/audit", as: admin).json.elements.first {
      try $0["action"].string == way.action
    }
    #expect(try entry?["facts"]["keys_revoked"].string == "1")
    try site.owner().run("update account set is_active = true")
    #expect(try status(robot) == 401)
    #expect(try status(other) == 401)
    #expect(try reset(with: link) == 404)
  }

  @Test func aWaitingResetLetterIsDropped() throws {
    try site.owner().run(
      """
      insert into letter (letter_id, kind, account_id, origin)
      select gen_random_uuid(), 'password_reset', account_id, 'https://x.test' from account
      """)
    try take(.change)
    let left = try site.owner().one(
      "select count(*) from letter join account using (account_id) where username = 'ada'"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(left == 0)
  }

  @Test func aChangeOfAddressEndsTheLinksSentToIt() throws {
    let (robot, link) = (try key(ada), try link())
    let answer = try site.send(
      "PUT", "/api/auth/profile", as: ada, json: #"{"email": "ada@example.org"}"#)
    #expect(answer.status == 200)
    #expect(try reset(with: link) == 404)
    #expect(try status(robot) == 200)
  }

  @Test func rehashingKeepsAccess() throws {
    let robot = try key(ada)
    try site.owner().run(
      """
      select rehash_password(account_id, password_hash, password_hash) from account
      where username = 'ada'
      """)
    #expect(try status(robot) == 200)
    #expect(try status(ada) == 200)
  }

  @Test func adminKeysStayRevokedWhenTheRoleReturns() throws {
    let second = try site.person(.admin, named: "second")
    let (runner, reader) = (try key(second, #"["read", "admin"]"#), try key(second))
    #expect(try site.send("GET", "/admin/users", as: runner).status == 200)
    try Directory.change("second", to: .viewer, site.owner())
    try Directory.change("second", to: .admin, site.owner())
    #expect(try status(runner) == 401)
    #expect(try status(reader) == 200)
  }

  /// A key made during a password change is revoked by it, or made after it by an open session.
  @Test func aKeyMadeDuringAResetIsRevoked() throws {
    for round in 1...6 {
      let intruder = try site.signIn("ada")
      let token = try link()
      _ = try site.race(4) { client, index in
        index == 0
          ? try client.send(
            "POST", "/api/auth/reset-password",
            json: #"{"token": "\#(token)", "password": "\#(TestSite.password)"}"#
          ).status
          : try client.send(
            "POST", "/api/v1/api-keys", as: intruder, json: #"{"name": "robot \#(round)"}"#
          ).status
      }
      let left = try site.owner().one("select count(*) from api_key where revoked_at is null") {
        row throws(PostgresError) in try row.next(Int.self)
      }
      #expect(left == 0)
    }
    #expect(try status(ada) == 401)
  }

  /// Making a link waits for the setting of a password, and the other way round.
  @Test func aResetLinkWaitsForThePassword() throws {
    let (shared, admin) = (site.site, admin)
    let owner = site.owner()
    let path = "/admin/users/\(id)/reset"
    try owner.script("begin")
    try owner.run("select set_password(\(id)::uuid, '!', null)")
    let statuses = try inThreads(1) { _ in
      try Client(shared).send("POST", path, as: admin).status
    } meanwhile: {
      try site.waitForABlockedStatement()
      let links = try site.owner().one("select count(*) from password_reset") {
        row throws(PostgresError) in try row.next(Int.self)
      }
      #expect(links == 0)
      try owner.script("commit")
    }
    #expect(statuses == [201])
  }

  /// A password that was compared before another was set opens no session and sets no password.
  @Test(arguments: [
    ("POST", "/auth/login", #"{"username": "ada", "password": "\#(TestSite.password)"}"#, 401),
    ("PUT", "/api/auth/password", Self.change, 422),
  ])
  func anOldPasswordFailsAfterTheLock(
    _ method: String, _ path: String, _ body: String, _ status: Int
  ) throws {
    let (shared, ada) = (site.site, ada)
    let owner = site.owner()
    try owner.script("begin")
    try owner.run("select set_password(\(id)::uuid, '!', null)")
    let statuses = try inThreads(1) { _ in
      try Client(shared).send(method, path, as: ada, json: body).status
    } meanwhile: {
      try site.waitForABlockedStatement()
      try owner.script("commit")
    }
    #expect(statuses == [status])
    let left = try site.owner().one(
      """
      select count(*) from account a left join session s
        on s.account_id = a.account_id and s.ended_at is null
      where a.account_id = \(id)::uuid and (a.password_hash <> '!' or s.session_id is not null)
      """
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(left == 0)
  }

  @Test func anAccountHasAtMostAHundredKeys() throws {
    try site.owner().run(
      """
      insert into api_key (api_key_id, account_id, name, scopes, secret_hash)
      select gen_random_uuid(), account_id, 'x', '{read}', sha256(n::text::bytea)
      from account, generate_series(1, 99) n where username = 'ada'
      """)
    let ada = ada
    let statuses = try site.race(4) { client, _ in
      try client.send("POST", "/api/v1/api-keys", as: ada, json: #"{"name": "x"}"#).status
    }
    #expect(statuses.sorted() == [201, 409, 409, 409])
  }

  @Test func anAdminsKeyCannotGiveAccess() throws {
    let robot = try key(admin, #"["read", "write", "admin"]"#)
    #expect(try site.send("GET", "/admin/users", as: robot).status == 200)
    let request = try site.request(by: ada)
    let routes = Routes.all.filter { route in
      ["users.", "profile.", "apiKeys.", "organizations.", "sessions."].contains {
        route.name.hasPrefix($0)
      }
        && route.method != .get && route.name != "organizations.create"
        && route.access.roles != nil
    }
    #expect(routes.count >= 24)
    for route in routes {
      let path = route.pattern.replacing("{project}", with: request).replacing("{user}", with: id)
        .replacing("{organization}", with: unknownID).replacing("{invitation}", with: unknownID)
        .replacing("{key}", with: unknownID).replacing("{session}", with: unknownID)
      let answer = try site.send(route.method.rawValue, path, as: robot, json: "{}")
      #expect(answer.status == 403, "\(route.name)")
      #expect(try answer.detail == "API keys cannot do this: sign in with a password.")
    }
  }
}
