internal import HTTP

/// Passwords as RFC 8265 prepares them, so that every keyboard and system makes the same bytes.
///
/// Of what the RFC forbids only control characters are refused: emoji and other signs that its
/// tables leave out make good passwords.
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

  /// Whether a new password holds nothing that the RFC forbids and nobody can type.
  static func isAllowed(_ password: String) -> Bool {
    !password.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
