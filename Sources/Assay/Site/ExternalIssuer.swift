internal import Cryptography
internal import Glibc
internal import HTTP
internal import Logging
internal import Outbound
internal import Synchronization

/// Another service whose tokens we take, such as Supabase.
///
/// A token (RFC 7519) is good when the issuer's own key made its signature under the algorithm that
/// goes with that key: what a token says of its key beyond `kid` is not read.
package final class ExternalIssuer: Sendable {
  private let settings: Settings
  private let keys = Mutex(Keys())

  /// Published keys are looked at again after so many seconds.
  private static let lifetime = 600
  /// A token that names an unknown key makes us look again, but not more often than this, in seconds.
  private static let pause = 30

  private struct Keys {
    var byID: [String: PublicKey] = [:]
    /// When somebody last went to look; nil before the first did.
    var lookedAt: Int?
    var isLooking = false
  }

  /// An issuer as configured.
  init(_ settings: Settings) { self.settings = settings }

  /// What a token says of its bearer.
  struct Claims: Equatable {
    let subject: String
    let email: String?
    /// Whether the issuer says so in `email_verified` (OpenID Connect Core, 5.1).
    ///
    /// `user_metadata` does not count: at some issuers people write it themselves.
    let isEmailVerified: Bool
    let fullName: String?
  }

  /// The issuer's name, as its tokens have it.
  var name: String { settings.issuer }

  /// Reads a token of the issuer's that is valid now; nil for any other text.
  /// - Throws: 503 while the key that it names may be on its way: a good token is never refused.
  func verify(_ text: String, now: Int = time(nil)) throws(Problem) -> Claims? {
    guard let token = SignedToken(text), try isSigned(token) else { return nil }
    guard token.text("iss") == settings.issuer, isForUs(token["aud"]),
      let expires = token.seconds("exp"), expires > now,
      token["nbf"] == nil || token.seconds("nbf").map({ $0 <= now + 60 }) == true,
      let subject = token.text("sub"), (1...255).contains(subject.utf8.count)
    else { return nil }
    let metadata = token.object("user_metadata")
    return Claims(
      subject: subject, email: token.text("email").flatMap { Rule.isEmail($0) ? $0 : nil },
      isEmailVerified: token["email_verified"] == .bool(true),
      fullName: (metadata.text("full_name") ?? metadata.text("name") ?? token.text("name"))?
        .normalized)
  }

  private func isForUs(_ audience: JSON?) -> Bool {
    switch audience {
    case .string(let one): one == settings.audience
    case .array(let several): several.contains(.string(settings.audience))
    default: false
    }
  }

  private func isSigned(_ token: SignedToken) throws(Problem) -> Bool {
    switch token.algorithm {
    case "HS256":
      // Never with a public key for a secret: there is one only when it was configured.
      guard let secret = settings.secret else { return false }
      return HMAC.equal(HMAC.sha256(token.signed, key: secret), token.signature)
    case "ES256", "RS256":
      guard settings.keys != nil, let key = try key(token.keyID ?? "") else { return false }
      return key.algorithm == token.algorithm
        && key.verifies(token.signature, of: Array(token.signed.utf8))
    default: return false
    }
  }

  private func key(_ id: String) throws(Problem) -> PublicKey? {
    let (known, isDue, isLooking) = keys.withLock { keys in
      let age = keys.lookedAt.map { time(nil) - $0 } ?? .max
      let isDue = age > Self.lifetime || keys.byID[id] == nil && age > Self.pause
      defer { if isDue { (keys.lookedAt, keys.isLooking) = (time(nil), true) } }
      return (keys.byID[id], isDue, keys.isLooking)
    }
    // One thread goes and looks. The others do not wait for it: an issuer that is slow, and tokens
    // that anybody can make up, would hold them all.
    guard isDue else {
      guard known == nil, isLooking else { return known }
      throw .unavailable("The issuer's keys are being fetched: try again in a moment.")
    }
    let fetched = fetch()
    return keys.withLock { keys in
      keys.isLooking = false
      // An issuer that is away keeps its old keys for now.
      if let fetched { keys.byID = fetched }
      return keys.byID[id]
    }
  }

  private func fetch() -> [String: PublicKey]? {
    guard let place = settings.keys else { return nil }
    do {
      let bytes =
        place.hasPrefix("https://")
        ? try WebDocument.fetch(place, limit: 1 << 18, authority: settings.authority)
        : try SecretFile.document(place)
      return KeySet.read(bytes)
    } catch {
      Logger.assay.warning("no keys of the issuer", metadata: ["error": "\(error)"])
      return nil
    }
  }
}

extension ExternalIssuer {
  /// What an operator says of the issuer.
  package struct Settings: Sendable {
    /// The `iss` of its tokens.
    package let issuer: String
    /// The `aud` of its tokens for us.
    package let audience: String
    /// The secret of HS256; nil when it publishes keys.
    package let secret: [UInt8]?
    /// Where its keys are published: an https address, or the path of a file.
    package let keys: String?
    /// PEM file of an authority to trust for it.
    package let authority: String?

    /// The settings; nil when `ASSAY_ISSUER` is not set.
    ///
    /// Reads `ASSAY_ISSUER`, `ASSAY_ISSUER_AUDIENCE`, `ASSAY_ISSUER_JWKS`, `ASSAY_ISSUER_CA`, and,
    /// without published keys, the file `issuer.secret` in `secrets`.
    /// - Throws: `ConfigError`.
    init?(environment: (String) -> String?, secrets: String) throws(ConfigError) {
      guard let issuer = environment("ASSAY_ISSUER") else { return nil }
      self.issuer = issuer
      audience = environment("ASSAY_ISSUER_AUDIENCE") ?? "authenticated"
      keys = environment("ASSAY_ISSUER_JWKS")
      authority = environment("ASSAY_ISSUER_CA")
      guard let keys else {
        let secret = try SecretFile.text("\(secrets)/issuer.secret")
        guard secret.utf8.count >= 32 else {
          throw ConfigError(
            description: "\(secrets)/issuer.secret must have 32 characters or more.")
        }
        self.secret = Array(secret.utf8)
        return
      }
      secret = nil
      guard keys.hasPrefix("https://") || keys.hasPrefix("/") else {
        throw ConfigError(description: "ASSAY_ISSUER_JWKS must be an https address or a path.")
      }
    }
  }
}
