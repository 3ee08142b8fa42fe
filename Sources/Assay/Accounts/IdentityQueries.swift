internal import Cryptography
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary

/// Every SQL statement about accounts of an external issuer.
enum IdentityQueries {
  /// Creates or updates the account of a subject, without its address; true when it is new, nil
  /// when it is deactivated.
  static func synchronize(
    _ claims: ExternalIssuer.Claims, of issuer: String, new account: ID<Account>,
    username: String, invitation: Digest?, _ db: Connection
  ) throws(PostgresError) -> Bool? {
    try db.one(
      """
      select synchronize_identity(
        \(issuer), \(claims.subject), null, \(claims.fullName), \(account), \(username),
        \(invitation))
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
