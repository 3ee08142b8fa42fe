internal import Cryptography
internal import Postgres
internal import Vocabulary

/// The locks for changes of rights.
///
/// Each is the first statement of a transaction. `sql/README.md` has the order of all locks.
enum GrantQueries {
  /// Locks the account whose rights change, and the caller's, until the transaction ends.
  ///
  /// Rights of both that are read afterwards cannot change. When the caller's rights have changed
  /// since admission, the handler restarts with the new ones.
  static func lock(_ account: ID<Account>, _ db: Connection) throws(PostgresError) {
    try db.run("select lock_accounts(\(account))")
  }

  /// Locks the caller's account, so that the caller's rights stay until the transaction ends.
  static func lockCaller(_ db: Connection) throws(PostgresError) {
    try db.run("select lock_accounts(null)")
  }

  /// Locks the accounts of the caller, who becomes a member, and of the inviter.
  static func lock(invitation tokenHash: Digest, _ db: Connection) throws(PostgresError) {
    try db.run("select lock_invitation(\(tokenHash))")
  }
}
