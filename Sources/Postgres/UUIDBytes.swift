/// The sixteen bytes of a UUID, in network order; they sort as PostgreSQL sorts them.
package struct UUIDBytes: Hashable, Sendable, Comparable {
  /// The first eight bytes.
  package let high: UInt64
  /// The last eight bytes.
  package let low: UInt64

  /// The UUID of these two halves.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads the canonical text, 8-4-4-4-12 hexadecimal digits in either case; nil for all else.
  package init?(_ text: String) {
    var (high, low) = (UInt64(0), UInt64(0))
    var position = 0
    for byte in text.utf8 {
      if Self.isDash(position) {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard position < Self.length, let digit = Self.digit(byte) else { return nil }
        high = high << 4 | low >> 60
        low = low << 4 | digit
      }
      position += 1
    }
    guard position == Self.length else { return nil }
    self.init(high: high, low: low)
  }

  /// Writes the canonical text in lower case, 36 bytes.
  package func fill(_ text: UnsafeMutableBufferPointer<UInt8>) {
    let digits: StaticString = "0123456789abcdef"
    var position = 0
    for index in 0..<16 {
      if Self.isDash(position) {
        text[position] = UInt8(ascii: "-")
        position += 1
      }
      let half = index < 8 ? high : low
      let byte = UInt8(truncatingIfNeeded: half >> (56 - 8 * (index & 7)))
      text[position] = digits.utf8Start[Int(byte >> 4)]
      text[position + 1] = digits.utf8Start[Int(byte & 15)]
      position += 2
    }
  }

  /// Whether a UUID sorts before another.
  package static func < (left: UUIDBytes, right: UUIDBytes) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The bytes of the canonical text.
  package static let length = 36

  private static func isDash(_ position: Int) -> Bool {
    position == 8 || position == 13 || position == 18 || position == 23
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

extension UUIDBytes: CustomStringConvertible {
  /// The canonical text in lower case.
  package var description: String {
    String(unsafeUninitializedCapacity: Self.length) { text in
      fill(text)
      return Self.length
    }
  }
}
