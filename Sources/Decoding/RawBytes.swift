/// Integers from untrusted bytes; nil when any part is outside of them.
extension RawSpan {
  /// The little-endian integer at an offset.
  package func little<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self, at place: Int
  ) -> Value? {
    raw(Value.self, at: place).map { Value(littleEndian: $0) }
  }

  /// The big-endian integer at an offset.
  package func big<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self, at place: Int
  ) -> Value? {
    raw(Value.self, at: place).map { Value(bigEndian: $0) }
  }

  /// Whether these bytes are at an offset.
  package func hasBytes(_ bytes: some Sequence<UInt8>, at place: Int) -> Bool {
    var next = place
    for byte in bytes {
      guard little(UInt8.self, at: next) == byte else { return false }
      next += 1
    }
    return true
  }

  private func raw<Value: BitwiseCopyable>(_: Value.Type, at place: Int) -> Value? {
    guard place >= 0, place <= byteCount, byteCount - place >= MemoryLayout<Value>.size else {
      return nil
    }
    return unsafeLoadUnaligned(fromByteOffset: place, as: Value.self)
  }
}

extension RawSpan {
  /// A copy of some bytes; nil when some of them are missing.
  func array(_ range: Range<Int>) -> [UInt8]? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    return extracting(range).withUnsafeBytes { Array($0) }
  }

  /// Some bytes as Latin-1 text; nil when some of them are missing.
  func text(_ range: Range<Int>) -> String? {
    array(range).map { String(String.UnicodeScalarView($0.map { Unicode.Scalar($0) })) }
  }
}
