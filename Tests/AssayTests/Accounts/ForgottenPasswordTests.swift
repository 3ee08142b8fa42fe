import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("POST /api/auth/forgot-password, POST /api/auth/reset-password")
struct ForgottenPasswordTests {
  private func ask(_ site: TestSite, _ json: String) throws -> Answer {
    try site.send("POST", "/api/auth/forgot-password", json: json)
  }

  private func token(in letter: String) throws -> String {
    let line = letter.split(separator: "\n").first { $0.contains("#token=") }
    return String(try #require(line?.split(separator: "=").last))
  }

  @Test func aLetterContainsAWorkingLink() throws {
    var sites: [TestSite] = []
    let letters = try MailCatcher.letters(1) { port in
      let site = try TestSite(settings: [
        "ASSAY_SMTP": "smtp://127.0.0.1:\(port)", "ASSAY_MAIL_FROM": "assay@example.org",
        "ASSAY_PUBLIC_URL": "https://assay.example.org",
      ])
      sites.append(site)
      try Directory.add(
        "ada", email: "ada@example.org", role: .labeler, password: TestSite.password,
        site.owner())
      // An account without an address gets no letter; the answer is the same.
      _ = try site.person(.labeler, named: "bob")
      let answers = try [
        #"{"email": "Ada@example.org"}"#, #"{"email": "nobody@example.org"}"#,
        #"{"username": "bob"}"#,
      ].map {
        // The client cannot choose the address of the link.
        try site.send(
          "POST", "/api/auth/forgot-password", json: $0, headers: ["HTTP_HOST": "evil.test"])
      }
      #expect(answers.map(\.status) == [200, 200, 200])
      #expect(Set(answers.map(\.text)).count == 1)
      try site.deliver()
    }
    let site = sites[0]
    #expect(letters[0].contains("RCPT TO:<ada@example.org>"))
    #expect(letters[0].contains("https://assay.example.org/reset-password.html#token="))
    let reset = try site.send(
      "POST", "/api/auth/reset-password",
      json: #"{"token": "\#(token(in: letters[0]))", "password": "twelve apples"}"#)
    #expect(reset.status == 200)
    let signedIn = try site.send(
      "POST", "/auth/login", json: #"{"username": "ada", "password": "twelve apples"}"#)
    #expect(signedIn.status == 200)
    let left = try site.owner().one("select count(*) from letter") { row throws(PostgresError) in
      try row.next(Int.self)
    }
    #expect(left == 0)
  }

  /// A site with letters in the queue and several accounts that claim one address.
  private func site(claimedBy names: String...) throws -> TestSite {
    let site = try TestSite(settings: [
      "ASSAY_SMTP": "smtp://127.0.0.1:1", "ASSAY_MAIL_FROM": "assay@example.org",
      "ASSAY_PUBLIC_URL": "https://assay.example.org",
    ])
    for name in names {
      try Directory.add(
        name, email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    }
    return site
  }

  /// The kinds of the letters in the queue, and the usernames of their accounts.
  private func waiting(_ site: TestSite) throws -> [String] {
    try site.owner().all(
      """
      select concat_ws(' ', l.kind, a.username, l.recipient)
      from letter l left join account a on a.account_id = l.account_id
      where l.kind <> 'password_reset' or a.account_id is not null
      order by l.created_at
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The token of the reset letter that the worker writes for a person.
  private func letter(to name: String, _ site: TestSite) throws -> String {
    try site.connection(as: .worker).run(
      """
      select write_reset(
        \(account(name, site))::text::uuid, \(SHA256.digest("letter to \(name)".utf8)),
        now() + interval '1 hour')
      """)
    return "letter to \(name)"
  }

  private func account(_ name: String, _ site: TestSite) throws -> String {
    try site.owner().one("select account_id::text from account where username = \(name)") {
      row throws(PostgresError) in try row.next()
    }
  }

  private func reset(_ token: String, _ site: TestSite) throws -> Int {
    try site.send(
      "POST", "/api/auth/reset-password",
      json: #"{"token": "\#(token)", "password": "twelve apples"}"#
    ).status
  }

  @Test func aResetLetterGoesToTheRightAccount() throws {
    let site = try site(claimedBy: "eve", "ada")
    func ask(_ login: String) throws {
      #expect(try self.ask(site, #"{"email": "\#(login)"}"#).status == 200)
    }
    try ask("ADA@example.org")
    #expect(try waiting(site) == ["several_claims ada@example.org"])
    try ask("ada")
    #expect(try waiting(site).last == "password_reset ada")
    try site.owner().run("delete from letter")
    try site.owner().run("delete from throttle")
    try Directory.verify("ada", site.owner())
    try ask("ada@example.org")
    // A later claim changes nothing.
    try Directory.add(
      "mia", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    try ask("ada@example.org")
    #expect(try waiting(site) == ["password_reset ada", "password_reset ada"])
  }

  @Test func aUsedLinkVerifiesTheAddressAndEndsOlderAccess() throws {
    let site = try site(claimedBy: "eve", "ada")
    let stranger = try site.signIn("eve")
    let made = try site.send(
      "POST", "/api/v1/api-keys", as: stranger, json: #"{"name": "back door"}"#)
    let key = Person(username: "robot", token: try made.json["key"].string)
    #expect(try site.send("GET", "/auth/me", as: key).status == 200)
    #expect(try reset(letter(to: "eve", site), site) == 200)
    #expect(try site.send("GET", "/auth/me", as: stranger).status == 401)
    #expect(try site.send("GET", "/auth/me", as: key).status == 401)
    #expect(try Directory.list(site.owner()).map(\.isEmailVerified) == [false, true])
    #expect(try Directory.list(site.owner()).map(\.email) == [nil, "ada@example.org"])
  }

  @Test func aLinkIsBoundToTheAddressItWasSentTo() throws {
    let site = try site(claimedBy: "ada")
    let token = try letter(to: "ada", site)
    let changed = try site.send(
      "PUT", "/api/auth/profile", as: site.signIn("ada"), json: #"{"email": "b@example.org"}"#)
    #expect(changed.status == 200)
    #expect(try reset(token, site) == 404)
    // A link that was shown to an administrator was not sent to the address, so it proves nothing.
    let link = try Directory.resetLink("ada", origin: "https://assay.test", site.owner())
    #expect(try reset(String(try #require(link.split(separator: "=").last)), site) == 200)
    #expect(try Directory.list(site.owner()).map(\.isEmailVerified) == [false])
  }

  @Test func lettersAreLimited() throws {
    let site = try TestSite(settings: [
      "ASSAY_SMTP": "smtp://127.0.0.1:1", "ASSAY_MAIL_FROM": "assay@example.org",
      "ASSAY_PUBLIC_URL": "https://assay.example.org",
    ])
    try Directory.add(
      "ada", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    for _ in 1...6 { #expect(try ask(site, #"{"email": "ada@example.org"}"#).status == 200) }
    func waiting() throws -> Int {
      try site.owner().one("select count(*) from letter") { row throws(PostgresError) in
        try row.next()
      }
    }
    #expect(try waiting() == 3)
    // No mail server listens there, so the letters wait for another attempt.
    try site.deliver()
    #expect(try waiting() == 3)
  }

  @Test func missingMailServerIsReported() throws {
    let site = try TestSite()
    let answer = try ask(site, #"{"email": "ada@example.org"}"#)
    #expect(answer.status == 200)
    #expect(try answer.json["message"].string.contains("administrator"))
    #expect(try ask(site, "{}").status == 422)
    #expect(try ask(site, #"{"email": "a\nb"}"#).status == 422)
  }
}
