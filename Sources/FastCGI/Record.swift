internal import CFastCGI

/// One FastCGI record in a buffer.
struct Record {
  let kind: UInt8
  let request: UInt16
  /// The place of its content.
  let content: Range<Int>
  /// Bytes to skip after the content.
  let padding: Int
  private let version: UInt8

  /// Bytes of header, content and padding.
  var length: Int { Int(FCGI_HEADER_LEN) + content.count + padding }

  /// Reads a record; nil when it is not complete.
  init?(at start: Int, in bytes: ArraySlice<UInt8>) {
    self.init(headerAt: start, in: bytes)
    guard length <= bytes.endIndex - start else { return nil }
  }

  /// Reads a record's header; nil when it is not complete.
  init?(headerAt start: Int, in bytes: ArraySlice<UInt8>) {
    guard bytes.endIndex - start >= Int(FCGI_HEADER_LEN) else { return nil }
    version = bytes[start]
    kind = bytes[start + 1]
    request = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
    let count = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
    let first = start + Int(FCGI_HEADER_LEN)
    content = first..<(first + count)
    padding = Int(bytes[start + 6])
  }

  func isValid(_ kind: Int32, of request: UInt16) -> Bool {
    version == UInt8(FCGI_VERSION_1) && self.kind == UInt8(kind) && self.request == request
  }
}
