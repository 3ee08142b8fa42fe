internal import HTTP
internal import Postgres

extension Context {
  /// Whose a bearer token is; nil for any other text.
  ///
  /// It is a session's, a key's, or that of somebody whom the external issuer knows and who has an
  /// account here.
  /// Nothing of ours is looked up: `enter` has that done. Keys and other issuers' tokens say neither
  /// role nor organization, which costs a statement.
  func caller(ofToken token: String) throws -> Caller? {
    if let claims = claims(of: token) { return Caller(claims) }
    if let key = KeySecret(token) {
      leave()
      return try APIKeyQueries.caller(key.hash, db)
    }
    guard let issuer = site.issuer, let claims = try issuer.verify(token) else { return nil }
    leave()
    return try IdentityQueries.caller(issuer.name, claims.subject, db)
  }

  /// The caller of a token that an open route was given, its scope opened; nil when it is over.
  func entered(byToken token: String) throws -> Caller? {
    guard let caller = try caller(ofToken: token) else { return nil }
    do {
      return try confirmed(caller)
    } catch PostgresError.refused(sqlstate: Access.changed, let claims) {
      return try confirmed(caller.with(claims))
    } catch PostgresError.refused(sqlstate: Access.over, _) {
      return nil
    }
  }

  private func confirmed(_ caller: Caller) throws(PostgresError) -> Caller {
    enter(caller)
    try confirm()
    return caller
  }
}
