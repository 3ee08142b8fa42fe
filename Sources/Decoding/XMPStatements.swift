package import Imaging

/// Finds two properties in an XMP packet without parsing XML: they are written as an attribute, as
/// an element, or as an rdf:resource, and a broken packet still says what it says.
package enum XMPStatements {
  private static let longestValue = 1000

  /// The statements of one packet.
  package static func found(in packet: [UInt8]) -> [Declared] {
    let text = String(decoding: packet, as: UTF8.self)
    return values(of: "CreatorTool", in: text).map {
      Declared(field: "xmp:CreatorTool", value: $0)
    }
      + values(of: "DigitalSourceType", in: text).map { value in
        let word = value.split(separator: "/").last.map { String($0) } ?? value
        return Declared(field: "digitalSourceType", value: word)
      }
  }

  private static func values(of property: String, in text: String) -> [String] {
    text.split(separator: property, omittingEmptySubsequences: false).dropFirst().compactMap {
      value(after: $0.prefix(longestValue))
    }
  }

  /// `="…"`, `>…<` or ` rdf:resource="…"`.
  private static func value(after name: Substring) -> String? {
    var rest = name.drop(while: \.isWhitespace)
    if rest.hasPrefix("rdf:resource") { rest = rest.dropFirst("rdf:resource".count) }
    let opened = rest.drop { $0.isWhitespace || $0 == "=" }
    guard let quote = opened.first, "\"'>".contains(quote) else { return nil }
    let value = opened.dropFirst().prefix { $0 != (quote == ">" ? "<" : quote) }
    let words = value.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
