package import Cryptography

internal import Glibc

/// The tokens that one thread has verified, so that their signature is computed only once.
///
/// The session is checked separately, with every request.
package final class TokenCache {
  private let key: [UInt8]
  private var verified: [String: AccessToken] = [:]

  /// The number of tokens at which the cache is cleared; one takes about a kilobyte.
  private static let capacity = 512

  /// Makes an empty cache for tokens that this key signs.
  package init(key: [UInt8]) { self.key = key }

  /// Returns a token's claims, or nil when it is not ours or has expired.
  package func claims(of text: String, now: Int = time(nil)) -> AccessToken? {
    if let claims = verified[text] { return claims.expires > now ? claims : nil }
    guard let claims = AccessToken(verifying: text, with: key, now: now) else { return nil }
    if verified.count >= Self.capacity { verified.removeAll(keepingCapacity: true) }
    verified[text] = claims
    return claims
  }
}
