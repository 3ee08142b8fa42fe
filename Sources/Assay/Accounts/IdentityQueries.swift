internal import Postgres

/// Every SQL statement about accounts of an external issuer.
enum IdentityQueries {
  /// Returns the account of a subject, or nil when there is none.
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

  /// Creates or updates the account of a subject, without its address.
  ///
  /// It returns true for a new account, and nil for a deactivated one.
  static func synchronize(
    _ claims: ExternalIssuer.Claims, of issuer: String, new account: ID<Account>,
    username: String, _ db: Connection
  ) throws(PostgresError) -> Bool? {
    try db.one(
      """
      select synchronize_identity(
        \(issuer), \(claims.subject), null, \(claims.fullName), \(account), \(username))
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
