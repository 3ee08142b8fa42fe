internal import CJWT
import Glibc

/// An access token: a JSON web token (RFC 7519) signed with HMAC-SHA256.
///
/// It names its session. The verifier looks up that session, so a logout ends the token.
package struct AccessToken: Equatable, Sendable {
  /// The account's id.
  package let subject: String
  /// The session's id.
  package let session: String
  /// The account's role on the site.
  package let role: String
  /// The organization that new objects of the account belong to; nil when there is none.
  package let organization: String?
  /// Seconds since 1970.
  package let expires: Int

  private static let issuer = "assay"
  private static let audience = "assay-api"
  private static let type = "access"

  /// A token for one account's session.
  package init(
    subject: String, session: String, role: String, organization: String?, expires: Int
  ) {
    self.subject = subject
    self.session = session
    self.role = role
    self.organization = organization
    self.expires = expires
  }

  /// The signed token as text; nil when there is no memory.
  package func signed(with key: [UInt8]) -> String? {
    var token: OpaquePointer?
    guard jwt_new(&token) == 0, let token else { return nil }
    defer { jwt_free(token) }
    jwt_set_alg(token, JWT_ALG_HS256, key, Int32(key.count))
    jwt_add_grant(token, "iss", Self.issuer)
    jwt_add_grant(token, "aud", Self.audience)
    jwt_add_grant(token, "typ", Self.type)
    jwt_add_grant(token, "sub", subject)
    jwt_add_grant(token, "jti", session)
    jwt_add_grant(token, "role", role)
    if let organization { jwt_add_grant(token, "org", organization) }
    jwt_add_grant_int(token, "iat", time(nil))
    jwt_add_grant_int(token, "exp", expires)
    guard let text = jwt_encode_str(token) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// Reads a token that we signed and that has not expired; nil for any other text.
  ///
  /// libjwt checks only the signature; this function checks algorithm, expiry, type and audience.
  package init?(verifying text: String, with key: [UInt8], now: Int = time(nil)) {
    // No token of ours is so long, so libjwt does not parse it.
    guard text.utf8.count < 2048 else { return nil }
    var token: OpaquePointer?
    guard jwt_decode(&token, text, key, Int32(key.count)) == 0, let token else { return nil }
    defer { jwt_free(token) }
    func grant(_ name: String) -> String? { jwt_get_grant(token, name).map { String(cString: $0) } }
    guard jwt_get_alg(token) == JWT_ALG_HS256, grant("iss") == Self.issuer,
      grant("aud") == Self.audience, grant("typ") == Self.type,
      let subject = grant("sub"), let session = grant("jti"),
      let role = grant("role")
    else { return nil }
    let expires = jwt_get_grant_int(token, "exp")
    guard expires > now else { return nil }
    self.init(
      subject: subject, session: session, role: role, organization: grant("org"),
      expires: expires)
  }
}
