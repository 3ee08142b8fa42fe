internal import CCrypto

/// A public key that verifies signatures of JSON web tokens (RFC 7518), made by libcrypto.
package final class PublicKey: @unchecked Sendable {
  /// The only algorithm that the key may verify: `ES256` or `RS256`.
  package let algorithm: String
  /// It is never changed, and libcrypto counts its references atomically.
  private let key: OpaquePointer

  private init?(_ algorithm: String, _ key: OpaquePointer?) {
    guard let key else { return nil }
    self.algorithm = algorithm
    self.key = key
  }

  deinit { EVP_PKEY_free(key) }

  /// Makes a key from a point of the curve P-256; nil when it is not on the curve.
  package convenience init?(x: [UInt8], y: [UInt8]) {
    guard x.count == 32, y.count == 32 else { return nil }
    self.init("ES256", ccrypto_p256(x, y))
  }

  /// Makes an RSA key of at least 2,048 bits; nil when it is shorter or invalid.
  package convenience init?(modulus: [UInt8], exponent: [UInt8]) {
    guard (256...1024).contains(modulus.count), (1...8).contains(exponent.count) else {
      return nil
    }
    self.init("RS256", ccrypto_rsa(modulus, modulus.count, exponent, exponent.count))
  }

  /// Whether the message was signed with SHA-256 by the owner of the key.
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

  /// Converts two numbers side by side into the form of libcrypto: a sequence of two DER integers.
  private static func der(_ pair: [UInt8]) -> [UInt8] {
    let numbers = [pair.prefix(32), pair.suffix(32)].map { half -> [UInt8] in
      var digits = Array(half.drop { $0 == 0 })
      // A leading 1 bit would mean a negative number, and an integer has at least one byte.
      if digits.first.map({ $0 > 127 }) ?? true { digits.insert(0, at: 0) }
      return [0x02, UInt8(digits.count)] + digits
    }
    let body = numbers[0] + numbers[1]
    return [0x30, UInt8(body.count)] + body
  }
}
