import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Letters about e-mail addresses")
struct AddressLetterTests {
  private func signUp(_ name: String, _ email: String, _ site: TestSite) throws {
    let answer = try site.send(
      "POST", "/auth/signup",
      json: """
        {"username": "\(name)", "password": "\(TestSite.password)", "email": "\(email)"}
        """)
    #expect(answer.status == 201)
  }

  @Test func eachEventSendsItsLetter() throws {
    var sites: [TestSite] = []
    let letters = try MailCatcher.letters(5) { port in
      let site = try TestSite(settings: [
        "ASSAY_SMTP": "smtp://127.0.0.1:\(port)", "ASSAY_MAIL_FROM": "assay@example.org",
        "ASSAY_PUBLIC_URL": "https://assay.test",
      ])
      sites.append(site)
      try signUp("ada", "ada@example.org", site)
      for name in ["boss", "eve"] {
        try Directory.add(
          name, email: "\(name)@example.org", role: .labeler, password: TestSite.password,
          site.owner())
        try Directory.verify(name, site.owner())
      }
      try signUp("mia", "boss@example.org", site)
      let changed = try site.send(
        "PUT", "/api/auth/profile", as: site.signIn("eve"), json: #"{"email": "new@example.org"}"#)
      #expect(changed.status == 200)
      try Directory.add(
        "zoe", email: "new@example.org", role: .labeler, password: TestSite.password, site.owner())
      let forgotten = try site.send(
        "POST", "/api/auth/forgot-password", json: #"{"email": "new@example.org"}"#)
      #expect(forgotten.status == 200)
      try site.deliver()
    }
    func letter(_ subject: String, to address: String) throws -> String {
      try #require(
        letters.first {
          $0.contains("Subject: \(subject)\n") && $0.contains("RCPT TO:<\(address)>")
        }, "\(subject)")
    }
    let proof = try letter("Confirm the e-mail address of ada", to: "ada@example.org")
    let taken = try letter(
      "Your e-mail address was entered for another account", to: "boss@example.org")
    let changed = try letter("The e-mail address of eve was changed", to: "eve@example.org")
    _ = try letter("Confirm the e-mail address of eve", to: "new@example.org")
    let several = try letter("Which account is yours?", to: "new@example.org")
    #expect(several.contains("\nzoe\neve\n"))
    for text in [taken, changed, several] { #expect(!text.contains("token=")) }
    let line = proof.split(separator: "\n").first {
      $0.hasPrefix("https://assay.test/verify-email.html#token=")
    }
    let token = try #require(line?.split(separator: "=").last)
    let ada = try sites[0].signIn("ada")
    let verified = try sites[0].send(
      "POST", "/api/auth/verify-email", as: ada, json: #"{"token": "\#(token)"}"#)
    #expect(verified.status == 200)
    let me = try sites[0].send("GET", "/api/auth/me", as: ada).json
    #expect(try me["email_verified"] == .bool(true))
  }
}
