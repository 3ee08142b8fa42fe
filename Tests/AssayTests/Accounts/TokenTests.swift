import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Vocabulary
import Web

/// Makes tokens that the program would not make.
enum Forgery {
  /// A JSON web token of these parts, signed with HMAC-SHA256 (RFC 2104).
  static func token(_ header: String, _ payload: String, _ key: [UInt8]) -> String {
    let signed = [header, payload].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    return signed + "." + Base64URL.encode(hmac(Array(signed.utf8), key))
  }

  private static func hmac(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
    let key = key.count > 64 ? SHA256.digest(key).bytes : key
    let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
    let inner = SHA256.digest(padded.map { $0 ^ 0x36 } + text).bytes
    return SHA256.digest(padded.map { $0 ^ 0x5C } + inner).bytes
  }
}

@Suite("Access tokens")
struct TokenTests {
  private let site: TestSite
  private let person: Person
  private let (account, session): (String, String)
  private let now = Int(Timestamp.now().microseconds / 1_000_000)

  init() throws {
    site = try TestSite()
    person = try site.person(.labeler)
    (account, session) = try site.owner().one("select account_id, session_id from session") {
      row throws(PostgresError) in
      (try row.next(UUIDBytes.self).description, try row.next(UUIDBytes.self).description)
    }
  }

  private func payload(_ changes: [String: String?] = [:]) -> String {
    let members = [
      "iss": "\"assay\"", "aud": "\"assay-api\"", "typ": "\"access\"", "sub": "\"\(account)\"",
      "jti": "\"\(session)\"", "role": "\"labeler\"", "iat": "\(now)", "exp": "\(now + 600)",
    ].merging(changes.compactMapValues(\.self)) { $1 }
      .filter { name, _ in changes[name] != .some(nil) }
    return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  private func status(_ token: String) throws -> Int {
    try site.send("GET", "/auth/me", as: Person(username: "", token: token)).status
  }

  private static let header = #"{"alg":"HS256","typ":"JWT"}"#
  private var key: [UInt8] { site.site.config.tokenKey }

  @Test func validTokensAreAccepted() throws {
    #expect(try status(person.token) == 200)
    // Control: every forgery below differs from this valid token in one point.
    #expect(try status(Forgery.token(Self.header, payload(), key)) == 200)
  }

  @Test func forgedClaimsAreRefused() throws {
    let other = try site.person(.admin)
    #expect(try status(other.token) == 200)
    let changes: [[String: String?]] = [
      ["iss": "\"other\""], ["iss": nil], ["aud": "\"other\""], ["aud": nil],
      ["aud": "[\"assay-api\"]"], ["typ": "\"refresh\""], ["typ": nil], ["typ": "1"],
      ["exp": "\(now - 1)"], ["exp": "0"], ["exp": nil], ["exp": "\"\(now + 600)\""],
      ["exp": "-1"], ["sub": "\"\(unknownID)\""], ["sub": nil], ["sub": "\"\(session)\""],
      ["jti": "\"\(unknownID)\""], ["jti": nil], ["jti": "\"x\""], ["jti": "\"' or true\""],
      ["role": nil], ["role": "\"king\""], ["role": "\"Labeler\""], ["role": "1"],
    ]
    for change in changes {
      let token = Forgery.token(Self.header, payload(change), key)
      #expect(try status(token) == 401, "\(change)")
    }
  }

  @Test func theRoleIsThatOfTheAccount() throws {
    let token = Forgery.token(Self.header, payload(["role": "\"admin\""]), key)
    let person = Person(username: "", token: token)
    #expect(try site.send("GET", "/admin/users", as: person).status == 403)
    #expect(try site.send("GET", "/auth/me", as: person).text.contains("\"role\":\"labeler\""))
  }

  @Test func forgedSignaturesAreRefused() throws {
    let none = #"{"alg":"none","typ":"JWT"}"#
    let unsigned = Forgery.token(none, payload(), key).split(separator: ".").dropLast()
    let wrong = Array("another key of the same length, which is 64 bytes, more or less.".utf8)
    var tokens = [
      Forgery.token(Self.header, payload(), wrong), Forgery.token(Self.header, payload(), []),
      Forgery.token(Self.header, payload(), Array(site.site.config.linkKey.utf8)),
      Forgery.token(none, payload(), key), unsigned.joined(separator: ".") + ".",
      unsigned.joined(separator: "."),
      Forgery.token(#"{"alg":"NONE","typ":"JWT"}"#, payload(), key),
      Forgery.token(#"{"alg":"HS512","typ":"JWT"}"#, payload(), key),
      Forgery.token(#"{"alg":"RS256","typ":"JWT"}"#, payload(), key),
      Forgery.token(#"{"typ":"JWT"}"#, payload(), key), Forgery.token("{}", payload(), key),
      Forgery.token(Self.header, "[]", key), Forgery.token(Self.header, "", key),
    ]
    // Keys that a token contains are ignored.
    let attackers = Base64URL.encode(wrong)
    for more in [
      #""jwk":{"kty":"oct","k":"\#(attackers)"}"#, #""jku":"https://eve.example.org/keys""#,
      #""kid":"/dev/null""#, #""kid":"' union select 'x""#, #""x5u":"https://eve.example.org""#,
    ] {
      let header = #"{"alg":"HS256","typ":"JWT",\#(more)}"#
      tokens += [Forgery.token(header, payload(), wrong), Forgery.token(header, payload(), [])]
    }
    for length in [0, 1, 10, person.token.utf8.count - 1] {
      tokens.append(String(person.token.prefix(length)))
    }
    tokens += [person.token + ".x", person.token + "A", "..", "a.b.c", "\u{0}", "🐈.🐈.🐈"]
    tokens.append(String(repeating: "A", count: 1 << 20))
    tokens.append(person.token + String(repeating: "A", count: 1 << 20))
    for token in tokens { #expect(try status(token) == 401, "\(token.prefix(80))") }
    #expect(try status(person.token) == 200)
  }

  /// A thread verifies a token once and keeps its claims, but not longer than they are valid.
  @Test func aKeptTokenExpires() throws {
    let cache = TokenCache(key: key)
    let token = Forgery.token(Self.header, payload(["exp": "2000"]), key)
    #expect(cache.claims(of: token, now: 1999)?.subject == account)
    #expect(cache.claims(of: token, now: 1999)?.subject == account)
    for now in [2000, 2001, 9999] { #expect(cache.claims(of: token, now: now) == nil, "\(now)") }
    // It is refused in a cache that has not seen it, too.
    #expect(TokenCache(key: key).claims(of: token, now: 2000) == nil)
  }

  @Test func anExpiredSessionIsRefused() throws {
    try site.owner().run("update session set expires_at = now()")
    #expect(try status(person.token) == 401)
  }
}
