extension Array<UInt8> {
  /// The two bytes from `offset` on as a number; they must be there.
  func short(_ offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

  /// Four bytes.
  func long(_ offset: Int) -> Int { short(offset) | short(offset + 2) << 16 }

  /// Eight bytes; a number that no file reaches is the greatest.
  func quad(_ offset: Int) -> Int {
    let value = UInt64(long(offset)) | UInt64(long(offset + 4)) << 32
    return Int(clamping: value)
  }

  /// Whether the four bytes are "PK" and these two.
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
