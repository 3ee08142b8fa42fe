internal import CCrypto

/// SHA-256 by libcrypto (FIPS 180-4), computed piece by piece.
package final class SHA256 {
  private let context = EVP_MD_CTX_new()

  /// Starts the digest of no bytes.
  package init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes to the digest.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// Returns the digest of all bytes; the object cannot be used afterwards.
  package func finish() -> Digest {
    withUnsafeTemporaryAllocation(byteCount: Digest.length, alignment: 8) { buffer in
      EVP_DigestFinal_ex(
        context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
      return Digest(UnsafeRawBufferPointer(buffer))
    }
  }

  /// The digest of bytes in memory.
  package static func digest(_ bytes: some Sequence<UInt8>) -> Digest {
    let hash = SHA256()
    Array(bytes).withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }
}
