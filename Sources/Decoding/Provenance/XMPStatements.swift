package import Imaging

/// Finds some properties in an XMP packet without an XML parser, also in malformed packets: each is
/// written as an attribute, an element or an rdf:resource.
package enum XMPStatements {
  private static let longestValue = 1000
  private static let mostValues = 8

  /// The properties that name the program, by the end of their XMP name.
  private static let properties: [(name: String, field: String)] = [
    ("CreatorTool", "xmp:CreatorTool"), ("DigitalSourceType", "digitalSourceType"),
    ("photoshop:Credit", "xmp:Credit"), ("AISystemUsed", "xmp:AISystemUsed"),
  ]

  /// The statements of one packet.
  package static func found(in packet: [UInt8]) -> [Declared] {
    guard !packet.isEmpty else { return [] }
    return properties.flatMap { name, field in
      values(of: Array(name.utf8), in: packet).map { value in
        Declared(
          field: field,
          value: field == "digitalSourceType" ? DigitalSourceType.word(of: value) : value)
      }
    }
  }

  private static func values(of property: [UInt8], in packet: [UInt8]) -> [String] {
    var values: [String] = []
    var place = 0
    while values.count < mostValues, place + property.count <= packet.count {
      // Names are long, and their first letter is rare in packets.
      guard packet[place] == property[0], packet[place...].starts(with: property) else {
        place += 1
        continue
      }
      place += property.count
      let rest = packet[place...].prefix(longestValue)
      if let value = value(after: String(decoding: rest, as: UTF8.self)) { values.append(value) }
    }
    return values
  }

  /// `="…"`, `>…<` or ` rdf:resource="…"`.
  private static func value(after name: String) -> String? {
    var rest = name.drop(while: \.isWhitespace)
    if rest.hasPrefix("rdf:resource") { rest = rest.dropFirst("rdf:resource".count) }
    let opened = rest.drop { $0.isWhitespace || $0 == "=" }
    guard let quote = opened.first, "\"'>".contains(quote) else { return nil }
    let value = opened.dropFirst().prefix { $0 != (quote == ">" ? "<" : quote) }
    let words = value.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
