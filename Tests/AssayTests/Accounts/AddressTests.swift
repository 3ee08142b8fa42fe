import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("POST /api/auth/verify-email/send, POST /api/auth/verify-email")
struct AddressTests {
  private let site: TestSite
  init() throws {
    // There is no mail server, so letters stay in the queue.
    site = try TestSite(settings: [
      "ASSAY_SMTP": "smtp://127.0.0.1:1", "ASSAY_MAIL_FROM": "assay@example.org",
      "ASSAY_PUBLIC_URL": "https://assay.test",
    ])
  }

  private let address = "boss@corp.example"

  /// Signs a person up with an address and a password made from the name.
  private func claim(_ name: String, _ email: String? = nil) throws -> Person {
    let answer = try site.send(
      "POST", "/auth/signup",
      json: """
        {"username": "\(name)", "password": "password of \(name)s", "role": "customer",
         "email": "\(email ?? address)"}
        """)
    #expect(answer.status == 201, "\(answer.text)")
    return Person(
      username: name,
      token: try signIn(name, "password of \(name)s").json["access_token"].string)
  }

  private func signIn(_ login: String, _ password: String) throws -> Answer {
    try site.send(
      "POST", "/auth/login", json: #"{"email": "\#(login)", "password": "\#(password)"}"#)
  }

  private func me(_ person: Person) throws -> JSON {
    try site.send("GET", "/api/auth/me", as: person).json
  }

  /// The token of the letter that the worker writes for a person.
  private func letter(to person: Person) throws -> String {
    let token = "letter to \(person.username) \(UInt64.random(in: 0...UInt64.max))"
    try site.connection(as: .worker).run(
      """
      select write_verification(
        \(me(person)["id"].string)::text::uuid, \(SHA256.digest(token.utf8)),
        now() + interval '1 day')
      """)
    return token
  }

  private func verify(_ token: String, as person: Person) throws -> Answer {
    try site.send(
      "POST", "/api/auth/verify-email", as: person, json: #"{"token": "\#(token)"}"#)
  }

  private func waiting(_ kind: String) throws -> Int {
    try site.owner().one("select count(*) from letter where kind = \(kind)") {
      row throws(PostgresError) in try row.next()
    }
  }

  @Test func accountsAreFoundByVerifiedAddressesOnly() throws {
    let ada = try site.person(.customer, named: "ada")
    let eve = try claim("eve")
    let home = try me(ada)["organization_id"].string
    let project = try site.request(by: ada)
    for path in ["/api/organizations/\(home)/members", "/api/projects/\(project)/members"] {
      func add(_ email: String) throws -> Answer {
        try site.send(
          "POST", path, as: ada,
          json: #"{"email": "\#(email)", "username": null, "role": "admin"}"#)
      }
      let (claimed, unknown) = (try add(address), try add("nobody@corp.example"))
      #expect(claimed.status == 404)
      #expect(claimed.text == unknown.text)
      #expect(try claimed.detail.contains("invitation"))
      // The field's name makes no difference.
      let byName = try site.send(
        "POST", path, as: ada, json: #"{"username": "\#(address)", "role": "admin"}"#)
      #expect(byName.text == unknown.text)
    }
    #expect(try verify(letter(to: eve), as: eve).status == 200)
    let found = try site.send(
      "POST", "/api/organizations/\(home)/members", as: ada,
      json: #"{"email": "BOSS@corp.example"}"#)
    #expect(found.status == 201)
    let other = try claim("mia")
    #expect(try me(other)["email_verified"] == .bool(false))
    let byUsername = try site.send(
      "POST", "/api/organizations/\(home)/members", as: ada, json: #"{"username": "mia"}"#)
    #expect(byUsername.status == 201)
  }

  /// At most two claims are compared, and the oldest is one of them.
  @Test func laterClaimsDoNotDisplaceTheOldest() throws {
    for name in ["ann", "ben", "cid"] {
      _ = try claim(name)
      #expect(try signIn(address, "password of \(name)s").status == 200)
    }
    #expect(try signIn(address, "password of anns").status == 200)
    #expect(try signIn("cid", "password of cids").status == 200)
  }

  @Test func addressesCanBeClaimedTwice() throws {
    let eve = try claim("eve")
    let boss = try claim("boss")
    func whose(_ name: String) throws -> String? {
      let answer = try signIn(address, "password of \(name)s")
      return answer.status == 200 ? try answer.json["user"]["username"].string : nil
    }
    // When several accounts claim one address, the password decides.
    #expect(try [whose("eve"), whose("boss"), whose("nobody")] == ["eve", "boss", nil])
    #expect(try verify(letter(to: boss), as: boss).status == 200)
    #expect(try [whose("eve"), whose("boss")] == [nil, "boss"])
    let (winner, loser) = (try me(boss), try me(eve))
    #expect(try winner["email_verified"] == .bool(true))
    #expect(try loser["email"] == .null)
    #expect(try loser["lost_email"] == .string(address))
    let audit = try site.send("GET", "/admin/audit", as: site.person(.admin)).json.elements
    let lost = try audit.first { try $0["action"].string == "account.address-lost" }
    #expect(try lost?["object"] == loser["id"])
    let back = try site.send(
      "PUT", "/api/auth/profile", as: eve, json: #"{"email": "\#(address)"}"#)
    #expect(back.status == 200)
    #expect(try back.json["lost_email"] == .null)
    // A claim after the verification works like one before it: it does not show that another
    // account has verified the address.
    #expect(try [whose("eve"), whose("boss")] == ["eve", "boss"])
    #expect(try verify(letter(to: eve), as: eve).status == 404)
    #expect(try me(boss)["email_verified"] == .bool(true))
  }

  @Test func onlyOneConcurrentVerificationSucceeds() throws {
    let people = try (1...4).map { try claim("claimant-\($0)") }
    let tokens = try people.map(letter)
    let statuses = try site.race(4) { client, index in
      try client.send(
        "POST", "/api/auth/verify-email", as: people[index],
        json: #"{"token": "\#(tokens[index])"}"#
      ).status
    }
    #expect(statuses.count { $0 == 200 } == 1)
    #expect(statuses.allSatisfy { [200, 404, 409].contains($0) })
    let left = try people.map { try me($0)["email_verified"] }
    #expect(zip(left, statuses).allSatisfy { ($0 == .bool(true)) == ($1 == 200) })
  }

  @Test func aLinkWorksOnceForItsAccountAndAddress() throws {
    let (ada, eve) = (try claim("ada"), try claim("eve"))
    let token = try letter(to: ada)
    func refusal(_ token: String, _ person: Person) throws -> String {
      let answer = try verify(token, as: person)
      #expect(answer.status == 404)
      return try answer.detail
    }
    #expect(
      try refusal(token, eve) == "The link belongs to another account: sign in with that account.")
    let unknown = "The link is incomplete, old, or for an earlier address: request a new e-mail."
    #expect(try refusal("x", ada) == unknown)
    #expect(try site.send("POST", "/api/auth/verify-email", json: "{}").status == 401)
    for json in ["{}", #"{"token": 1}"#, #"{"token": ""}"#] {
      #expect(
        try site.send("POST", "/api/auth/verify-email", as: ada, json: json).status == 422)
    }
    let old = try letter(to: ada)
    func change(_ email: String) throws {
      let answer = try site.send(
        "PUT", "/api/auth/profile", as: ada, json: #"{"email": "\#(email)"}"#)
      #expect(answer.status == 200)
      #expect(try answer.json["email"].string == email)
    }
    try change("other@corp.example")
    #expect(try refusal(old, ada) == unknown)
    try change(address)
    #expect(try refusal(token, ada) == unknown)
    let late = try letter(to: ada)
    try site.owner().run("update email_verification set expires_at = now()")
    #expect(try refusal(late, ada) == "The link has expired: request a new e-mail.")
    let good = try letter(to: ada)
    #expect(try verify(good, as: ada).status == 200)
    // Links are opened twice. The address is verified, so the answer is the same.
    #expect(try verify(good, as: ada).json["message"].string == "The e-mail address is verified.")
    #expect(try verify(late, as: ada).status == 200)
    #expect(try verify(good, as: eve).status == 404)
    // The same address with other capitals stays verified; another one is a claim.
    try change("Boss@Corp.example")
    #expect(try me(ada)["email_verified"] == .bool(true))
    #expect(try waiting("address_changed") == 0)
    try change("new@corp.example")
    #expect(try me(ada)["email_verified"] == .bool(false))
    let recipient = try site.owner().one(
      "select recipient from letter where kind = 'address_changed'"
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(recipient == "Boss@Corp.example")
  }

  @Test func lettersAreLimited() throws {
    let ada = try claim("ada")
    func send() throws -> Answer {
      try site.send("POST", "/api/auth/verify-email/send", as: ada)
    }
    // The first letter was asked for by the sign-up.
    #expect(try (1...3).map { _ in try send().status } == [200, 200, 429])
    #expect(try send().headers["Retry-After"] != nil)
    #expect(try waiting("verification") == 3)
    for number in 1...4 { _ = try claim("claimant-\(number)") }
    #expect(try waiting("verification") == 5)
    let owner = try site.person(.customer)
    let home = try me(owner)["organization_id"].string
    let invited = try site.send(
      "POST", "/api/organizations/\(home)/invitations", as: owner,
      json: #"{"email": "\#(address)"}"#)
    #expect(invited.status == 201)
    #expect(try invited.json["message"].string.contains("No e-mail is sent"))
    #expect(try waiting("invitation") == 0)
    #expect(try verify(letter(to: ada), as: ada).status == 200)
    #expect(try send().json["message"].string.contains("already"))
    #expect(try site.send("POST", "/api/auth/verify-email/send", as: owner).status == 409)
    #expect(try site.send("POST", "/api/auth/verify-email/send").status == 401)
  }

  @Test func missingMailServerIsReported() throws {
    let site = try TestSite()
    try Directory.add(
      "ada", email: address, role: .labeler, password: TestSite.password, site.owner())
    let answer = try site.send("POST", "/api/auth/verify-email/send", as: site.signIn("ada"))
    #expect(answer.status == 200)
    #expect(try answer.json["message"].string.contains("administrator"))
    let made = try site.send(
      "POST", "/auth/signup",
      json: #"{"username": "eve", "password": "twelve apples", "email": "e@example.org"}"#)
    #expect(made.status == 201)
    let letters = try site.owner().one("select count(*) from letter") {
      row throws(PostgresError) in try row.next(Int.self)
    }
    #expect(letters == 0)
  }

  @Test func theApplicationCannotVerifyAnAddressItself() throws {
    let app = site.connection(as: .application)
    for statement in [
      "select prove_address(gen_random_uuid())",
      "select write_verification(gen_random_uuid(), 'x', now())",
      "select write_reset(gen_random_uuid(), 'x', now())", "select note_network(null, '')",
      "select * from email_verification", "select * from known_network",
      "update account set email_verified_at = now()",
    ] {
      #expect(refusal(app, "\(unsafeRaw: statement)") == "42501", "\(statement)")
    }
  }
}
