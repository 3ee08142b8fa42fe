internal import CCrypto

/// The signature that nginx's `secure_link_md5` checks before it serves a stored file.
///
/// nginx knows MD5 only. The key stands last in the signed text, so that a signature cannot be
/// extended to another text; links live minutes.
package enum SignedLink {
  /// How many letters a signature has.
  package static let length = 22

  /// The query string to put behind a path.
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
