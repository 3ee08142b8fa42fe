internal import CFastCGI
internal import CLinux
internal import Glibc

/// One thread's connection to the web server; libfcgi parses the parameters that come on it.
struct Connection: ~Copyable {
  let raw: UnsafeMutablePointer<FCGX_Request>
  let reader: RecordReader
  let writer: RecordWriter
  private let conduit = Conduit()

  init(patience: Patience) {
    reader = RecordReader(patience: patience)
    writer = RecordWriter(patience: patience)
    raw = .allocate(capacity: 1)
    // No socket: this class gives libfcgi its connections, and it must never accept one itself.
    FCGX_InitRequest(raw, -1, 0)
  }

  deinit {
    FCGX_Free(raw, 1)
    raw.deallocate()
  }

  /// Reads a request's parameters; false when the peer sent no valid request in time.
  func receive(from descriptor: Int32) -> Bool {
    guard let head = reader.readHead(from: descriptor), conduit.parse(head, into: raw)
    else {
      close(descriptor)
      return false
    }
    raw.pointee.ipcFd = descriptor
    writer.begin(UInt16(truncatingIfNeeded: raw.pointee.requestId), on: descriptor)
    return true
  }

  /// Sends what is buffered and the end of the request; false when the peer closed before.
  func complete() -> Bool {
    do {
      try writer.end()
      return true
    } catch {
      return false
    }
  }

  /// Keeps a complete connection open for its next request if it `mayStay` and the peer has asked
  /// for that; otherwise closes it.
  ///
  /// libfcgi waits for the peer to close first, which costs one or two system calls per request.
  /// This is needed only while the peer may still be sending.
  /// - Returns: whether it is still open.
  func finish(mayStay: Bool) -> Bool {
    guard reader.isExhausted else {
      FCGX_Free(raw, 1)
      return false
    }
    let descriptor = raw.pointee.ipcFd
    raw.pointee.ipcFd = -1
    FCGX_Free(raw, 0)
    let stays = mayStay && reader.isToBeKept
    if !stays { close(descriptor) }
    return stays
  }

  /// Closes the connection so that the web server sees a broken answer.
  ///
  /// nginx 1.22 takes the end of the connection as the end of an answer without length. A record
  /// that breaks the protocol makes it close the client's connection, too.
  func abort() {
    let broken = [UInt8](repeating: 0, count: Int(FCGI_HEADER_LEN))
    send(raw.pointee.ipcFd, broken, broken.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    FCGX_Free(raw, 1)
  }
}
