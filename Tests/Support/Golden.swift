internal import Glibc

/// Files that hold what the public surface was when somebody last looked at it.
///
/// `make golden` writes them anew: a change is then a diff that a reviewer sees.
package enum Golden {
  /// Where a text differs from the file of that name; nil when it does not, or was written just now.
  package static func difference(_ name: String, from text: String) throws -> String? {
    let path = "\(Products.checkout)/Tests/Golden/\(name)"
    if isRewriting {
      try Files.write(path, Array(text.utf8))
      return nil
    }
    let golden = String(decoding: try Files.bytes(path), as: UTF8.self)
    guard golden != text else { return nil }
    let (old, new) = (lines(golden), lines(text))
    let place = zip(old, new).prefix { $0 == $1 }.count
    func line(_ lines: [Substring]) -> Substring { place < lines.count ? lines[place] : "(end)" }
    return """
      \(name), line \(place + 1): was \(line(old)), is \(line(new)). \
      When that is meant: make golden, and commit the difference.
      """
  }

  /// Whether the files are written anew instead of compared.
  package static var isRewriting: Bool {
    guard let mode = getenv("ASSAY_GOLDEN") else { return false }
    return ["write", "rewrite"].contains(String(cString: mode))
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
