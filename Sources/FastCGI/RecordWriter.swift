internal import CFastCGI
internal import CLinux
internal import Glibc
internal import HTTP

/// Writes an answer's records: each as full as possible, and the end together with the last one.
///
/// libfcgi's streams send 8 KB at a time, and each piece wakes the web server.
final class RecordWriter {
  /// The current record: room for its header, then its content.
  private var bytes: [UInt8] = []
  private var descriptor: Int32 = -1
  private var request: UInt16 = 0
  private let patience: Patience

  init(patience: Patience) { self.patience = patience }

  /// Maximum content of a record without padding.
  private static let capacity = 65_528
  private static let header = Int(FCGI_HEADER_LEN)

  /// Begins the answer to a request.
  func begin(_ request: UInt16, on descriptor: Int32) {
    self.descriptor = descriptor
    self.request = request
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: repeatElement(0, count: Self.header))
  }

  /// Adds to the answer.
  func write(_ content: UnsafeRawBufferPointer) throws(ClientGone) {
    var rest = content[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Self.capacity + Self.header - bytes.count)
      bytes.append(contentsOf: piece)
      rest = rest.dropFirst(piece.count)
      if bytes.count == Self.capacity + Self.header { try flush() }
    }
  }

  /// Sends the rest and the end of the request.
  func end() throws(ClientGone) {
    let count = bytes.count - Self.header
    if count > 0 {
      let padding = -count & 7
      setHeader(FCGI_STDOUT, count, padding: padding, at: 0)
      bytes.append(contentsOf: repeatElement(0, count: padding))
    } else {
      bytes.removeAll(keepingCapacity: true)
    }
    addHeader(FCGI_STDOUT, 0)
    addHeader(FCGI_END_REQUEST, 8)
    bytes.append(contentsOf: repeatElement(0, count: 8))
    try send()
  }

  private func flush() throws(ClientGone) {
    setHeader(FCGI_STDOUT, bytes.count - Self.header, padding: 0, at: 0)
    try send()
    bytes.removeLast(bytes.count - Self.header)
  }

  private func addHeader(_ kind: Int32, _ count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: Self.header))
    setHeader(kind, count, padding: 0, at: bytes.count - Self.header)
  }

  private func setHeader(_ kind: Int32, _ count: Int, padding: Int, at start: Int) {
    bytes[start] = UInt8(FCGI_VERSION_1)
    bytes[start + 1] = UInt8(kind)
    bytes[start + 2] = UInt8(request >> 8)
    bytes[start + 3] = UInt8(request & 0xFF)
    bytes[start + 4] = UInt8(count >> 8)
    bytes[start + 5] = UInt8(count & 0xFF)
    bytes[start + 6] = UInt8(padding)
    bytes[start + 7] = 0
  }

  private func send() throws(ClientGone) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count < 0, errno == EAGAIN,
        Patience.await(POLLOUT, of: descriptor, seconds: patience.body)
      {
        continue
      }
      // The peer closed, or read nothing for too long.
      guard count > 0 else { throw ClientGone() }
      sent += count
    }
  }
}
