internal import CCrypto

/// The signature that nginx's `secure_link_md5` checks before it serves a stored file.
///
/// nginx supports only MD5. The key is at the end of the signed text, so a signature cannot be
/// extended to another text. Links expire after minutes.
package enum SignedLink {
  /// Number of letters in a signature.
  package static let length = 22

  /// The query string of a signed path.
  /// - Parameter expires: seconds since 1970.
  package static func query(path: String, expires: Int, key: String) -> String {
    let text = Array("\(expires)\(path) \(key)".utf8)
    let signature = String(unsafeUninitializedCapacity: length) { letters in
      text.withUnsafeBytes { sign($0, into: letters) }
      return length
    }
    return "expires=\(expires)&sig=\(signature)"
  }

  /// Writes the signature of a text: expiry, path, a space, and the key.
  package static func sign(
    _ text: UnsafeRawBufferPointer, into letters: UnsafeMutableBufferPointer<UInt8>
  ) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digest in
      ccrypto_md5(text.baseAddress, text.count, digest.baseAddress)
      Base64URL.fill(letters, with: UnsafeRawBufferPointer(digest))
    }
  }
}
