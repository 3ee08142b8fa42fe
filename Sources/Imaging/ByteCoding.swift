/// Writes a packet: little-endian integers, and texts preceded by their length.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func put(_ text: String) {
    let utf8 = text.utf8.prefix(Int(UInt16.max))
    put(UInt16(utf8.count))
    bytes.append(contentsOf: utf8)
  }
}

/// Reads an untrusted packet: a compromised decoder may have written it.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
    bytes(Value.bitWidth / 8)?.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
  }

  /// Nil as well for a text with a NUL, which PostgreSQL cannot hold.
  mutating func text() -> String? {
    guard let count = integer(UInt16.self), let utf8 = bytes(Int(count)), !utf8.contains(0) else {
      return nil
    }
    return String(validating: utf8, as: UTF8.self)
  }
}
