/// RFC 3986's percent-encoding as AWS signs it: UTF-8, upper-case digits, a space as `%20`.
enum PercentEncoding {
  /// Encodes all but letters, digits and `-._~`; a slash too, unless it is kept.
  static func encode(_ text: String, keepingSlash: Bool = false) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || (byte >= 65 && byte <= 90) || "-._~".utf8.contains(byte)
  }
}
