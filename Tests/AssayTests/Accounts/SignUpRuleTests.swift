import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

/// A site that makes accounts by invitation only, and sign-ups with an invitation.
@Suite struct SignUpRuleTests {
  private let site: TestSite
  private let host: Person
  private let home: String
  init() throws {
    site = try TestSite()
    host = try site.person(.customer, named: "host")
    home = try site.send("GET", "/api/auth/me", as: host).json["organization_id"].string
  }

  private static let refusal =
    "This site makes accounts by invitation only: ask a member or the operator to invite you."
  private static let forms = ["/auth/signup", "/api/auth/register"]

  private func signUp(
    _ name: String, invitation: String? = nil, role: String = "customer", at path: String = forms[0]
  ) throws -> Answer {
    let secret = invitation.map { #", "invitation": "\#($0)""# } ?? ""
    return try site.send(
      "POST", path,
      json: """
        {"username": "\(name)", "email": "\(name)@example.org", "role": "\(role)",
         "password": "\(TestSite.password)"\(secret)}
        """)
  }

  private func count(_ table: String) throws -> Int {
    try site.owner().one("select count(*) from \(unsafeRaw: table)") {
      row throws(PostgresError) in try row.next()
    }
  }

  @Test func aNewSiteIsOpen() throws {
    #expect(try SignUpRule(site.owner()) == .open)
    #expect(try signUp("bob").status == 201)
  }

  @Test(arguments: forms) func aClosedSiteRefusesStrangers(path: String) throws {
    try SignUpRule.invited.set(site.owner())
    let accounts = try count("account")
    // The answer does not tell whether a name is taken.
    for name in ["bob", "host"] {
      let answer = try signUp(name, at: path)
      #expect(answer.status == 403)
      #expect(try answer.detail == Self.refusal)
    }
    #expect(try count("account") == accounts)
    // The operator and the administrators make accounts as before.
    let admin = try site.person(.admin)
    let made = try site.send(
      "POST", "/admin/users", as: admin,
      json: #"{"username": "bob", "password": "\#(TestSite.password)", "role": "labeler"}"#)
    #expect(made.status == 201)
    try SignUpRule.open.set(site.owner())
    #expect(try signUp("carol", at: path).status == 201)
  }

  @Test(arguments: forms, SignUpRule.allCases)
  func anInvitationMakesAMember(path: String, rule: SignUpRule) throws {
    try rule.set(site.owner())
    let organizations = try count("organization")
    let secret = try site.invitation(to: home, by: host)
    #expect(try signUp("bob", invitation: secret, at: path).status == 201)
    let me = try site.send("GET", "/api/auth/me", as: site.signIn("bob")).json
    #expect(try me["organization_id"].string == home)
    #expect(try count("organization") == organizations)
    let again = try signUp("eve", invitation: secret, at: path)
    #expect(again.status == 404)
    #expect(try again.detail == "The invitation has already been accepted: ask for a new one.")
    let log = try site.send("GET", "/admin/audit", as: site.person(.admin)).text
    #expect(log.contains("\"invited\""))
  }

  private func expect(_ answer: Answer, _ reason: String) throws {
    #expect(answer.status == 404)
    #expect(try answer.detail == reason)
  }

  @Test func aWrongInvitationMakesNoAccount() throws {
    let accounts = try count("account")
    let secret = try site.invitation(to: home, by: host)
    for name in ["bob", "host"] {
      try expect(
        signUp(name, invitation: "x"),
        "No invitation has this link: copy the whole address from the invitation.")
    }
    for (end, reason) in [
      ("expires_at = now()", "The invitation has expired: ask for a new one."),
      (
        "expires_at = now() + '1 day', revoked_at = now()",
        "The invitation has been revoked: ask for a new one."
      ),
    ] {
      try site.owner().run("update invitation set \(unsafeRaw: end)")
      try expect(signUp("bob", invitation: secret), reason)
    }
    try site.owner().run("update invitation set revoked_at = null")
    let newer = try site.invitation(to: home, by: host)
    try expect(
      signUp("bob", invitation: secret),
      "A newer invitation has replaced this one: use the newest link.")
    try site.owner().run("update account set is_active = false where username = 'host'")
    try expect(
      signUp("bob", invitation: newer),
      "The sender of the invitation may no longer give this role: ask an owner.")
    #expect(try count("account") == accounts)
  }

  @Test func aTakenNameKeepsTheInvitation() throws {
    let secret = try site.invitation(to: home, by: host)
    #expect(try signUp("host", invitation: secret).status == 409)
    #expect(try signUp("bob", invitation: secret, role: "labeler").status == 201)
  }

  @Test func oneInvitationMakesOneAccount() throws {
    try SignUpRule.invited.set(site.owner())
    let secret = try site.invitation(to: home, by: host)
    let accounts = try count("account")
    let statuses = try site.race(3) { client, index in
      try client.send(
        "POST", "/auth/signup",
        json: """
          {"username": "guest\(index)", "password": "\(TestSite.password)",
           "invitation": "\(secret)"}
          """
      ).status
    }
    #expect(statuses.sorted() == [201, 404, 404])
    #expect(try count("account") == accounts + 1)
  }

  /// The database refuses by itself: a process that was taken over makes no account either.
  @Test func theDatabaseRefusesStrangers() throws {
    try SignUpRule.invited.set(site.owner())
    let db = site.connection(as: .application)
    func signUp() throws {
      try db.run(
        "select sign_up(gen_random_uuid(), 'bob', null, 'x', 'labeler'::account_role, null)")
    }
    #expect {
      try signUp()
    } throws: { error in
      guard case PostgresError.constraint(let name, _, _) = error else { return false }
      return name == "sign_up_by_invitation"
    }
    try SignUpRule.open.set(site.owner())
    #expect(throws: Never.self) { try signUp() }
  }

  /// The operator's command decides under a lock: no sign-up ends after it.
  @Test func closingRefusesSignUpsThatHaveBegun() throws {
    let (shared, accounts) = (site.site, try count("account"))
    let operatorsConnection = site.owner()
    try operatorsConnection.run("begin")
    try operatorsConnection.run("update site_limits set sign_up_is_open = false")
    let answers = try inThreads(1) { _ in
      let answer = try Client(shared).send(
        "POST", "/auth/signup",
        json: #"{"username": "late", "password": "\#(TestSite.password)"}"#)
      return "\(answer.status) \(try answer.detail)"
    } meanwhile: {
      try site.waitForARow()
      try operatorsConnection.run("commit")
    }
    #expect(answers == ["403 \(Self.refusal)"])
    #expect(try count("account") == accounts)
  }
}
