/// Encodes a file name in a header (RFC 6266 and RFC 8187).
enum ContentDisposition {
  /// Returns the header value for a download with this file name.
  static func attachment(_ filename: String) -> String {
    let plain = String(
      filename.unicodeScalars.map { scalar in
        isPlain(scalar) ? Character(scalar) : "_"
      })
    let encoded = filename.utf8.map { byte in
      isAttribute(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
    }
    return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded.joined())"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value < 0x7F && scalar != "\"" && scalar != "\\" && scalar != "%"
  }

  /// Whether a byte is an `attr-char` of RFC 8187.
  private static func isAttribute(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$&+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }
}
