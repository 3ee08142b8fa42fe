internal import Cryptography
internal import Glibc

/// The tokens that one thread has verified: their signature need not be computed again.
///
/// Whether the session lives is another question, and asked with every request.
final class TokenCache {
  private let key: [UInt8]
  private var verified: [String: AccessToken] = [:]

  /// Beyond it the cache is begun anew; a token and its claims take about a kilobyte.
  private static let capacity = 512

  init(key: [UInt8]) { self.key = key }

  /// What a token says; nil when it is not one of ours or has expired.
  func claims(of text: String) -> AccessToken? {
    if let claims = verified[text] { return claims.expires > time(nil) ? claims : nil }
    guard let claims = AccessToken(verifying: text, with: key) else { return nil }
    if verified.count >= Self.capacity { verified.removeAll(keepingCapacity: true) }
    verified[text] = claims
    return claims
  }
}
