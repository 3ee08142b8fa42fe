import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite(
  """
  POST, GET /api/organizations/{organization}/invitations, \
  DELETE /api/organizations/{organization}/invitations/{invitation}, \
  POST /api/invitations/accept
  """)
struct InvitationTests {
  private let site: TestSite
  private let ada: Person
  private let home: String
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
    home = try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
  }

  private func invite(_ json: String = #"{"email": "bob@example.org"}"#) throws -> Answer {
    try site.send("POST", "/api/organizations/\(home)/invitations", as: ada, json: json)
  }

  private func token(_ answer: Answer) throws -> String {
    String(try answer.json["link"].string.split(separator: "=").last ?? "")
  }

  /// A customer with an e-mail address.
  private func person(_ name: String, verified: Bool = false) throws -> Person {
    try Directory.add(
      name, email: "\(name)@example.org", role: .customer, password: TestSite.password,
      site.owner())
    if verified {
      try site.owner().run(
        "update account set email_verified_at = now() where username = \(name)")
    }
    return try site.signIn(name)
  }

  private func add(_ person: Person) throws {
    let added = try site.send(
      "POST", "/api/organizations/\(home)/members", as: ada,
      json: #"{"username": "\#(person.username)"}"#)
    #expect(added.status == 201)
  }

  private func remove(_ person: Person) throws {
    let id = try site.send("GET", "/auth/me", as: person).json["id"].string
    let removed = try site.send("DELETE", "/api/organizations/\(home)/members/\(id)", as: ada)
    #expect(removed.status == 200)
  }

  private func expectRefusal(
    _ answer: Answer, _ status: Int, _ detail: String, at place: SourceLocation = #_sourceLocation
  ) throws {
    #expect(answer.status == status, sourceLocation: place)
    #expect(try answer.detail == detail, sourceLocation: place)
  }

  private func accept(_ token: String, as person: Person) throws -> Answer {
    try site.send(
      "POST", "/api/invitations/accept", as: person, json: #"{"token": "\#(token)"}"#)
  }

  @Test func aLinkAddsOneMemberOnce() throws {
    let made = try invite(#"{"email": "bob@example.org", "role": "admin"}"#)
    #expect(made.status == 201)
    #expect(
      made.keys == ["id", "email", "role", "expires_at", "link", "replaces", "message"])
    #expect(try made.json["replaces"] == .null)
    #expect(
      try made.json["message"].string
        == "The invitation has been created. This site sends no e-mail: pass on the link.")
    let bob = try site.person(.customer, named: "bob")
    let accepted = try accept(token(made), as: bob)
    #expect(accepted.status == 200)
    #expect(try accepted.json["id"].string == home)
    #expect(try accepted.json["role"].string == "admin")
    let again = try accept(token(made), as: site.person(.customer))
    #expect(again.status == 404)
    #expect(try again.detail == "The invitation has already been accepted: ask for a new one.")
    let list = try site.send("GET", "/api/organizations/\(home)/invitations", as: bob)
    #expect(try list.json["total"].int == 0)
    // For an account without one, it becomes the organization that new work belongs to.
    let labeler = try site.person(.labeler)
    #expect(try accept(token(invite()), as: labeler).status == 200)
    let me = try site.send("GET", "/api/auth/me", as: labeler).json
    #expect(try me["organization_id"].string == home)
  }

  @Test func revokedAndExpiredInvitationsAreRefused() throws {
    let (first, second) = (try invite(), try invite(#"{"email": "carla@example.org"}"#))
    let bob = try site.person(.customer)
    let path = "/api/organizations/\(home)/invitations"
    let list = try site.send("GET", path, as: ada)
    #expect(list.keys == ["invitations", "total"])
    #expect(try list.json["total"].int == 2)
    let id = try first.json["id"].string
    #expect(try site.send("DELETE", "\(path)/\(id)", as: bob).status == 404)
    #expect(try site.send("DELETE", "\(path)/\(id)", as: ada).status == 200)
    #expect(try site.send("DELETE", "\(path)/\(id)", as: ada).status == 404)
    try expectRefusal(
      accept(token(first), as: bob), 404, "The invitation has been revoked: ask for a new one.")
    try site.owner().run("update invitation set expires_at = now()")
    try expectRefusal(
      accept(token(second), as: bob), 404, "The invitation has expired: ask for a new one.")
    try expectRefusal(
      accept("x", as: bob), 404,
      "No invitation has this link: copy the whole address from the invitation.")
    #expect(
      try site.send("POST", "/api/invitations/accept", json: #"{"token": "x"}"#).status == 401)
  }

  @Test func onlyOneConcurrentAcceptanceSucceeds() throws {
    let link = try token(invite())
    let people = try (0..<3).map { _ in try site.person(.customer) }
    let statuses = try site.race(3) { client, index in
      try client.send(
        "POST", "/api/invitations/accept", as: people[index],
        json: #"{"token": "\#(link)"}"#
      ).status
    }
    #expect(statuses.sorted() == [200, 404, 404])
  }

  /// Otherwise a removed person could come back through a link that was made before.
  @Test func anInvitationNeedsTheCurrentRightsOfItsCreator() throws {
    let bob = try site.person(.customer, named: "bob")
    #expect(
      try accept(token(invite(#"{"email": "b@example.org", "role": "owner"}"#)), as: bob).status
        == 200)
    let id = try site.send("GET", "/auth/me", as: bob).json["id"].string
    func bobs(_ role: String) throws -> String {
      try token(
        site.send(
          "POST", "/api/organizations/\(home)/invitations", as: bob,
          json: #"{"email": "\#(role)@example.org", "role": "\#(role)"}"#))
    }
    let (owner, admin, member) = (try bobs("owner"), try bobs("admin"), try bobs("member"))
    func change(_ method: String, _ json: String? = nil) throws {
      let answer = try site.send(
        method, "/api/organizations/\(home)/members/\(id)", as: ada, json: json)
      #expect(answer.status == 200)
    }
    try change("PUT", #"{"role": "admin"}"#)
    try expectRefusal(
      accept(owner, as: site.person(.customer)), 404,
      "The sender of the invitation may no longer give this role: ask an owner.")
    #expect(try accept(admin, as: site.person(.customer)).status == 200)
    try change("DELETE")
    #expect(try accept(member, as: bob).status == 404)
    #expect(try accept(member, as: site.person(.customer)).status == 404)
  }

  @Test func theNextInvitationReplacesTheOneBefore() throws {
    let first = try invite()
    // Another address and another organization have their own invitations.
    #expect(try invite(#"{"email": "carla@example.org"}"#).json["replaces"] == .null)
    let dan = try site.person(.customer)
    let elsewhere = try site.send("GET", "/api/auth/me", as: dan).json["organization_id"].string
    let other = try site.send(
      "POST", "/api/organizations/\(elsewhere)/invitations", as: dan,
      json: #"{"email": "bob@example.org"}"#)
    #expect(try other.json["replaces"] == .null)

    let second = try invite(#"{"email": "Bob@Example.org", "role": "admin"}"#)
    #expect(try second.json["replaces"] == first.json["id"])
    #expect(
      try second.json["message"].string.hasPrefix(
        "The invitation replaces an earlier one to this address, whose link no longer works."))
    let list = try site.send("GET", "/api/organizations/\(home)/invitations", as: ada).json
    #expect(
      try list["invitations"].elements.map { try $0["email"].string }
        == ["Bob@Example.org", "carla@example.org"])
    let bob = try site.person(.customer, named: "bob")
    try expectRefusal(
      accept(token(first), as: bob), 404,
      "A newer invitation has replaced this one: use the newest link.")
    #expect(try accept(token(second), as: bob).json["role"].string == "admin")
    #expect(try accept(token(other), as: bob).status == 200)
    // An expired invitation had no link that worked.
    try site.owner().run("update invitation set expires_at = now() where email like 'carla%'")
    #expect(try invite(#"{"email": "carla@example.org"}"#).json["replaces"] == .null)
  }

  @Test func membersAreNotInvited() throws {
    let (bob, carla) = (try person("bob"), try person("carla", verified: true))
    #expect(try accept(token(invite(#"{"email": "b@example.org"}"#)), as: bob).status == 200)
    for role in ["member", "admin"] {
      try expectRefusal(
        invite(#"{"email": "BOB@example.org", "role": "\#(role)"}"#), 409,
        "That is the address of bob, who is already a member, as member.")
    }
    try add(carla)
    try expectRefusal(
      invite(#"{"email": "carla@example.org"}"#), 409,
      "That is the address of carla, who is already a member, as member.")
    // Nobody sees the unverified address of a person who did not agree to the membership.
    try add(person("dan"))
    #expect(try invite(#"{"email": "dan@example.org"}"#).status == 201)
    try remove(bob)
    #expect(try invite().status == 201)
  }

  @Test func aMembersLinkStaysUnused() throws {
    let link = try token(invite(#"{"email": "b@example.org", "role": "admin"}"#))
    let bob = try person("bob")
    #expect(try accept(token(invite()), as: bob).status == 200)
    try expectRefusal(
      accept(link, as: bob), 409,
      "You are already a member, as member, so the link was not used: ask an owner for the role "
        + "admin.")
    try expectRefusal(
      accept(link, as: ada), 409,
      "You are already a member, as owner, so the link was not used.")
    let members = try site.send("GET", "/api/organizations/\(home)/members", as: ada).json
    #expect(
      try members["members"].elements.map { try $0["role"].string } == ["owner", "member"])
    #expect(try accept(link, as: site.person(.customer)).json["role"].string == "admin")
  }

  @Test func aPersonWhoWasAddedAgreesWithTheHigherRole() throws {
    for (number, roles) in [
      ("member", "admin", "admin"), ("admin", "member", "admin"), ("member", "member", "member"),
    ].enumerated() {
      let bob = try site.person(.customer)
      let added = try site.send(
        "POST", "/api/organizations/\(home)/members", as: ada,
        json: #"{"username": "\#(bob.username)", "role": "\#(roles.0)"}"#)
      #expect(added.status == 201)
      let link = try token(invite(#"{"email": "b\#(number)@example.org", "role": "\#(roles.1)"}"#))
      #expect(try accept(link, as: bob).json["role"].string == roles.2)
      #expect(try accept(link, as: bob).status == 409)
    }
  }

  /// Otherwise a removed person could come back through a link that was made before.
  @Test func anInvitationEndsWithTheMembershipOfItsAddress() throws {
    let (bob, carla) = (try person("bob"), try person("carla", verified: true))
    let (early, late) = (try token(invite(#"{"email": "carla@example.org"}"#)), try token(invite()))
    try add(carla)
    try expectRefusal(
      accept(early, as: site.person(.labeler)), 404,
      "The invitation has been revoked: ask for a new one.")
    // An address that bob only claims may be another person's, who is still invited.
    try add(bob)
    try expectRefusal(
      accept(late, as: ada), 409, "You are already a member, as owner, so the link was not used.")
    try remove(bob)
    try expectRefusal(
      accept(late, as: bob), 404, "The invitation has been revoked: ask for a new one.")
  }

  @Test func invalidInputIsRefused() throws {
    for json in [
      "{}", #"{"email": "x"}"#, #"{"email": "x@example.org", "role": "boss"}"#,
      #"{"email": "x\r\nBcc: y@example.org"}"#, #"{"email": "x>,<y@example.org"}"#,
    ] { #expect(try invite(json).status == 422, "\(json)") }
    #expect(try invite(#"{"email": "x@example.org", "role": "owner"}"#).status == 201)
  }

  @Test func theLetterHasItsOwnLink() throws {
    var (sites, shown): ([TestSite], [Substring]) = ([], [])
    let letters = try MailCatcher.letters(1) { port in
      let site = try TestSite(settings: [
        "ASSAY_SMTP": "smtp://127.0.0.1:\(port)", "ASSAY_MAIL_FROM": "assay@example.org",
        "ASSAY_PUBLIC_URL": "https://assay.test",
      ])
      sites.append(site)
      let ada = try site.person(.customer, named: "ada")
      let home = try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
      let made = try site.send(
        "POST", "/api/organizations/\(home)/invitations", as: ada,
        json: #"{"email": "bob@example.org"}"#)
      #expect(made.status == 201)
      shown = try made.json["link"].string.split(separator: "=")
      try site.deliver()
    }
    #expect(letters[0].contains("RCPT TO:<bob@example.org>"))
    #expect(letters[0].contains("Subject: You are invited to ada"))
    let line = letters[0].split(separator: "\n").first { $0.contains("#token=") }
    let secret = try #require(line?.split(separator: "=").last)
    let site = sites[0]
    for name in ["eve", "bob"] {
      try Directory.add(
        name, email: "bob@example.org", role: .customer, password: TestSite.password, site.owner())
    }
    let bob = try site.signIn("bob")
    func accept(_ token: Substring) throws -> Int {
      try site.send(
        "POST", "/api/invitations/accept", as: bob, json: #"{"token": "\#(token)"}"#
      ).status
    }
    func verified() throws -> JSON {
      try site.send("GET", "/api/auth/me", as: bob).json["email_verified"]
    }
    // The inviter was shown this link, so it does not prove that bob reads the address.
    #expect(try accept(try #require(shown.last)) == 200)
    #expect(try verified() == .bool(false))
    try site.owner().script(
      """
      delete from membership where role = 'member';
      update invitation set accepted_at = null, accepted_by = null
      """)
    #expect(try accept(secret) == 200)
    #expect(try verified() == .bool(true))
    let eve = try site.send("GET", "/api/auth/me", as: site.signIn("eve")).json
    #expect(try eve["lost_email"] == .string("bob@example.org"))
  }
}
