extension Array<UInt8> {
  /// The number in the two bytes from `offset` on, which must exist.
  func short(_ offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

  /// The number in four bytes.
  func long(_ offset: Int) -> Int { short(offset) | short(offset + 2) << 16 }

  /// The number in eight bytes; a number that does not fit becomes the greatest.
  func quad(_ offset: Int) -> Int {
    let value = UInt64(long(offset)) | UInt64(long(offset + 4)) << 32
    return Int(clamping: value)
  }

  /// Whether the four bytes are "PK" followed by these two.
  func isMark(_ offset: Int, _ third: UInt8, _ fourth: UInt8) -> Bool {
    self[offset] == 0x50 && self[offset + 1] == 0x4B && self[offset + 2] == third
      && self[offset + 3] == fourth
  }

  mutating func append(short value: Int) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func append(long value: Int) {
    append(short: value)
    append(short: value >> 16)
  }
}
