internal import HTTP

/// Passwords as RFC 8265 prepares them, so that every keyboard and system gives the same bytes.
///
/// The RFC forbids more, but only control characters are refused here: emoji and other characters
/// that its tables leave out make good passwords.
enum OpaqueString {
  /// The password with every space as the ASCII one, in normal form C.
  static func prepared(_ password: String) -> String {
    if password.utf8.allSatisfy({ $0 < 0x80 }) { return password }
    var scalars = String.UnicodeScalarView()
    scalars.append(
      contentsOf: password.unicodeScalars.lazy.map {
        $0.properties.generalCategory == .spaceSeparator ? " " : $0
      })
    return String(scalars).normalized
  }

  /// Whether a new password has no control characters.
  static func isAllowed(_ password: String) -> Bool {
    !password.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
