import Assay
import Cryptography
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing
import Vocabulary
import Web

@Suite("POST /api/v1/auth/verify-token, POST /api/v1/auth/sync-profile")
struct ExternalIssuerTests {
  private static let issuer = "https://issuer.example.org/auth/v1"
  private static let secret = "a-secret-that-the-issuer-and-we-alone-know"
  private let now = Int(Timestamp.now().microseconds / 1_000_000)

  private func siteWithSecret() throws -> TestSite {
    try TestSite(
      settings: ["ASSAY_ISSUER": Self.issuer], secrets: ["issuer.secret": Self.secret])
  }

  private func payload(_ changes: [String: String?] = [:]) -> String {
    let members = [
      "iss": "\"\(Self.issuer)\"", "aud": "\"authenticated\"", "sub": "\"user-1\"",
      "email": "\"ada@example.org\"", "exp": "\(now + 600)", "role": "\"service_role\"",
      "user_metadata": #"{"full_name": "Ada"}"#,
    ].merging(changes.compactMapValues(\.self)) { $1 }
      .filter { name, _ in changes[name] != .some(nil) }
    return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  private static let header = #"{"alg":"HS256","typ":"JWT"}"#

  private func bearer(_ changes: [String: String?] = [:], _ key: String = secret) -> Person {
    Person(username: "", token: Forgery.token(Self.header, payload(changes), Array(key.utf8)))
  }

  /// PostgreSQL stores no NUL.
  @Test func controlCharactersAreNoPartOfAProfile() throws {
    let site = try siteWithSecret()
    for subject in [#""a\u0000b""#, #""a\nb""#] {
      let bearer = bearer(["sub": subject])
      #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: bearer).status == 401)
      #expect(try site.send("POST", "/api/v1/auth/verify-token", as: bearer).status == 401)
    }
    let ada = bearer(["user_metadata": #"{"full_name": "A\u0000da"}"#])
    #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: ada).status == 200)
    #expect(try site.send("GET", "/api/v1/auth/me", as: ada).json["full_name"] == .null)
  }

  @Test func tokensCreateAndUpdateAnAccount() throws {
    let site = try siteWithSecret()
    let ada = bearer()
    let unknown = try site.send("POST", "/api/v1/auth/verify-token", as: ada)
    #expect(unknown.status == 200)
    #expect(unknown.keys == ["valid", "user"])
    #expect(try unknown.json["user"]["id"].string == "user-1")
    #expect(try unknown.json["user"]["profile"] == .null)
    #expect(try site.send("GET", "/api/v1/auth/me", as: ada).status == 401)
    func synchronize(_ person: Person) throws -> String {
      let answer = try site.send("POST", "/api/v1/auth/sync-profile", as: person)
      #expect(answer.status == 200, "\(answer.text)")
      return try answer.json["message"].string
    }
    #expect(try synchronize(ada) == "User profile created successfully")
    #expect(try synchronize(ada) == "User profile updated successfully")
    let me = try site.send("GET", "/api/v1/auth/me", as: ada)
    #expect(me.status == 200)
    #expect(try me.json["email"].string == "ada@example.org")
    #expect(try me.json["full_name"].string == "Ada")
    #expect(try me.json["role"].string == "customer")
    #expect(try !site.request(by: ada).isEmpty)
    let renamed = bearer(["user_metadata": #"{"full_name": "Ada L."}"#])
    #expect(try synchronize(renamed) == "User profile updated successfully")
    let verified = try site.send("POST", "/api/v1/auth/verify-token", as: ada)
    #expect(try verified.json["user"]["profile"]["full_name"].string == "Ada L.")
    let name = try me.json["username"].string
    try Directory.deactivate(name, site.owner())
    #expect(try site.send("GET", "/api/v1/auth/me", as: ada).status == 401)
    #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: ada).status == 401)
    // A person who deletes the account here may come back with a new one.
    try Directory.activate(name, site.owner())
    let id = try me.json["id"].string
    #expect(try site.send("DELETE", "/api/v1/users/\(id)", as: ada).status == 200)
    #expect(try site.send("GET", "/api/v1/auth/me", as: ada).status == 401)
    #expect(try synchronize(ada) == "User profile created successfully")
    #expect(try site.send("GET", "/api/v1/auth/me", as: ada).json["id"].string != id)
  }

  @Test func anInvalidAddressIsOmitted() throws {
    let site = try siteWithSecret()
    let addresses = [("a", "x"), ("b", "a>,<b@example.org"), ("c", "ａda@example.org")]
    for (subject, address) in addresses {
      let person = bearer(["sub": "\"\(subject)\"", "email": "\"\(address)\""])
      #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: person).status == 200)
      #expect(try site.send("GET", "/api/v1/auth/me", as: person).json["email"] == .null)
    }
  }

  @Test func anAddressDoesNotOpenAnotherAccount() throws {
    let site = try siteWithSecret()
    try Directory.add(
      "ada", email: "ada@example.org", role: .admin, password: TestSite.password, site.owner())
    try Directory.verify("ada", site.owner())
    let ada = bearer(["email_verified": "true"])
    #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: ada).status == 200)
    let me = try site.send("GET", "/api/v1/auth/me", as: ada).json
    #expect(try me["username"].string != "ada")
    #expect(try me["email_verified"] == .bool(false))
    #expect(try me["role"].string == "customer")
    #expect(try Directory.list(site.owner()).map(\.isEmailVerified) == [true, false])
  }

  @Test func theIssuerCanVerifyAnAddress() throws {
    let site = try siteWithSecret()
    try Directory.add(
      "eve", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    func synchronize(_ changes: [String: String?]) throws -> [JSON] {
      let ada = bearer(changes)
      #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: ada).status == 200)
      let me = try site.send("GET", "/api/v1/auth/me", as: ada).json
      return [try me["email"], try me["email_verified"]]
    }
    let address = JSON.string("ada@example.org")
    // With some issuers, people can write their own metadata.
    for changes: [String: String?] in [
      [:], ["email_verified": "false"], ["email_verified": "\"true\""], ["email_verified": "1"],
      ["user_metadata": #"{"email_verified": true}"#],
    ] { #expect(try synchronize(changes) == [address, .bool(false)]) }
    #expect(try synchronize(["email_verified": "true"]) == [address, .bool(true)])
    let eve = try site.send("GET", "/api/auth/me", as: site.signIn("eve")).json
    #expect(try eve["email"] == .null)
    // An address that is only claimed does not replace a verified one.
    #expect(try synchronize(["email": "\"x@example.org\""]) == [address, .bool(true)])
    #expect(
      try synchronize(["email": "\"x@example.org\"", "email_verified": "true"])
        == [.string("x@example.org"), .bool(true)])
  }

  @Test func aClosedSiteMakesNoAccountWithoutAnInvitation() throws {
    let site = try siteWithSecret()
    let host = try site.person(.customer)
    try SignUpRule.invited.set(site.owner())
    let path = "/api/v1/auth/sync-profile"
    #expect(try site.send("POST", path, as: bearer()).status == 403)
    #expect(
      try site.send("POST", path, as: bearer(), json: #"{"invitation": "x"}"#).status == 404)
    let home = try site.send("GET", "/api/auth/me", as: host).json["organization_id"].string
    let secret = try site.invitation(to: home, by: host)
    let json = #"{"invitation": "\#(secret)"}"#
    #expect(try site.send("POST", path, as: bearer(), json: json).status == 200)
    let me = try site.send("GET", "/api/auth/me", as: bearer()).json
    #expect(try me["organization_id"].string == home)
    // A known account needs no invitation.
    #expect(try site.send("POST", path, as: bearer()).status == 200)
    #expect(
      try site.send("POST", path, as: bearer(["sub": "\"user-2\""]), json: json).status == 404)
  }

  @Test func ourOwnTokensAreVerifiedToo() throws {
    let site = try siteWithSecret()
    let bob = try site.person(.labeler, named: "bob")
    for answer in [
      try site.send("POST", "/api/v1/auth/verify-token/", as: bob),
      try site.send("POST", "/api/v1/auth/verify-token", json: #"{"token": "\#(bob.token)"}"#),
    ] {
      #expect(answer.status == 200)
      #expect(try answer.json["user"]["profile"]["username"].string == "bob")
    }
    #expect(try site.send("POST", "/api/v1/auth/sync-profile", as: bob).status == 200)
    _ = try site.send("POST", "/auth/logout", as: bob)
    #expect(try site.send("POST", "/api/v1/auth/verify-token", as: bob).status == 401)
    #expect(try site.send("POST", "/api/v1/auth/verify-token").status == 401)
    #expect(try site.send("POST", "/api/v1/auth/verify-token", json: "{}").status == 401)
    #expect(
      try site.send("POST", "/api/v1/auth/verify-token", json: #"{"token": 1}"#).status == 422)
  }

  @Test func forgeriesAreRefused() throws {
    let site = try siteWithSecret()
    let changes: [[String: String?]] = [
      ["iss": "\"other\""], ["iss": nil], ["aud": "\"anon\""], ["aud": nil], ["aud": "[]"],
      ["exp": "\(now - 1)"], ["exp": nil], ["exp": "\"\(now + 600)\""], ["sub": nil],
      ["sub": "\"\""], ["sub": "1"], ["nbf": "\(now + 600)"], ["nbf": "\"x\""],
      ["exp": "1e300"], ["sub": "\"\(String(repeating: "x", count: 256))\""],
    ]
    for change in changes {
      let answer = try site.send("POST", "/api/v1/auth/verify-token", as: bearer(change))
      #expect(answer.status == 401, "\(change)")
    }
    for header in [
      #"{"alg":"none"}"#, #"{"alg":"HS512"}"#, #"{"alg":"RS256"}"#, #"{"alg":"ES256"}"#, "{}",
      #"{"alg":"HS256","crit":["x"]}"#, "[]", "x",
      #"{"alg":"RS256","jwk":{"kty":"oct","k":"QQ"},"kid":"../../token.key"}"#,
      #"{"alg":"ES256","jku":"https://eve.example.org/keys"}"#,
    ] {
      let token = Forgery.token(header, payload(), Array(Self.secret.utf8))
      let answer = try site.send(
        "POST", "/api/v1/auth/verify-token", as: Person(username: "", token: token))
      #expect(answer.status == 401, "\(header)")
    }
    for person in [
      bearer([:], "another secret of the same length, or so"), bearer([:], ""),
      Person(username: "", token: String(bearer().token.dropLast(44))),
      Person(username: "", token: String(repeating: "A", count: 100_000)),
    ] {
      #expect(try site.send("POST", "/api/v1/auth/verify-token", as: person).status == 401)
    }
    // Two audiences, one of them ours.
    let two = bearer(["aud": #"["x", "authenticated"]"#])
    #expect(try site.send("POST", "/api/v1/auth/verify-token", as: two).status == 200)
  }

  @Test(arguments: ["ES256", "RS256"])
  func publishedKeysVerify(algorithm: String) throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let signer = try Signer(algorithm, in: folder)
    try folder.write("keys.json", #"{"keys": [{"kty": "oct", "k": "QQ"}, \#(signer.key)]}"#)
    let site = try TestSite(settings: [
      "ASSAY_ISSUER": Self.issuer, "ASSAY_ISSUER_JWKS": "\(folder.path)/keys.json",
    ])
    func status(_ token: String) throws -> Int {
      try site.send(
        "POST", "/api/v1/auth/verify-token", as: Person(username: "", token: token)
      ).status
    }
    let header = #"{"alg":"\#(algorithm)","kid":"key-1"}"#
    #expect(try status(signer.token(header, payload())) == 200)
    #expect(try status(signer.token(header, payload(["exp": "\(now - 1)"]))) == 401)
    #expect(try status(signer.token(#"{"alg":"\#(algorithm)","kid":"key-2"}"#, payload())) == 401)
    let other = algorithm == "ES256" ? "RS256" : "ES256"
    #expect(try status(signer.token(#"{"alg":"\#(other)","kid":"key-1"}"#, payload())) == 401)
    // The public key is not secret, so it must not be accepted as an HMAC key.
    let confused = Forgery.token(#"{"alg":"HS256","kid":"key-1"}"#, payload(), signer.publicPEM)
    #expect(try status(confused) == 401)
    let stranger = try Signer(algorithm, in: folder)
    #expect(try status(stranger.token(header, payload())) == 401)
    let good = try signer.token(header, payload())
    #expect(try status(String(good.dropLast(4))) == 401)
  }

  /// The test reads the keys from a pipe to which nobody has written yet.
  @Test func aSlowIssuerOccupiesOneThread() throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let signer = try Signer("ES256", in: folder)
    let pipe = "\(folder.path)/keys"
    #expect(mkfifo(pipe, 0o600) == 0)
    let site = try TestSite(settings: [
      "ASSAY_ISSUER": Self.issuer, "ASSAY_ISSUER_JWKS": pipe,
    ])
    let good = try signer.token(#"{"alg":"ES256","kid":"key-1"}"#, payload())
    @Sendable func status(_ client: Client) throws -> Int {
      try client.send(
        "POST", "/api/v1/auth/verify-token", as: Person(username: "", token: good)
      ).status
    }
    let shared = site.site
    let first = try inThreads(1, { _ in try status(Client(shared)) }) { () throws in
      // Opened as soon as the first thread has begun to read.
      let end = open(pipe, O_WRONLY | O_CLOEXEC)
      defer { close(end) }
      // 401 would sign out the owner of a valid token.
      #expect(try status(site.client) == 503)
      let keys = Array(#"{"keys": [\#(signer.key)]}"#.utf8)
      #expect(write(end, keys, keys.count) == keys.count)
    }
    #expect(first == [200])
    #expect(try status(site.client) == 200)
  }

  @Test func invalidSettingsAreRefused() throws {
    for (settings, secrets) in [
      (["ASSAY_ISSUER": "x"], [:]), (["ASSAY_ISSUER": "x"], ["issuer.secret": "short"]),
      (["ASSAY_ISSUER": "x", "ASSAY_ISSUER_JWKS": "http://issuer.example.org/keys"], [:]),
      (["ASSAY_SMTP": "https://x", "ASSAY_MAIL_FROM": "a@example.org"], [:]),
      (["ASSAY_SMTP": "smtp://x:25"], [:]),
      (["ASSAY_SMTP": "smtp://x:25", "ASSAY_MAIL_FROM": "a@example.org"], [:]),
      (["ASSAY_PUBLIC_URL": "assay.example.org"], [:]),
      (["ASSAY_PUBLIC_URL": "https://assay.example.org/x"], [:]),
    ] {
      #expect(throws: ConfigError.self, "\(settings)") {
        try TestSite(settings: settings, secrets: secrets)
      }
    }
  }
}

/// A private key made by `openssl`, and tokens signed with it.
private struct Signer {
  /// The public key as a JSON web key.
  let key: String
  /// The public key as PEM.
  let publicPEM: [UInt8]
  private let path: String
  private let isCurve: Bool

  init(_ algorithm: String, in folder: TemporaryDirectory) throws {
    isCurve = algorithm == "ES256"
    path = "\(folder.path)/\(UInt32.random(in: 0...UInt32.max)).pem"
    let kind =
      isCurve
      ? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      : ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    _ = try Self.run(["genpkey", "-out", path] + kind)
    publicPEM = try Self.run(["pkey", "-in", path, "-pubout"])
    if isCurve {
      let point = try Self.run(["pkey", "-in", path, "-pubout", "-outform", "DER"]).suffix(64)
      let (x, y) = (
        Base64URL.encode(Array(point.prefix(32))), Base64URL.encode(Array(point.suffix(32)))
      )
      key = #"{"kty":"EC","crv":"P-256","kid":"key-1","use":"sig","x":"\#(x)","y":"\#(y)"}"#
    } else {
      let text = String(
        decoding: try Self.run(["rsa", "-in", path, "-modulus", "-noout"]), as: UTF8.self)
      let digits = text.drop { $0 != "=" }.dropFirst().prefix { $0.isHexDigit }
      let modulus = Base64URL.encode(try #require(Hex.decode(digits)))
      key = #"{"kty":"RSA","kid":"key-1","alg":"RS256","n":"\#(modulus)","e":"AQAB"}"#
    }
  }

  func token(_ header: String, _ payload: String) throws -> String {
    let signed = [header, payload].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    let signature = try Self.run(["dgst", "-sha256", "-sign", path], input: Array(signed.utf8))
    return signed + "." + Base64URL.encode(isCurve ? Self.pair(signature) : signature)
  }

  /// Converts two DER integers to two numbers of 32 bytes.
  private static func pair(_ der: [UInt8]) -> [UInt8] {
    var (rest, pair) = (der.dropFirst(2), [UInt8]())
    for _ in 1...2 {
      let length = Int(rest[rest.startIndex + 1])
      let digits = rest.dropFirst(2).prefix(length).drop { $0 == 0 }
      pair += [UInt8](repeating: 0, count: 32 - digits.count) + digits
      rest = rest.dropFirst(2 + length)
    }
    return pair
  }

  private static func run(_ words: [String], input: [UInt8] = []) throws -> [UInt8] {
    let done = try Program.run(["openssl"] + words, input: input)
    guard done.code == 0 else { throw Missing(description: done.errors) }
    return done.output
  }
}
