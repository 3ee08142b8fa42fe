/// Integers out of hostile bytes: whatever lies outside them, wholly or in part, is nil.
extension RawSpan {
  /// The little-endian integer at a place.
  package func little<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self, at place: Int
  ) -> Value? {
    raw(Value.self, at: place).map { Value(littleEndian: $0) }
  }

  /// The big-endian integer at a place.
  package func big<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self, at place: Int
  ) -> Value? {
    raw(Value.self, at: place).map { Value(bigEndian: $0) }
  }

  /// Whether these bytes stand at a place.
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
  /// A copy of some bytes; nil when they are not all there.
  func array(_ range: Range<Int>) -> [UInt8]? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    return extracting(range).withUnsafeBytes { Array($0) }
  }

  /// Some bytes as text, Latin-1; nil when they are not all there.
  func text(_ range: Range<Int>) -> String? {
    array(range).map { String(String.UnicodeScalarView($0.map { Unicode.Scalar($0) })) }
  }
}
