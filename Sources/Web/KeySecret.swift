package import Cryptography

/// A permission of a key, which never exceeds its owner's.
package enum KeyScope: String, CaseIterable, Sendable {
  /// Allows reading.
  case read
  /// Allows changes.
  case write
  /// Allows what administrators of the site may do.
  case admin
}

/// The text of a key: its prefix identifies it when it is found in a wrong place.
package struct KeySecret {
  /// The text of the key.
  package let text: String

  private static let prefix = "assay_"

  /// A new key.
  package init() { text = Self.prefix + Base64URL.encode(Random.bytes(32)) }

  /// Reads a key; nil for any other text.
  init?(_ text: String) {
    guard text.utf8.count == 49, text.hasPrefix(Self.prefix) else { return nil }
    self.text = text
  }

  package var hash: Digest { SHA256.digest(text.utf8) }
}
