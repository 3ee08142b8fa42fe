internal import HTTP

/// Prepares passwords as in RFC 8265, so that all keyboards and systems give the same bytes.
///
/// The RFC forbids more characters, but only control characters are refused here: emoji and others
/// that its tables exclude make good passwords.
package enum OpaqueString {
  /// Returns the password in normal form C, with every space replaced by the ASCII space.
  package static func prepared(_ password: String) -> String {
    if password.utf8.allSatisfy({ $0 < 0x80 }) { return password }
    var scalars = String.UnicodeScalarView()
    scalars.append(
      contentsOf: password.unicodeScalars.lazy.map {
        $0.properties.generalCategory == .spaceSeparator ? " " : $0
      })
    return String(scalars).normalized
  }

  /// Whether a new password has no control characters.
  package static func isAllowed(_ password: String) -> Bool {
    !password.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
