/// Finds out what a name's bytes mean.
enum EntryPath {
  /// The path as text: UTF-8 where the archive says so, where Info-ZIP's field has it, or where the
  /// bytes can be nothing else, and else the IBM PC's character set.
  static func decoded(_ name: [UInt8], isUTF8: Bool, extra: ExtraFields) -> String {
    if isUTF8 { return String(decoding: name, as: UTF8.self) }
    if let text = unicode(extra.field(0x7075), of: name) { return text }
    if let text = String(validating: name, as: UTF8.self) { return text }
    var scalars = String.UnicodeScalarView()
    for byte in name {
      scalars.append(byte < 0x80 ? Unicode.Scalar(byte) : upper[Int(byte) - 0x80])
    }
    return String(scalars)
  }

  /// Info-ZIP's Unicode path (APPNOTE 4.6.9): stale when the checksum is of another name.
  private static func unicode(_ field: [UInt8]?, of name: [UInt8]) -> String? {
    guard let field, field.count > 5, field[0] == 1, field.long(1) == checksum(name) else {
      return nil
    }
    return String(validating: field[5...], as: UTF8.self)
  }

  /// CRC-32, bit by bit: names are short.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = ~0
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~sum)
  }

  /// The upper half of code page 437.
  private static let upper = Array(
    ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»"
      + "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
      + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}").unicodeScalars)
}
