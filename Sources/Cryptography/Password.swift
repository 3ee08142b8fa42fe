import CArgon2

/// Password hashes: Argon2id (RFC 9106) in its encoded form.
package enum Password {
  /// OWASP's first recommendation: 19 MiB, two passes, one lane.
  private static let cost = PasswordHash.Cost(passes: 2, kibibytes: 19 * 1024, lanes: 1)

  /// Computes the hash to store, which takes about 20 ms of one core.
  package static func hash(_ password: String) -> String {
    hash(password, passes: cost.passes, kibibytes: cost.kibibytes)
  }

  /// Computes a hash with other parameters, such as those of an earlier version.
  package static func hash(
    _ password: String, passes: UInt32, kibibytes: UInt32, salt: [UInt8] = Random.bytes(16)
  ) -> String {
    let cost = PasswordHash.Cost(passes: passes, kibibytes: kibibytes, lanes: 1)
    // Fails only without memory; the text "!" matches no password.
    return PasswordHash(of: password, cost, salt: salt, length: 32)?.text ?? "!"
  }

  /// Whether the password matches the hash; an invalid hash matches nothing.
  package static func matches(_ password: String, _ hash: String) -> Bool {
    guard let right = PasswordHash(hash),
      let given = PasswordHash(
        of: password, right.cost, salt: right.salt, length: right.digest.count)
    else { return false }
    return HMAC.equal(given.digest, right.digest)
  }

  /// Frees the 19 MiB that are kept for the next hash.
  package static func rest() { cargon2_rest() }

  /// Whether a hash was made with weaker parameters than today's.
  package static func isWeak(_ hash: String) -> Bool {
    guard let made = PasswordHash(hash)?.cost else { return true }
    return made.kibibytes < cost.kibibytes || made.passes < cost.passes
  }

  /// A hash to compare with when a name is unknown, so that it takes as long as a wrong password.
  package static let decoy = hash(Hex.encode(Random.bytes(16)))
}

/// An Argon2id hash and its parameters.
private struct PasswordHash {
  let cost: Cost
  let salt: [UInt8]
  let digest: [UInt8]

  struct Cost {
    let passes: UInt32
    let kibibytes: UInt32
    let lanes: UInt32
  }

  /// Computes a hash; nil when libargon2 refuses the parameters or finds no memory.
  init?(of password: String, _ cost: Cost, salt: [UInt8], length: Int) {
    let secret = Array(password.utf8)
    var digest = [UInt8](repeating: 0, count: length)
    let code = cargon2id(
      cost.passes, cost.kibibytes, cost.lanes, secret, UInt32(secret.count), salt,
      UInt32(salt.count), &digest, UInt32(length))
    guard code == ARGON2_OK.rawValue else { return nil }
    (self.cost, self.salt, self.digest) = (cost, salt, digest)
  }

  /// Reads a hash as it is stored: `$argon2id$v=19$m=19456,t=2,p=1$salt$digest`.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
      let cost = Self.cost(parts[3]), let salt = Self.bytes(parts[4]),
      let digest = Self.bytes(parts[5]), digest.count >= 16
    else { return nil }
    (self.cost, self.salt, self.digest) = (cost, salt, digest)
  }

  /// The stored form.
  var text: String {
    "$argon2id$v=19$m=\(cost.kibibytes),t=\(cost.passes),p=\(cost.lanes)"
      + "$\(Self.text(salt))$\(Self.text(digest))"
  }

  private static func cost(_ text: Substring) -> Cost? {
    let pairs = text.split(separator: ",")
    guard pairs.map({ $0.prefix(2) }) == ["m=", "t=", "p="],
      let kibibytes = UInt32(pairs[0].dropFirst(2)), let passes = UInt32(pairs[1].dropFirst(2)),
      let lanes = UInt32(pairs[2].dropFirst(2))
    else { return nil }
    return Cost(passes: passes, kibibytes: kibibytes, lanes: lanes)
  }

  // Base64 with the first alphabet of RFC 4648 and no padding.

  private static func text(_ bytes: [UInt8]) -> String {
    String(Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    guard !text.contains(where: { $0 == "-" || $0 == "_" }) else { return nil }
    return Base64URL.decode(String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
  }
}
