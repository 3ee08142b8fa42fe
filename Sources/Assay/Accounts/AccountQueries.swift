internal import Cryptography
internal import Postgres
internal import Storage
internal import Vocabulary
internal import Web

/// Every SQL statement about sign-up and the caller's own account.
enum AccountQueries {
  /// Returns the caller's own account.
  static func profile(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Accounts.User {
    try db.one(
      """
      select account_id, username, email, role from account where account_id = \(account)
      """
    ) { row throws(PostgresError) in
      try Accounts.User(
        id: row.next(), username: row.next(), email: row.next(), role: row.next())
    }
  }

  /// Returns the caller's own account with its points.
  static func me(_ account: ID<Account>, _ db: Connection) throws(PostgresError) -> Accounts.Me {
    try db.one(
      """
      select a.account_id, a.username, a.email, a.role, a.is_anonymous, coalesce(t.points, 0),
        coalesce(t.provisional, 0), coalesce(t.labeled, 0),
        (t.correct::numeric / nullif(t.settled, 0))::float8,
        case when t.account_id is not null then points_rank(t.points) end
      from account a left join points_total t on t.account_id = a.account_id
      where a.account_id = \(account)
      """
    ) { row throws(PostgresError) in
      try Accounts.Me(
        user: Accounts.User(
          id: row.next(), username: row.next(), email: row.next(), role: row.next()),
        isAnonymous: row.next(), points: row.next(), provisional: row.next(),
        labeled: row.next(), accuracy: row.next(), rank: row.next())
    }
  }

  /// Hides or shows the caller's name on leaderboards.
  static func hideName(_ isHidden: Bool, _ db: Connection) throws(PostgresError) {
    try db.run("select hide_name(\(isHidden))")
  }

  /// Makes an account, and a personal organization when its id is given.
  static func signUp(
    _ account: ID<Account>, username: String, email: String?, passwordHash: String, role: Role,
    organization: ID<Organization>?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select sign_up(
        \(account), \(username), \(email), \(passwordHash), \(role)::account_role,
        \(organization))
      """)
  }

  /// Makes an account that an invitation makes a member; returns the organization.
  static func signUp(
    _ account: ID<Account>, username: String, email: String?, passwordHash: String, role: Role,
    invitation: Digest, _ db: Connection
  ) throws(PostgresError) -> ID<Organization> {
    try db.one(
      """
      select sign_up_invited(
        \(account), \(username), \(email), \(passwordHash), \(role)::account_role,
        \(invitation))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Whether anybody may make an account.
  static func isSignUpOpen(_ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select sign_up_is_open from site_limits") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Opens or closes the sign-up, over the owner's connection.
  static func setSignUp(isOpen: Bool, _ db: Connection) throws(PostgresError) {
    try db.run("update site_limits set sign_up_is_open = \(isOpen)")
  }

  /// Makes one of the caller's organizations the one that new work belongs to.
  static func choose(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select choose_organization(\(organization))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// All accounts, newest first.
  static func list(
    limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [AccountList.Row] {
    try db.all(
      """
      select account_id, username, email, role, is_active, created_at
      from account
      where account_id < \(after ?? .last)
      order by account_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try AccountList.Row(
        id: row.next(), username: row.next(), email: row.next(), role: row.next(),
        isActive: row.next(), createdAt: row.next())
    }
  }
}
