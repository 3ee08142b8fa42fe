package import HTTP

extension Rule where Value == String {
  /// Whether a text may be an address: ASCII alone, so that none looks like another's, and nothing
  /// that ends an address in a letter's envelope.
  package static func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>()[],;:\\\"".utf8.contains($0) }
      }
  }
}
