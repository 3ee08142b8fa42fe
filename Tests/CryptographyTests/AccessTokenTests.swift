import Cryptography
import Testing

@Suite("Access tokens")
struct AccessTokenTests {
  private static let key = Array(String(repeating: "0123456789abcdef", count: 4).utf8)
  private static let header = #"{"alg":"HS256","typ":"JWT"}"#
  private static let claims = [
    "iss": "\"assay\"", "aud": "\"assay-api\"", "typ": "\"access\"", "sub": "\"somebody\"",
    "jti": "\"a session\"", "role": "\"labeler\"", "org": "\"an organization\"", "iat": "1000",
    "exp": "2000",
  ]

  private func token(
    _ header: String = header, _ changes: [String: String] = [:], without: String = "",
    key: [UInt8] = key
  ) -> String {
    let claims = Self.claims.merging(changes) { $1 }.filter { $0.key != without }
    let payload = claims.map { "\"\($0)\":\($1)" }.joined(separator: ",")
    let signed = [header, "{\(payload)}"].map { Base64URL.encode(Array($0.utf8)) }
      .joined(separator: ".")
    return "\(signed).\(Base64URL.encode(HMAC.sha256(signed, key: key)))"
  }

  private func read(_ token: String, now: Int = 1500) -> AccessToken? {
    AccessToken(verifying: token, with: Self.key, now: now)
  }

  private static let read = AccessToken(
    subject: "somebody", session: "a session", role: "labeler", organization: "an organization",
    expires: 2000)

  @Test func aTokenSurvivesEncodingAndDecoding() throws {
    let text = try #require(Self.read.signed(with: Self.key))
    #expect(text.split(separator: ".").count == 3)
    #expect(read(text) == Self.read)
  }

  // Made by Python's hmac and base64.
  @Test func tokensOfAnotherProgramAreRead() {
    let payload = """
      eyJpc3MiOiJhc3NheSIsImF1ZCI6ImFzc2F5LWFwaSIsInR5cCI6ImFjY2VzcyIsInN1YiI6InNvbWVib2R5Iiwi\
      anRpIjoiYSBzZXNzaW9uIiwicm9sZSI6ImxhYmVsZXIiLCJvcmciOiJhbiBvcmdhbml6YXRpb24iLCJpYXQiOjEw\
      MDAsImV4cCI6MjAwMH0
      """
    let signature = "voG-QkeBW7AR1BZ3KWrRxJ0sHik5OPwoP-YLbVzVewE"
    #expect(read("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\(payload).\(signature)") == Self.read)
    // A valid signature with another algorithm than ours.
    let hs384 = "vScovv5FsWZgTZCc8ZhSntCRii38dGb3kQ1KH9ZnNFFT2oi0ES9BkBEQuzIcbCCP"
    #expect(read("eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.\(payload).\(hs384)") == nil)
    #expect(read("eyJhbGciOiJub25lIn0.\(payload).\(signature)") == nil)
    #expect(read("eyJhbGciOiJub25lIn0.\(payload).") == nil)
  }

  @Test func tokensExpire() {
    #expect(read(token(), now: 1999) == Self.read)
    #expect(read(token(), now: 2000) == nil)
    #expect(read(token(), now: .max) == nil)
  }

  @Test(arguments: [
    ("iss", "\"other\""), ("aud", "\"other\""), ("aud", "[\"assay-api\"]"), ("typ", "\"refresh\""),
    ("sub", "1"), ("jti", "null"), ("exp", "1500"), ("exp", "\"2000\""), ("exp", "null"),
    ("exp", "-1"), ("iss", "null"), ("typ", "\"Access\""),
  ])
  func otherClaimsAreRefused(name: String, value: String) {
    #expect(read(token()) == Self.read)
    #expect(read(token(Self.header, [name: value])) == nil)
  }

  @Test(arguments: ["iss", "aud", "typ", "sub", "jti", "role", "exp"])
  func aMissingClaimIsRefused(name: String) {
    #expect(read(token(without: name)) == nil)
    #expect(read(token(without: "iat")) == Self.read)
    #expect(read(token(without: "org"))?.organization == .some(nil))
  }

  @Test func otherSignaturesAreRefused() {
    #expect(read(token(key: Array("another key".utf8))) == nil)
    #expect(read(token(key: [])) == nil)
    #expect(AccessToken(verifying: token(), with: Array(Self.key.dropLast()), now: 1500) == nil)
    for header in [
      #"{"alg":"none"}"#, #"{"alg":"NONE"}"#, #"{"alg":"HS512"}"#, #"{"alg":"RS256"}"#,
      #"{"alg":"ES256"}"#, #"{"alg":""}"#, "{}", "[]", "",
    ] {
      #expect(read(token(header)) == nil, "\(header)")
    }
  }

  @Test func damagedTokensAreRefused() {
    let good = token()
    for length in 0..<good.utf8.count { #expect(read(String(good.prefix(length))) == nil) }
    let parts = good.split(separator: ".")
    #expect(read("\(parts[0]).\(parts[1])") == nil)
    #expect(read("\(parts[0]).\(parts[1]).") == nil)
    #expect(read("\(parts[1]).\(parts[0]).\(parts[2])") == nil)
    #expect(read(good + ".x") == nil)
    #expect(read(String(repeating: "A", count: 1 << 20)) == nil)
    #expect(read(good + String(repeating: "A", count: 1 << 20)) == nil)
    for text in ["", ".", "..", "...", "a.b.c", "\u{0}.\u{0}.\u{0}", "🐈.🐈.🐈"] {
      #expect(read(text) == nil)
    }
  }
}
