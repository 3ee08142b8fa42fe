internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement that finds the caller of a token without a session.
enum CallerQueries {
  /// Returns the caller of a key; nil when the key is unknown, revoked or expired.
  static func caller(_ secretHash: Digest, _ db: Connection) throws(PostgresError) -> Caller? {
    try db.first(
      "select account_id, role, organization_id, scopes from key_claims(\(secretHash))"
    ) { row throws(PostgresError) in
      let (id, role) = (try row.next(ID<Account>.self), try row.next(Role.self))
      let organization = try row.next(ID<Organization>?.self)
      let scopes = Set(try row.next([String].self).compactMap(KeyScope.init(rawValue:)))
      return Caller(id: id, role: role, organization: organization, way: .key(scopes))
    }
  }

  /// Returns the caller of an issuer's subject; nil when the subject has no account.
  static func caller(
    _ issuer: String, _ subject: String, _ db: Connection
  ) throws(PostgresError) -> Caller? {
    try db.first(
      """
      select account_id, role, organization_id from identity_claims(\(issuer), \(subject))
      """
    ) { row throws(PostgresError) in
      try Caller(id: row.next(), role: row.next(), organization: row.next(), way: .outside)
    }
  }
}
