internal import Cryptography
internal import Glibc

/// The tokens that one thread has verified, so that their signature is computed only once.
///
/// The session is checked separately, with every request.
final class TokenCache {
  private let key: [UInt8]
  private var verified: [String: AccessToken] = [:]

  /// The number of tokens at which the cache is cleared; one takes about a kilobyte.
  private static let capacity = 512

  init(key: [UInt8]) { self.key = key }

  /// Returns a token's claims, or nil when it is not ours or has expired.
  func claims(of text: String) -> AccessToken? {
    if let claims = verified[text] { return claims.expires > time(nil) ? claims : nil }
    guard let claims = AccessToken(verifying: text, with: key) else { return nil }
    if verified.count >= Self.capacity { verified.removeAll(keepingCapacity: true) }
    verified[text] = claims
    return claims
  }
}
