package import Postgres

internal import Cryptography
internal import HTTP

/// The accounts as an administrator's command line sees them, over the owner's connection.
package enum Directory {
  /// An account in the directory.
  package struct Entry {
    /// What the account signs in with.
    package let username: String
    /// Nil when none is known.
    package let email: String?
    /// Its one role on the whole site.
    package let role: Role
    /// Whether it may sign in.
    package let isActive: Bool
  }

  /// What the command asked for cannot be done, in one sentence.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// Makes an account; those who bring pictures own a personal organization.
  package static func add(
    _ username: String, email: String?, role: Role, password: String, _ db: Connection
  ) throws {
    guard (2...64).contains(username.unicodeScalars.count), Rule.isUsername(username) else {
      throw Refusal(
        description: "A username is 2 to 64 letters, digits, dots, hyphens and underscores.")
    }
    let owns = role == .customer || role == .universal
    do {
      try AccountQueries.signUp(
        .new(), username: username, email: email, passwordHash: try hash(password), role: role,
        organization: owns ? .new() : nil, db)
    } catch PostgresError.constraint {
      throw Refusal(description: "There is an account of that username or e-mail address.")
    }
  }

  /// All accounts by name.
  package static func list(_ db: Connection) throws -> [Entry] {
    try DirectoryQueries.list(db)
  }

  /// Shuts an account out from its next request on.
  package static func deactivate(_ username: String, _ db: Connection) throws {
    try expect(username, try DirectoryQueries.deactivate(username, db))
  }

  /// Gives an account another role.
  package static func change(_ username: String, to role: Role, _ db: Connection) throws {
    try db.transaction { db in
      try expect(username, try DirectoryQueries.change(username, to: role, db))
      guard role == .customer || role == .universal else { return }
      try DirectoryQueries.ensureOrganization(.new(), of: username, db)
    }
  }

  /// Sets a password and ends the account's sessions.
  package static func setPassword(
    _ username: String, _ password: String, _ db: Connection
  ) throws {
    let hash = try hash(password)
    try db.transaction { db in
      try expect(username, try DirectoryQueries.setPassword(username, hash, db))
      try DirectoryQueries.endSessions(of: username, db)
    }
  }

  private static func hash(_ password: String) throws -> String {
    guard (8...128).contains(password.unicodeScalars.count) else {
      throw Refusal(description: "A password is 8 to 128 characters.")
    }
    return Password.hash(password)
  }

  private static func expect(_ username: String, _ changed: Int) throws {
    guard changed == 1 else { throw Refusal(description: "There is no account \(username).") }
  }
}
