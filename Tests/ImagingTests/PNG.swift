/// Writes PNG chunks, also malformed ones.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  static let end = chunk("IEND", [])

  static func header(_ width: UInt32, _ height: UInt32) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 0, 0, 0, 0])
  }

  /// One gray pixel's data.
  static let pixel = chunk("IDAT", stored([0, 128]))

  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + body
    return bigEndian(UInt32(body.count)) + named + bigEndian(CRC.of(named))
  }

  /// The file with the sums of its chunks made right, as far as these can be followed.
  static func summed(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var place = signature.count
    while place + 12 <= file.count {
      let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - place - 12 else { break }
      let sum = place + 8 + length
      file.replaceSubrange(
        sum..<sum + 4, with: bigEndian(CRC.of(Array(file[place + 4..<sum]))))
      place = sum + 4
    }
    return file
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A zlib stream of at most 65,535 bytes, not compressed.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let size = UInt16(bytes.count)
    let (low, high) = (UInt8(truncatingIfNeeded: size), UInt8(truncatingIfNeeded: size >> 8))
    var (first, second): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      first = (first + UInt32(byte)) % 65521
      second = (second + first) % 65521
    }
    return [0x78, 0x01, 0x01, low, high, ~low, ~high] + bytes + bigEndian(second << 16 | first)
  }

  /// A zlib stream that inflates to at least this number of equal bytes: RFC 1951, fixed codes.
  static func bomb(_ copies: Int, of byte: UInt8 = 65) -> [UInt8] {
    let repeats = (copies + 256) / 258
    var bits = BitWriter()
    bits.put(0b011, 3)  // the last block, fixed codes
    bits.putReversed(0x30 + Int(byte), 8)
    for _ in 0..<repeats {
      bits.putReversed(0b1100_0101, 8)  // length 258
      bits.put(0, 5)  // distance 1
    }
    bits.put(0, 7)  // the end
    let count = 1 + repeats * 258
    let first = (1 + count * Int(byte)) % 65521
    let second = (count + Int(byte) * (count * (count + 1) / 2 % 65521)) % 65521
    return [0x78, 0x01] + bits.bytes + bigEndian(UInt32(second << 16 | first))
  }
}

private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var used = 8

  mutating func put(_ value: Int, _ count: Int) {
    for index in 0..<count {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(value >> index & 1) << UInt8(used)
      used += 1
    }
  }

  mutating func putReversed(_ value: Int, _ count: Int) {
    for index in stride(from: count - 1, through: 0, by: -1) { put(value >> index & 1, 1) }
  }
}

private enum CRC {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
