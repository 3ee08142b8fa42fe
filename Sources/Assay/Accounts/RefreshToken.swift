internal import Cryptography
internal import Postgres

/// A refresh token: the session's id and a secret, which is stored as a hash alone.
struct RefreshToken {
  let session: ID<Session>
  let text: String

  /// A new token of a session.
  init(_ session: ID<Session>) {
    self.session = session
    text = Base64URL.encode(session.bytes.octets + Random.bytes(32))
  }

  /// Reads a token; nil for what never was one.
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
  /// The sixteen bytes one by one.
  fileprivate var octets: [UInt8] {
    [high, low].flatMap { half in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
    }
  }

  /// The UUID of sixteen bytes; nil for any other number of them.
  fileprivate init?(octets: some Collection<UInt8>) {
    guard octets.count == 16 else { return nil }
    let halves = [octets.prefix(8), octets.dropFirst(8)[...]].map { half in
      half.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    self.init(high: halves[0], low: halves[1])
  }
}
