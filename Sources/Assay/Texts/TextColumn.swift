/// The column of a table that contains its texts.
struct TextColumn {
  /// The name in quotes, for sentences.
  let name: String
  /// Whether another column has the same name.
  let isNamedTwice: Bool
  private let place: Int

  /// Finds the named column; without a name, the only column or the one called text.
  ///
  /// The result is nil when there is none.
  init?(_ wanted: String?, in header: [[UInt8]]) {
    let names = header.map { Self.plain($0) }
    let place: Int? =
      if let wanted {
        names.firstIndex(of: wanted) ?? names.firstIndex { $0.lowercased() == wanted.lowercased() }
      } else if names.count == 1 {
        0
      } else {
        names.firstIndex { $0.lowercased() == "text" }
      }
    guard let place else { return nil }
    (self.place, name) = (place, Self.quoted(names[place]))
    isNamedTwice = names.filter { $0 == names[place] }.count > 1
  }

  /// Returns its field of a row as wide as the header.
  func field(of row: [[UInt8]]) -> [UInt8] { row[place] }

  /// Returns the sentence for a table without the column.
  static func missing(_ wanted: String?, in header: [[UInt8]]) -> String {
    let named = header.prefix(10).map { quoted(plain($0)) }.joined(separator: ", ")
    let all = header.count > 10 ? "\(named) and more" : named
    guard let wanted else {
      return "There is no column \"text\": set text_column to one of \(all)."
    }
    return "There is no column \(quoted(wanted)) among \(all)."
  }

  private static func plain(_ field: [UInt8]) -> String {
    let text = String(decoding: field, as: UTF8.self).drop(while: \.isWhitespace)
    guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(text[...end])
  }

  private static func quoted(_ name: String) -> String {
    let visible = name.unicodeScalars.prefix(40).map { $0.value < 0x20 ? "?" : Character($0) }
    return "\"\(String(visible))\""
  }
}
