import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("POST /api/auth/forgot-password")
struct ForgottenPasswordTests {
  private func ask(_ site: TestSite, _ json: String) throws -> Answer {
    try site.send("POST", "/api/auth/forgot-password", json: json)
  }

  private func token(in letter: String) throws -> String {
    let line = letter.split(separator: "\n").first { $0.contains("#token=") }
    return String(try #require(line?.split(separator: "=").last))
  }

  @Test func aLetterBringsALinkThatWorks() throws {
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
      // Without an address there is nowhere to write to; it says the same.
      _ = try site.person(.labeler, named: "bob")
      let answers = try [
        #"{"email": "Ada@example.org"}"#, #"{"email": "nobody@example.org"}"#,
        #"{"username": "bob"}"#,
      ].map {
        // Whoever asks has no say in where the link leads.
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

  @Test func nobodyIsFloodedWithLetters() throws {
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
    // Nobody listens there: the letters wait for another try.
    try site.deliver()
    #expect(try waiting() == 3)
  }

  @Test func withoutMailItSaysSo() throws {
    let site = try TestSite()
    let answer = try ask(site, #"{"email": "ada@example.org"}"#)
    #expect(answer.status == 200)
    #expect(try answer.json["message"].string.contains("administrator"))
    #expect(try ask(site, "{}").status == 422)
    #expect(try ask(site, #"{"email": "a\nb"}"#).status == 422)
  }
}
