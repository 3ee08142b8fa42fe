internal import HTTP
internal import Site

/// The rule for new passwords.
///
/// The page `nginx/html/reset-password.html` states the same length for browsers.
enum PasswordRule {
  /// The minimum and maximum number of characters.
  static let length = 8...128
}

extension Rule where Value == String {
  /// A rule for a new password: its length, no control characters, and no simple repetition.
  ///
  /// `Accounts.refuseCommon` refuses common passwords.
  static var newPassword: Rule {
    let length = PasswordRule.length
    let secret = Rule.secret(length)
    // The pattern excludes only repeated pieces; other common passwords are refused by the handler.
    let count = "{\(length.lowerBound),\(length.upperBound)}"
    let pattern = #"^(?!([\s\S]{1,4})\1+$)[^\u0000-\u001f\u007f-\u009f]"# + count + "$"
    return Rule(verbatim: .string(format: "password", length: length, pattern: pattern)) {
      json throws(Reason) in
      guard case .string(let text) = json else { return try secret.read(json) }
      let password = try secret.read(.string(OpaqueString.prepared(text)))
      guard OpaqueString.isAllowed(password) else { throw "must not contain control characters" }
      return password
    }
  }
}
