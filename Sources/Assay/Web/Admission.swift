internal import HTTP
internal import Postgres

extension Context {
  /// Finds the caller of a bearer token: a session's, a key's, or the external issuer's for an
  /// account of this site; nil for any other text.
  ///
  /// A session's token needs no statement: the next one checks it. Keys and other issuers' tokens
  /// say neither role nor organization, so that each costs a statement.
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

  /// Opens the scope of a token that an open route was given; nil when its session is over.
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
