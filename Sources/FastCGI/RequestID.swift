/// The id of a request in answers and logs.
enum RequestID {
  /// The web server's id if it is 8 to 64 characters of `[A-Za-z0-9_-]`, otherwise a new one.
  static func adopt(_ claimed: String?) -> String {
    if let claimed, (8...64).contains(claimed.utf8.count), claimed.utf8.allSatisfy(isPlain) {
      return claimed
    }
    return hex(UInt64.random(in: .min ... .max)) + hex(UInt64.random(in: .min ... .max))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func hex(_ half: UInt64) -> String {
    let digits = String(half, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
