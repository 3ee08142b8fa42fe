internal import CCrypto

/// The signature that nginx's `secure_link_md5` checks before it serves a stored file.
///
/// nginx knows MD5 only. The key stands last in the signed text, so that a signature cannot be
/// extended to another text; links live minutes.
package enum SignedLink {
  /// The query string to put behind a path.
  /// - Parameter expires: seconds since 1970.
  package static func query(path: String, expires: Int, key: String) -> String {
    let text = Array("\(expires)\(path) \(key)".utf8)
    let digest = [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      EVP_Digest(text, text.count, buffer.baseAddress, nil, EVP_md5(), nil)
      count = 16
    }
    return "expires=\(expires)&sig=\(Base64URL.encode(digest))"
  }
}
