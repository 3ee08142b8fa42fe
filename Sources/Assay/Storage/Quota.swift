package import Postgres

/// What the organization of an account stores and may store, for an administrator's command line.
package struct Quota {
  /// Bytes stored; equal bytes count once.
  package let usedBytes: Int
  /// Items held.
  package let usedItems: Int
  /// Nil: no limit.
  package let bytes: Int?
  /// Nil: no limit.
  package let items: Int?

  /// Who has been named owns no organization.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// Reads what an account's organization stores, over the owner's connection.
  package init(of username: String, _ db: Connection) throws {
    guard let usage = try UsageQueries.usage(of: username, db) else {
      throw Self.refusal(username)
    }
    (usedBytes, usedItems) = (usage.bytes, usage.items)
    (bytes, items) = (usage.byteQuota, usage.itemQuota)
  }

  /// Sets the limits; what is stored already stays.
  package static func set(
    bytes: Int?, items: Int?, of username: String, _ db: Connection
  ) throws {
    guard try UsageQueries.setQuota(of: username, bytes: bytes, items: items, db) else {
      throw refusal(username)
    }
  }

  private static func refusal(_ username: String) -> Refusal {
    Refusal(description: "There is no account \(username) with an organization of its own.")
  }
}
