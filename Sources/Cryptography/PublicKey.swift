internal import CCrypto

/// A public key that verifies signatures of JSON web tokens (RFC 7518), made by libcrypto.
package final class PublicKey: @unchecked Sendable {
  /// The one algorithm that the key is for: `ES256` or `RS256`.
  package let algorithm: String
  /// Never changed, and libcrypto counts its users by atomics.
  private let key: OpaquePointer

  private init?(_ algorithm: String, _ key: OpaquePointer?) {
    guard let key else { return nil }
    self.algorithm = algorithm
    self.key = key
  }

  deinit { EVP_PKEY_free(key) }

  /// A point of the curve P-256; nil when it is none.
  package convenience init?(x: [UInt8], y: [UInt8]) {
    guard x.count == 32, y.count == 32 else { return nil }
    self.init("ES256", ccrypto_p256(x, y))
  }

  /// An RSA key of 2,048 bits or more.
  package convenience init?(modulus: [UInt8], exponent: [UInt8]) {
    guard (256...1024).contains(modulus.count), (1...8).contains(exponent.count) else {
      return nil
    }
    self.init("RS256", ccrypto_rsa(modulus, modulus.count, exponent, exponent.count))
  }

  /// Whether the key's owner signed that message with SHA-256.
  package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    var signature = signature
    if algorithm == "ES256" {
      guard signature.count == 64 else { return false }
      signature = Self.der(signature)
    }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// Two numbers side by side as libcrypto wants them: a sequence of two DER integers.
  private static func der(_ pair: [UInt8]) -> [UInt8] {
    let numbers = [pair.prefix(32), pair.suffix(32)].map { half -> [UInt8] in
      var digits = Array(half.drop { $0 == 0 })
      // A leading bit would make it negative, and nothing would be no number.
      if digits.first.map({ $0 > 127 }) ?? true { digits.insert(0, at: 0) }
      return [0x02, UInt8(digits.count)] + digits
    }
    let body = numbers[0] + numbers[1]
    return [0x30, UInt8(body.count)] + body
  }
}
