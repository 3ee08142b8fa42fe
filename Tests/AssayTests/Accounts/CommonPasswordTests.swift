import Assay
import HTTP
import Support
import Testing

@Suite("Common passwords")
struct CommonPasswordTests {
  private func status(_ password: String, _ site: TestSite) throws -> Int {
    let name = "name-\(UInt32.random(in: 0...UInt32.max))"
    return try site.send(
      "POST", "/auth/signup", json: #"{"username": "\#(name)", "password": "\#(password)"}"#
    ).status
  }

  @Test func commonPasswordsWithAdditionsAreRefused() throws {
    let site = try TestSite()
    for password in [
      "password", "PASSWORD", "Password1", "p@ssw0rd", "password2024!", "12345678", "87654321",
      "123456789012", "11111111", "abcdefgh", "qwertyuiop", "poiuytrewq", "qwerty123", "iloveyou",
      "sunshine", "Sunshine2026", "football1", "letmein!!", "abcabcabc", "12341234", "changeme",
      "administrator", "1q2w3e4r5t", "zaq12wsx", "!@#$%^&*", "aaaaaaaaaaaa", "trustno1",
    ] { #expect(try status(password, site) == 400, "\(password)") }
  }

  @Test func otherPasswordsAreAccepted() throws {
    let site = try TestSite()
    for password in [
      "twelve apples", "correct horse battery", "gjskdyeb", "        x", "éééééééü", "🐈🐕🐈🐎🐖🐓🦆🦉",
      "5f1c0a7e9b3d", "mypasswordisfine", String(repeating: "long ", count: 25) + "end",
    ] { #expect(try status(password, site) == 201, "\(password)") }
  }
}
