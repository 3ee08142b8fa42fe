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

  private func accept(_ token: String, as person: Person) throws -> Answer {
    try site.send(
      "POST", "/api/invitations/accept", as: person, json: #"{"token": "\#(token)"}"#)
  }

  @Test func aLinkAddsOneMemberOnce() throws {
    let made = try invite(#"{"email": "bob@example.org", "role": "admin"}"#)
    #expect(made.status == 201)
    #expect(made.keys == ["id", "email", "role", "expires_at", "link"])
    let bob = try site.person(.customer, named: "bob")
    let accepted = try accept(token(made), as: bob)
    #expect(accepted.status == 200)
    #expect(try accepted.json["id"].string == home)
    #expect(try accepted.json["role"].string == "admin")
    let again = try accept(token(made), as: site.person(.customer))
    #expect(again.status == 404)
    #expect(try again.detail == "The invitation is invalid or has expired.")
    let list = try site.send("GET", "/api/organizations/\(home)/invitations", as: bob)
    #expect(try list.json["total"].int == 0)
    // For an account without one, it becomes the organization that new work belongs to.
    let labeler = try site.person(.labeler)
    #expect(try accept(token(invite()), as: labeler).status == 200)
    let me = try site.send("GET", "/api/auth/me", as: labeler).json
    #expect(try me["organization_id"].string == home)
  }

  @Test func revokedAndExpiredInvitationsAreRefused() throws {
    let (first, second) = (try invite(), try invite())
    let bob = try site.person(.customer)
    let path = "/api/organizations/\(home)/invitations"
    let list = try site.send("GET", path, as: ada)
    #expect(list.keys == ["invitations", "total"])
    #expect(try list.json["total"].int == 2)
    let id = try first.json["id"].string
    #expect(try site.send("DELETE", "\(path)/\(id)", as: bob).status == 404)
    #expect(try site.send("DELETE", "\(path)/\(id)", as: ada).status == 200)
    #expect(try site.send("DELETE", "\(path)/\(id)", as: ada).status == 404)
    #expect(try accept(token(first), as: bob).status == 404)
    try site.owner().run("update invitation set expires_at = now()")
    #expect(try accept(token(second), as: bob).status == 404)
    #expect(try accept("x", as: bob).status == 404)
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
          json: #"{"email": "x@example.org", "role": "\#(role)"}"#))
    }
    let (owner, admin, member) = (try bobs("owner"), try bobs("admin"), try bobs("member"))
    func change(_ method: String, _ json: String? = nil) throws {
      let answer = try site.send(
        method, "/api/organizations/\(home)/members/\(id)", as: ada, json: json)
      #expect(answer.status == 200)
    }
    try change("PUT", #"{"role": "admin"}"#)
    #expect(try accept(owner, as: site.person(.customer)).status == 404)
    #expect(try accept(admin, as: site.person(.customer)).status == 200)
    try change("DELETE")
    #expect(try accept(member, as: bob).status == 404)
    #expect(try accept(member, as: site.person(.customer)).status == 404)
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
    try site.owner().run("update invitation set accepted_at = null, accepted_by = null")
    #expect(try accept(secret) == 200)
    #expect(try verified() == .bool(true))
    let eve = try site.send("GET", "/api/auth/me", as: site.signIn("eve")).json
    #expect(try eve["lost_email"] == .string("bob@example.org"))
  }
}
