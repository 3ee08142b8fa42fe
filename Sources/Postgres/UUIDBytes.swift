/// The sixteen bytes of a UUID in network order; they sort as in PostgreSQL.
package struct UUIDBytes: Hashable, Sendable, Comparable {
  /// The first eight bytes.
  package let high: UInt64
  /// The last eight bytes.
  package let low: UInt64

  /// Makes a UUID from its halves.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads a UUID from the first sixteen bytes; fewer bytes are a programming error.
  package init(_ bytes: UnsafeRawBufferPointer) {
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// The number of bytes of a UUID.
  package static let size = 16

  /// Parses the canonical text, 8-4-4-4-12 hexadecimal digits in either case; nil for other text.
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
    let text = UnsafeMutableRawBufferPointer(text)
    func put<Digits: FixedWidthInteger>(_ digits: Digits, at place: Int) {
      text.storeBytes(of: digits.bigEndian, toByteOffset: place, as: Digits.self)
    }
    func putHalves(_ digits: UInt64, at first: Int, _ second: Int) {
      put(UInt32(digits >> 32), at: first)
      put(UInt32(truncatingIfNeeded: digits), at: second)
    }
    put(Self.digits(high >> 32), at: 0)
    putHalves(Self.digits(high), at: 9, 14)
    putHalves(Self.digits(low >> 32), at: 19, 24)
    put(Self.digits(low), at: 28)
    for place in [8, 13, 18, 23] { put(UInt8(ascii: "-"), at: place) }
  }

  /// Returns the eight hexadecimal digits of a number's low half, the first in the highest byte.
  ///
  /// All eight are computed at once, because a list of tasks has a hundred ids.
  private static func digits(_ number: UInt64) -> UInt64 {
    var nibbles = (number << 16 | number & 0xFFFF) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles << 8 | nibbles) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles << 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
    // Adding six carries the values ten to fifteen into the next bit.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* UInt64(UInt8(ascii: "a") - 0x30 - 10)
  }

  /// Whether a UUID sorts before another.
  package static func < (left: UUIDBytes, right: UUIDBytes) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The number of bytes of the canonical text.
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
