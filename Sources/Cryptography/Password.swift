internal import CArgon2

/// Password hashes: Argon2id (RFC 9106) in its encoded form.
package enum Password {
  /// OWASP's first recommendation: 19 MiB, two passes, one lane.
  private static let passes: UInt32 = 2
  private static let kibibytes: UInt32 = 19 * 1024
  private static let lanes: UInt32 = 1

  /// A hash that is stored: about 25 ms of one core.
  package static func hash(_ password: String) -> String {
    hash(password, passes: passes, kibibytes: kibibytes)
  }

  /// A hash under other parameters, such as those of an earlier time.
  package static func hash(_ password: String, passes: UInt32, kibibytes: UInt32) -> String {
    let salt = Random.bytes(16)
    var encoded = [CChar](repeating: 0, count: 128)
    let secret = Array(password.utf8)
    let code = argon2id_hash_encoded(
      passes, kibibytes, lanes, secret, secret.count, salt, salt.count, 32, &encoded,
      encoded.count)
    // Fails only when 19 MiB cannot be had: stored as a hash that nothing matches.
    guard code == ARGON2_OK.rawValue else { return "!" }
    return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Whether the password made that hash; an unusable hash matches nothing.
  package static func matches(_ password: String, _ hash: String) -> Bool {
    let secret = Array(password.utf8)
    return argon2id_verify(hash, secret, secret.count) == ARGON2_OK.rawValue
  }

  /// Whether a hash was made with less than today's parameters.
  package static func isWeak(_ hash: String) -> Bool {
    let parameters = hash.split(separator: "$").dropFirst(2).first ?? ""
    var values: [Substring: UInt32] = [:]
    for pair in parameters.split(separator: ",") {
      let parts = pair.split(separator: "=")
      if parts.count == 2, let value = UInt32(parts[1]) { values[parts[0]] = value }
    }
    return !hash.hasPrefix("$argon2id$v=19$") || values["m", default: 0] < kibibytes
      || values["t", default: 0] < passes
  }

  /// A hash nobody knows the password of: it makes an unknown name cost what a wrong password does.
  package static let decoy = hash(Hex.encode(Random.bytes(16)))
}
