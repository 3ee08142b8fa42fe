internal import HTTP
internal import Postgres
internal import Site

extension Context {
  /// Returns the caller of a bearer token, or nil for an unknown token.
  ///
  /// The token belongs to a session, an API key, or the external issuer. A session's token needs no
  /// statement here, because the next statement checks it. Keys and external tokens contain neither
  /// role nor organization, so each needs a statement.
  func caller(ofToken token: String) throws -> Caller? {
    if let claims = claims(of: token) { return Caller(claims) }
    if let key = KeySecret(token) {
      leave()
      return try CallerQueries.caller(key.hash, db)
    }
    guard let issuer = site.issuer, let claims = try issuer.verify(token) else { return nil }
    leave()
    return try CallerQueries.caller(issuer.name, claims.subject, db)
  }

  /// Enters the scope of a token on an open route; nil when its session has ended.
  package func entered(byToken token: String) throws -> Caller? {
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
