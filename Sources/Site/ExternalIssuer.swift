package import HTTP

internal import Cryptography
internal import Glibc
internal import Logging
internal import Outbound
internal import Synchronization
internal import Vocabulary

/// Another service whose tokens are accepted, for example Supabase.
///
/// A token (RFC 7519) is valid when it is signed with the issuer's key and the algorithm of that
/// key. Only `kid` selects the key; other key parameters of the token are ignored.
package final class ExternalIssuer: Sendable {
  private let settings: Settings
  private let keys = Mutex(Keys())

  /// Seconds after which published keys are fetched again.
  private static let lifetime = 600
  /// The minimum number of seconds between fetches because of an unknown key.
  private static let pause = 30

  private struct Keys {
    var byID: [String: PublicKey] = [:]
    /// The time of the last fetch; nil before the first.
    var lookedAt: Int?
    var isLooking = false
  }

  /// Makes an issuer from its settings.
  init(_ settings: Settings) { self.settings = settings }

  /// The claims about a token's bearer.
  package struct Claims: Equatable {
    /// The `sub` of the token: the person at the issuer.
    package let subject: String
    /// The e-mail address; nil when there is none, or when it is invalid.
    package let email: String?
    /// Whether the issuer sets `email_verified` (OpenID Connect Core, 5.1).
    ///
    /// `user_metadata` is ignored, because at some issuers users can write it themselves.
    package let isEmailVerified: Bool
    /// The full name; nil when the token has none.
    package let fullName: String?
  }

  /// The issuer's name, as in its tokens.
  package var name: String { settings.issuer }

  /// Returns the claims of a currently valid token of the issuer, or nil for other text.
  /// - Throws: 503 while the key may still be fetched, so that a valid token is never refused.
  package func verify(_ text: String, now: Int = time(nil)) throws(Problem) -> Claims? {
    guard let token = SignedToken(text), try isSigned(token) else { return nil }
    guard token.text("iss") == settings.issuer, isForUs(token["aud"]),
      let expires = token.seconds("exp"), expires > now,
      token["nbf"] == nil || token.seconds("nbf").map({ $0 <= now + 60 }) == true,
      let subject = token.text("sub"), (1...255).contains(subject.utf8.count),
      Self.isPlain(subject)
    else { return nil }
    let metadata = token.object("user_metadata")
    let name = metadata.text("full_name") ?? metadata.text("name") ?? token.text("name")
    return Claims(
      subject: subject, email: token.text("email").flatMap { Rule.isEmail($0) ? $0 : nil },
      isEmailVerified: token["email_verified"] == .bool(true),
      fullName: name.flatMap { Self.isPlain($0) ? $0.normalized : nil })
  }

  /// Whether a text has no control characters; PostgreSQL stores no NUL.
  private static func isPlain(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
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
      // A secret is used only when configured; a public key is never used as a secret.
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
    // One thread fetches the keys. Others do not wait for it, because a slow issuer and forged
    // tokens could block all of them.
    guard isDue else {
      guard known == nil, isLooking else { return known }
      throw .unavailable("The issuer's keys are being fetched: try again in a moment.")
    }
    let fetched = fetch()
    return keys.withLock { keys in
      keys.isLooking = false
      // When the issuer is unreachable, its old keys stay in use.
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
      Logger.assay.warning("keys of the issuer not fetched", metadata: ["error": "\(error)"])
      return nil
    }
  }
}

extension ExternalIssuer {
  /// The operator's settings for the issuer.
  package struct Settings: Sendable {
    /// The `iss` of its tokens.
    package let issuer: String
    /// The `aud` of its tokens for us.
    package let audience: String
    /// The secret for HS256; nil when the issuer publishes keys.
    package let secret: [UInt8]?
    /// The location of its published keys: an https address, or the path of a file.
    package let keys: String?
    /// The PEM file of a certificate authority to trust for it.
    package let authority: String?

    /// Reads the settings; nil when `ASSAY_ISSUER` is not set.
    ///
    /// It reads `ASSAY_ISSUER`, `ASSAY_ISSUER_AUDIENCE`, `ASSAY_ISSUER_JWKS`, `ASSAY_ISSUER_CA`,
    /// and, without published keys, the file `issuer.secret` in `secrets`.
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
