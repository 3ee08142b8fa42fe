/// The origins whose pages may read answers (CORS), from `ASSAY_CORS_ORIGINS`.
///
/// nginx answers some requests alone, so it has the same list: `nginxValues` is its file.
package struct Origins: Sendable {
  private let listed: [String]
  /// The value for an origin that is not listed.
  private let others: String

  /// No origins.
  package init() { self.init(listed: []) }

  private init(listed: [String]) {
    self.listed = listed
    others = listed.isEmpty ? "" : "! " + listed.joined(separator: " ")
  }

  /// Parses origins as browsers send them: `https://host[:port]`, no path, no `*`.
  /// - Throws: `ConfigError` with one sentence.
  package init(_ text: String?) throws(ConfigError) {
    let words = (text ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    for word in words where Origin(word)?.isAsSent != true {
      throw ConfigError(
        description: "ASSAY_CORS_ORIGINS must list origins as browsers send them, such as "
          + "https://host or http://host:8000: \(word) is none.")
    }
    self.init(listed: Set(words).sorted())
  }

  /// The origins, separated by commas.
  package var text: String { listed.joined(separator: ",") }

  /// Whether there is an origin at all.
  package var isEmpty: Bool { listed.isEmpty }

  /// Whether pages of this origin may read answers.
  package func contains(_ origin: String) -> Bool { listed.contains(origin) }

  /// Returns the value that nginx computes for a request's origin from the same list.
  ///
  /// It is the origin if it is listed, otherwise the whole list after a `!`, or empty if nothing is
  /// listed.
  package func value(for origin: String?) -> String {
    if let origin, contains(origin) { return origin }
    return others
  }

  /// The file `nginx-origins.conf`: values of nginx's map from `$http_origin`.
  package var nginxValues: String {
    var lines = ["# Written by `assay nginx-origins` from ASSAY_CORS_ORIGINS."]
    if !isEmpty { lines.append("default \"\(others)\";") }
    // A plain key would ignore case, so each key is a pattern.
    lines += listed.map { "\"~^\(Self.pattern($0))$\" \"\($0)\";" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns an origin with its special characters escaped.
  private static func pattern(_ origin: String) -> String {
    origin.map { ".[]".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }
}
