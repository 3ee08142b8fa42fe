internal import CFastCGI
internal import HTTP

/// One request: its parameters, its body and the bytes of its answer.
///
/// A handler may keep the object after the end of the request; it then reads nothing.
final class Call: RequestSource, BodySink {
  private var raw: UnsafeMutablePointer<FCGX_Request>?
  private let reader: RecordReader
  private let writer: RecordWriter
  /// The header lines, sent before the first byte of the body.
  private var head: [UInt8] = []
  /// Number of bytes of the body.
  private(set) var bodyBytes = 0
  /// Whether the head has been sent, so that no other answer is possible.
  private(set) var hasBegun = false

  init(_ connection: borrowing Connection) {
    raw = connection.raw
    reader = connection.reader
    writer = connection.writer
  }

  /// Drops the connection, because libfcgi frees the parameters.
  func end() { raw = nil }

  func parameter(_ name: String) -> String? {
    guard let raw, let start = FCGX_GetParam(name, raw.pointee.envp) else { return nil }
    if let text = String(validatingCString: start) { return text }
    // Bytes that are not UTF-8 reach the router as escapes; elsewhere U+FFFD replaces them.
    return name == "REQUEST_URI" ? Self.escape(start) : String(cString: start)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    raw == nil ? -1 : reader.readBody(into: buffer)
  }

  /// Sets the header lines that go before the body.
  func begin(with head: [UInt8]) { self.head = head }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try sendHead()
    try put(bytes)
    bodyBytes += bytes.count
  }

  /// Sends the header lines if they have not been sent.
  func sendHead() throws {
    guard !hasBegun else { return }
    hasBegun = true
    try head.withUnsafeBytes(put)
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws(ClientGone) {
    guard raw != nil else { throw ClientGone() }
    try writer.write(bytes)
  }

  private static func escape(_ start: UnsafePointer<CChar>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    var next = start
    while next.pointee != 0 {
      let byte = UInt8(bitPattern: next.pointee)
      escaped +=
        byte < 0x80 ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      next += 1
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
