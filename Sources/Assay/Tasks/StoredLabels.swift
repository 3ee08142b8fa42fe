internal import HTTP
internal import Postgres

/// The labels of one annotation, kept in PostgreSQL's array format until they are written.
struct StoredLabels: WireValue {
  private let bytes: ArraySlice<UInt8>

  /// Makes labels from bytes that `end` has checked.
  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  static var schema: Schema { [String].schema }

  /// The size of the header: the number of dimensions, the null flag and the element type.
  private static let header = 12
  /// The size of one dimension: the number of elements and the first index.
  private static let dimension = 8

  /// Returns the end of the array that begins at `start`.
  /// - Throws: `.unexpected` when it is not an array of texts.
  static func end(of bytes: [UInt8], from start: Int) throws(PostgresError) -> Int {
    guard let dimensions = integer(bytes[...], at: start), start + header <= bytes.count else {
      throw .unexpected("not an array")
    }
    guard dimensions == 1 else {
      guard dimensions == 0 else { throw .unexpected("an array of \(dimensions) dimensions") }
      return start + header
    }
    guard let count = integer(bytes[...], at: start + header), count >= 0 else {
      throw .unexpected("not an array")
    }
    var place = start + header + dimension
    for _ in 0..<count {
      guard let length = integer(bytes[...], at: place), length >= 0,
        length <= bytes.count - place - 4
      else { throw .unexpected("not an array of texts") }
      place += 4 + length
    }
    guard place <= bytes.count else { throw .unexpected("not an array") }
    return place
  }

  /// The first label, or the text of a text answer; nil when there is none.
  var first: String? {
    bytes.withUnsafeBytes { bytes in
      let place = Self.header + Self.dimension
      guard place + 4 <= bytes.count else { return nil }
      let length = Int(
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
      return String(decoding: bytes[(place + 4)..<(place + 4 + length)], as: UTF8.self)
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.array { writer in
      bytes.withUnsafeBytes { bytes in
        var place = Self.header + Self.dimension
        while place < bytes.count {
          let length = Int(
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
          let text = UnsafeRawBufferPointer(rebasing: bytes[(place + 4)..<(place + 4 + length)])
          text.withMemoryRebound(to: UInt8.self) { Self.write($0, to: &writer) }
          place += 4 + length
        }
      }
    }
  }

  /// Writes a label in normal form, like its class; old labels may be stored in another form.
  private static func write(_ text: UnsafeBufferPointer<UInt8>, to writer: inout JSONWriter) {
    if text.contains(where: String.mayNeedNormalizing) {
      writer.string(String(decoding: text, as: UTF8.self).normalized)
    } else {
      writer.string(utf8: text)
    }
  }

  private static func integer(_ bytes: ArraySlice<UInt8>, at place: Int) -> Int? {
    guard bytes.count - place >= 4 else { return nil }
    return bytes.withUnsafeBytes {
      Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: Int32.self)))
    }
  }
}
