/// Decodes the bytes of a name.
enum EntryPath {
  /// The path as text.
  ///
  /// It is UTF-8 if the archive says so or has Info-ZIP's field. Otherwise the client's encoding is
  /// used, then UTF-8 if the bytes are valid UTF-8, and then the IBM PC's character set.
  ///
  /// `fits` is false when the client gave an encoding and the name is not valid in it.
  static func decoded(
    _ name: [UInt8], isUTF8: Bool, extra: ExtraFields, by decoder: NameDecoder?
  ) -> (text: String, fits: Bool) {
    if isUTF8 { return (String(decoding: name, as: UTF8.self), true) }
    if let text = unicode(extra.field(0x7075), of: name) { return (text, true) }
    if let text = decoder?.text(name) { return (text, true) }
    let text = String(validating: name, as: UTF8.self) ?? ofIBMPC(name)
    return (text, decoder == nil)
  }

  /// The name in code page 437.
  ///
  /// A backslash that may be the second byte of an East Asian character is not a separator; it is
  /// replaced by a character that looks like it.
  private static func ofIBMPC(_ name: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    var isSecond = false
    for byte in name {
      switch byte {
      case 0x5C where isSecond: scalars.append(fullwidthBackslash)
      case 0..<0x80: scalars.append(Unicode.Scalar(byte))
      default: scalars.append(upper[Int(byte) - 0x80])
      }
      isSecond = !isSecond && isFirstOfTwo(byte)
    }
    return String(scalars)
  }

  private static let fullwidthBackslash: Unicode.Scalar = "\u{FF3C}"

  /// Whether a byte can begin a two-byte character in code page 932, 936, 949 or 950.
  private static func isFirstOfTwo(_ byte: UInt8) -> Bool { (0x81...0xFE).contains(byte) }

  /// Info-ZIP's Unicode path (APPNOTE 4.6.9); ignored when its checksum does not match the name.
  private static func unicode(_ field: [UInt8]?, of name: [UInt8]) -> String? {
    guard let field, field.count > 5, field[0] == 1, field.long(1) == checksum(name) else {
      return nil
    }
    return String(validating: field[5...], as: UTF8.self)
  }

  /// CRC-32, computed bit by bit because names are short.
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
