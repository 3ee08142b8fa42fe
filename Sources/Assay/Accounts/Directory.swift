package import Postgres
package import Web

internal import Cryptography
internal import HTTP
internal import Site
internal import Vocabulary

/// Manages accounts from the command line, over the owner's connection.
package enum Directory {
  /// An account in the directory.
  package struct Entry {
    /// The username.
    package let username: String
    /// The e-mail address; nil when unknown.
    package let email: String?
    /// Whether the address is verified.
    package let isEmailVerified: Bool
    /// The account's role on the whole site.
    package let role: Role
    /// Whether it may sign in.
    package let isActive: Bool
  }

  /// The reason why a command is refused, as one sentence.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// Makes an account; customers and universals also get a personal organization.
  package static func add(
    _ username: String, email: String?, role: Role, password: String, _ db: Connection
  ) throws {
    guard (2...64).contains(username.unicodeScalars.count), Rule.isUsername(username) else {
      throw Refusal(
        description:
          "A username has 2 to 64 letters (a to z), digits, dots, hyphens and underscores.")
    }
    let owns = role == .customer || role == .universal
    let hash = try hash(password, names: [username, email ?? ""])
    do {
      let account = ID<Account>.new()
      try db.transaction { db in
        try AccountQueries.signUp(
          account, username: username, email: email, passwordHash: hash, role: role,
          organization: owns ? .new() : nil, db)
        try record("account.created", of: username, db, facts: [("role", role.rawValue)])
      }
    } catch PostgresError.constraint {
      throw Refusal(description: "That username is taken.")
    }
  }

  /// Returns all accounts, sorted by name.
  package static func list(_ db: Connection) throws -> [Entry] {
    try DirectoryQueries.list(db)
  }

  /// Deactivates an account, from its next request on.
  package static func deactivate(_ username: String, _ db: Connection) throws {
    try change(username, AccountChanges(isActive: false), "account.deactivated", db)
  }

  /// Activates an account again.
  package static func activate(_ username: String, _ db: Connection) throws {
    try change(username, AccountChanges(isActive: true), "account.activated", db)
  }

  /// Changes an account's role.
  package static func change(_ username: String, to role: Role, _ db: Connection) throws {
    try change(username, AccountChanges(role: role), "account.role", db)
  }

  private static func change(
    _ username: String, _ changes: AccountChanges, _ action: String, _ db: Connection
  ) throws {
    let account = try account(username, db)
    do {
      try db.transaction { db in
        try GrantQueries.lock(account, db)
        _ = try UserQueries.change(account, changes, db)
        try record(
          action, of: username, db,
          facts: changes.facts + APIKeyQueries.retired(of: account, db))
      }
    } catch PostgresError.constraint(name: "account_last_admin", _, _) {
      throw Refusal(description: "\(username) is the last admin: make another account admin first.")
    }
  }

  /// Marks an account's e-mail address as verified.
  package static func verify(_ username: String, _ db: Connection) throws {
    let account = try account(username, db)
    try db.transaction { db in
      guard let losers = try AddressQueries.prove(account, db) else {
        throw Refusal(
          description: "\(username) has no e-mail address, or another account has verified it.")
      }
      for loser in losers { try record("account.address-lost", of: loser.description, db) }
      try record("account.address-verified", of: username, db)
    }
  }

  /// Sets a password and ends the account's sessions and keys.
  package static func setPassword(
    _ username: String, _ password: String, _ db: Connection
  ) throws {
    let hash = try hash(password, names: [username])
    let account = try account(username, db)
    try db.transaction { db in
      _ = try UserQueries.setPassword(of: account, hash, keeping: nil, db)
      try record(
        "account.password", of: username, db, facts: APIKeyQueries.retired(of: account, db))
    }
  }

  /// Makes a reset link that is valid for an hour.
  /// - Parameter origin: the public URL of the service.
  package static func resetLink(
    _ username: String, origin: String, _ db: Connection
  ) throws -> String {
    let account = try account(username, db)
    let link = ResetSecret()
    try db.transaction { db in
      guard try UserQueries.makeReset(for: account, link.hash, until: link.expires, db) else {
        throw Refusal(description: "The account \(username) is deactivated: activate it first.")
      }
      try record("account.reset-link", of: username, db)
    }
    return link.address(origin)
  }

  private static func hash(_ password: String, names: [String]) throws -> String {
    let password = OpaqueString.prepared(password)
    let length = PasswordRule.length
    guard length.contains(password.unicodeScalars.count), OpaqueString.isAllowed(password) else {
      throw Refusal(
        description: "A password has \(length.lowerBound) to \(length.upperBound) characters "
          + "and no control characters.")
    }
    guard !CommonPasswords.contain(password, names: names) else {
      throw Refusal(description: "The password is too common: choose another one.")
    }
    return Password.hash(password)
  }

  private static func account(_ username: String, _ db: Connection) throws -> ID<Account> {
    guard let account = try DirectoryQueries.account(username, db) else {
      throw Refusal(description: "There is no account \(username).")
    }
    return account
  }

  private static func record(
    _ action: String, of username: String, _ db: Connection,
    facts: [(StaticString, String)] = []
  ) throws {
    try AuditLogQueries.record(AuditLog.Event(byCommand: action, of: username, facts: facts), db)
  }
}
