package import Postgres

internal import Storage
internal import Vocabulary
internal import Web

/// The usage and limits of an organization, for the command line.
package struct Quota {
  /// The number of stored bytes; equal files count once.
  package let usedBytes: Int
  /// The number of items.
  package let usedItems: Int
  /// The maximum number of bytes that announced uploads may add.
  package let announcedBytes: Int
  /// The organization's own limit of bytes.
  package let bytes: Limit
  /// The organization's own limit of items.
  package let items: Limit

  /// A limit of an organization, in bytes or items.
  package enum Limit: Equatable {
    /// The site's default.
    case standard
    case unlimited
    case most(Int)
  }

  /// The organization whose quota is shown or set.
  package enum Subject {
    /// The organization of this account.
    case account(String)
    /// The organization with this id.
    case organization(String)
  }

  /// The error for an unknown organization.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// Reads an organization's usage and limits, over the owner's connection.
  package init(of subject: Subject, _ db: Connection) throws {
    self = try QuotaQueries.quota(of: Self.organization(subject, db), db)
  }

  init(
    used: Room.Amount, announcedBytes: Int, bytes: Limit, items: Limit
  ) {
    (usedBytes, usedItems) = (used.bytes, used.items)
    self.announcedBytes = announcedBytes
    (self.bytes, self.items) = (bytes, items)
  }

  /// Sets the limits; nil leaves a limit unchanged.
  ///
  /// Stored files stay, even beyond the new limit.
  package static func set(
    bytes: Limit?, items: Limit?, of subject: Subject, _ db: Connection
  ) throws {
    let organization = try organization(subject, db)
    try db.transaction { db in
      let old = try QuotaQueries.quota(of: organization, db)
      let (bytes, items) = (bytes ?? old.bytes, items ?? old.items)
      try QuotaQueries.setQuota(of: organization, bytes: bytes, items: items, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          byCommand: "quota.set", of: organization.description,
          facts: [("bytes", "\(bytes)"), ("items", "\(items)")]), db)
    }
  }

  private static func organization(
    _ subject: Subject, _ db: Connection
  ) throws -> ID<Organization> {
    switch subject {
    case .account(let username):
      guard let organization = try QuotaQueries.organization(of: username, db) else {
        throw Refusal(
          description: "There is no account \(username) with an organization of its own.")
      }
      return organization
    case .organization(let id):
      guard let organization = ID<Organization>(id),
        try QuotaQueries.isThere(organization, db)
      else { throw Refusal(description: "There is no organization \(id).") }
      return organization
    }
  }
}

extension Quota.Limit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .standard: "default"
    case .unlimited: "none"
    case .most(let count): String(count)
    }
  }

  /// Decodes a stored limit: the greatest integer means no limit, null means the site's default.
  init(stored: Int?) {
    self = stored.map { $0 == Int.max ? .unlimited : .most($0) } ?? .standard
  }

  var stored: Int? {
    switch self {
    case .standard: nil
    case .unlimited: Int.max
    case .most(let count): count
    }
  }
}
