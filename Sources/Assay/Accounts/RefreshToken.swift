internal import Cryptography
internal import Postgres
internal import Vocabulary

/// A refresh token: the session's id and a secret, of which only a hash is stored.
struct RefreshToken {
  let session: ID<Session>
  let text: String

  /// Makes a new token for a session.
  init(_ session: ID<Session>) {
    self.session = session
    text = Base64URL.encode(session.bytes.octets + Random.bytes(32))
  }

  /// Parses a token; nil for other text.
  init?(_ text: String) {
    guard text.utf8.count == 64, let bytes = Base64URL.decode(text),
      let session = UUIDBytes(octets: bytes.prefix(16))
    else { return nil }
    self.session = ID(session)
    self.text = text
  }

  var hash: Digest { SHA256.digest(text.utf8) }
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
