internal import Cryptography
internal import Postgres
internal import Vocabulary

/// A refresh token: the session's id, a secret, and a code that proves that the site issued it.
///
/// The database stores only a hash. The successor of a token is computed from the token and the
/// site's key, so that a token that is used again gives the same successor.
struct RefreshToken {
  let session: ID<Session>
  let text: String
  private let bytes: [UInt8]

  /// The length of the id, of the secret and of the code, in bytes.
  private static let part = 16

  /// Makes the first token of a session.
  init(_ session: ID<Session>, key: [UInt8]) {
    self.init(session, secret: Random.bytes(Self.part), key: key)
  }

  private init(_ session: ID<Session>, secret: [UInt8], key: [UInt8]) {
    self.session = session
    let issued = session.bytes.octets + secret
    bytes = issued + Self.code(of: issued, key)
    text = Base64URL.encode(bytes)
  }

  /// Parses a token; nil for other text.
  init?(_ text: String) {
    guard text.utf8.count == Self.part * 4, let bytes = Base64URL.decode(text),
      let session = UUIDBytes(octets: bytes.prefix(Self.part))
    else { return nil }
    self.session = ID(session)
    self.text = text
    self.bytes = bytes
  }

  var hash: Digest { SHA256.digest(text.utf8) }

  /// Whether the site issued the token, with this key.
  ///
  /// It is false for tokens of the version before, which have a longer secret instead of the code.
  func isIssued(by key: [UInt8]) -> Bool {
    HMAC.equal(Array(bytes.suffix(Self.part)), Self.code(of: bytes.dropLast(Self.part), key))
  }

  /// Returns the token that replaces this one, always the same with the same key.
  func successor(key: [UInt8]) -> RefreshToken {
    let secret = HMAC.sha256("refresh successor\n\(text)", key: key).prefix(Self.part)
    return RefreshToken(session, secret: Array(secret), key: key)
  }

  /// Returns the code of an id and a secret; the first word separates it from other uses of the key.
  private static func code(of issued: some Collection<UInt8>, _ key: [UInt8]) -> [UInt8] {
    let code = HMAC.sha256("refresh token\n\(Base64URL.encode(Array(issued)))", key: key)
    return Array(code.prefix(part))
  }
}

extension UUIDBytes {
  /// The sixteen bytes as an array.
  fileprivate var octets: [UInt8] {
    [high, low].flatMap { half in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
    }
  }

  /// Makes a UUID from sixteen bytes; nil for another number of bytes.
  fileprivate init?(octets: some Collection<UInt8>) {
    guard octets.count == 16 else { return nil }
    let halves = [octets.prefix(8), octets.dropFirst(8)[...]].map { half in
      half.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    self.init(high: halves[0], low: halves[1])
  }
}
