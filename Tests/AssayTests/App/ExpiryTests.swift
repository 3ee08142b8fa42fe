import Assay
import Cryptography
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

/// All that a client is given for a time: it lasts as long as documented, and then it ends.
@Suite("Expiry")
struct ExpiryTests {
  private let site: TestSite
  private let admin: Person
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    admin = try site.person(.admin)
    customer = try site.person(.customer, named: "ada")
    request = try site.request(by: customer)
  }

  private static func expires(_ url: String) throws -> Int {
    try #require(Int(url.drop { $0 != "?" }.firstMatch(of: /expires=(\d+)/)?.1 ?? ""))
  }

  /// The signed address of an announced file.
  private func address() throws -> String {
    let answer = try site.send(
      "POST", "/uploads/presign", as: customer,
      json: """
        {"request_id": "\(request)",
         "files": [{"filename": "a.png", "content_type": "image/png", "size": 100}]}
        """)
    return try #require(answer.json["uploads"].elements.first)["url"].string
  }

  /// nginx's question whether the bytes may be sent there.
  private func ask(_ target: String) throws -> Answer {
    try site.send(
      "PUT", target, headers: ["UPLOAD_TYPE": "image/png", "UPLOAD_LENGTH": "100"])
  }

  @Test func anUploadAddressLastsAnHour() throws {
    let before = time(nil)
    let expires = try Self.expires(address())
    #expect((before + 3600...time(nil) + 3600).contains(expires))
  }

  /// Each address is signed here, so only its time differs from that of a valid one.
  @Test func anExpiredUploadAddressIsRefused() throws {
    let address = try address()
    let path = String(try #require(address.firstMatch(of: /\/incoming\/[^?]*/)).0)
    func signed(_ expires: Int) -> String {
      let text = "upload\nPUT\n\(path)\nimage/png\n100\n\(expires)"
      let code = Hex.encode(HMAC.sha256(text, key: site.site.config.tokenKey))
      return "\(path)?type=image%2Fpng&size=100&expires=\(expires)&sig=\(code)"
    }
    #expect(try address.hasSuffix(signed(Self.expires(address))))
    #expect(try ask(signed(time(nil) + 60)).status == 204)
    for late in [0, 1, 3600] {
      let refused = try ask(signed(time(nil) - late))
      #expect(refused.status == 403, "\(late)")
      #expect(try refused.detail.contains("expired"), "\(late)")
    }
  }

  @Test func linksOfPicturesLastAboutAnHour() throws {
    let before = time(nil)
    let work = try Commission(site, pictures: 1)
    let task = try site.send("GET", "/tasks/\(work.task)", as: work.labeler)
    let uploads = try site.send("GET", "/requests/\(work.request)/uploads", as: work.customer)
    let urls = try [
      #require(task.json["images"].elements.first)["url"].string,
      #require(uploads.json.elements.first)["preview_url"].string,
    ]
    for url in urls {
      #expect(try (before + 3600...time(nil) + 3600 + 900).contains(Self.expires(url)), "\(url)")
    }
  }

  @Test func anExpiredResetLinkIsRefused() throws {
    let me = try site.send("GET", "/auth/me", as: customer).json["id"].string
    let made = try site.send("POST", "/admin/users/\(me)/reset", as: admin)
    let token = try #require(made.json["link"].string.split(separator: "=").last)
    func reset() throws -> Int {
      try site.send(
        "POST", "/api/auth/reset-password",
        json: #"{"token": "\#(token)", "password": "twelve apples"}"#
      ).status
    }
    try site.owner().run("update password_reset set expires_at = now()")
    #expect(try reset() == 404)
    #expect(throws: Never.self) { try site.signIn("ada") }
    try site.owner().run("update password_reset set expires_at = now() + interval '1 minute'")
    #expect(try reset() == 200)
  }

  /// The seconds until the newest row of a table expires.
  private func left(_ table: SQL) throws -> Int {
    try site.owner().one(
      "select extract(epoch from max(expires_at) - now())::int from \(table)"
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func linksAndSessionsLastAsLongAsDocumented() throws {
    let slack = 600
    let me = try site.send("GET", "/api/auth/me", as: customer).json
    let (id, home) = (try me["id"].string, try me["organization_id"].string)
    _ = try site.send("POST", "/admin/users/\(id)/reset", as: admin)
    _ = try site.send(
      "POST", "/api/organizations/\(home)/invitations", as: customer,
      json: #"{"email": "bob@example.org"}"#)
    for (table, seconds) in [
      ("password_reset", 3600), ("invitation", 7 * 86_400), ("session", 30 * 86_400),
    ] as [(SQL, Int)] {
      #expect(try (seconds - slack...seconds).contains(left(table)), "\(table.text)")
    }
  }

  /// The route needs another role, and runs no statement before it refuses.
  @Test func anEndedSessionTakesPrecedenceOverTheRole() throws {
    #expect(try site.send("GET", "/admin/users", as: customer).status == 403)
    #expect(try site.send("POST", "/auth/logout", as: customer).status == 200)
    #expect(try site.send("GET", "/admin/users", as: customer).status == 401)
  }

  /// The route refuses such a body before its first statement.
  @Test func anEndedSessionTakesPrecedenceOverAWrongBody() throws {
    func create() throws -> Int {
      try site.send("POST", "/requests", as: customer, json: "{").status
    }
    #expect(try create() == 400)
    #expect(try site.send("POST", "/auth/logout", as: customer).status == 200)
    #expect(try create() == 401)
  }

  @Test func anAccessTokenLastsHalfADay() throws {
    let before = time(nil)
    let answer = try site.send(
      "POST", "/auth/login",
      json: #"{"username": "ada", "password": "\#(TestSite.password)"}"#)
    let parts = try answer.json["access_token"].string.split(separator: ".")
    try #require(parts.count == 3)
    let claims = try JSON(parsing: #require(Base64URL.decode(parts[1])))
    #expect(try (before + 43_200...time(nil) + 43_200).contains(claims["exp"].int))
  }
}
