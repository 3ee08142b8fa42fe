internal import CCrypto

/// HMAC with SHA-256 (RFC 2104).
package enum HMAC {
  /// The 32 bytes of the code.
  package static func sha256(_ message: String, key: [UInt8]) -> [UInt8] {
    let message = Array(message.utf8)
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      CCrypto.HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, nil)
      count = 32
    }
  }

  /// Whether two codes are equal, compared in constant time.
  package static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}
