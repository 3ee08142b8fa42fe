import Assay
import Cryptography
import HTTP
import Postgres
import Support
import Testing
import Web

/// A password is the same in every normal form and with every kind of space (RFC 8265).
@Suite struct PasswordFormTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static let composed = "Cr\u{E8}me br\u{FB}l\u{E9}e 7"
  private static let forms = [
    composed, "Cre\u{300}me bru\u{302}le\u{301}e 7", "Cr\u{E8}me\u{3000}br\u{FB}l\u{E9}e\u{A0}7",
  ]

  private func signUp(_ name: String, _ password: String) throws -> Answer {
    try site.send(
      "POST", "/auth/signup", json: #"{"username": "\#(name)", "password": "\#(password)"}"#)
  }

  private func signIn(_ name: String, _ password: String) throws -> Int {
    try site.send(
      "POST", "/auth/login", json: #"{"username": "\#(name)", "password": "\#(password)"}"#
    ).status
  }

  private func hash() throws -> String {
    try site.owner().one("select password_hash from account where username = 'ada'") {
      row throws(PostgresError) in try row.next()
    }
  }

  @Test(arguments: forms) func passwordsMatchInAnyNormalForm(password: String) throws {
    #expect(try signUp("ada", password).status == 201)
    for form in Self.forms { #expect(try signIn("ada", form) == 200) }
    #expect(try signIn("ada", "Creme brulee 7") == 401)
    #expect(Password.matches(Self.composed, try hash()))
  }

  @Test func aPasswordChangeAcceptsAnyNormalForm() throws {
    let ada = try site.person(.labeler, named: "ada")
    func change(_ old: String, _ new: String) throws -> Int {
      try site.send(
        "PUT", "/api/auth/password", as: ada,
        json: #"{"current_password": "\#(old)", "new_password": "\#(new)"}"#
      ).status
    }
    #expect(try change(TestSite.password, Self.forms[1]) == 200)
    #expect(try change(Self.forms[2], Self.forms[1] + "8") == 200)
    #expect(try signIn("ada", Self.composed + "8") == 200)
    try Directory.setPassword("ada", Self.forms[1], site.owner())
    #expect(try signIn("ada", Self.composed) == 200)
  }

  @Test(arguments: forms.dropFirst()) func anOlderHashIsReplacedAtSignIn(of password: String) throws
  {
    _ = try site.person(.labeler, named: "ada")
    // An earlier version stored passwords that were not prepared.
    try site.owner().run("update account set password_hash = \(Password.hash(password))")
    #expect(try signIn("ada", "wrong e\u{301}") == 401)
    #expect(try signIn("ada", Self.composed) == 401)
    #expect(try signIn("ada", password) == 200)
    #expect(Password.matches(Self.composed, try hash()))
    for form in Self.forms { #expect(try signIn("ada", form) == 200) }
  }

  @Test(arguments: ["\\u0085", "\\u0007", "\\u007f"]) func controlCharactersAreRefused(
    escape: String
  ) throws {
    let answer = try signUp("ada", "correct \(escape) horse battery")
    #expect(answer.status == 400)
    #expect(try answer.detail.contains("must not contain control characters"))
  }

  @Test func theLengthIsCheckedAfterPreparation() throws {
    // Eight code points as typed, four after preparation.
    #expect(try signUp("ada", "e\u{301}o\u{301}a\u{301}u\u{301}").status == 400)
  }
}
