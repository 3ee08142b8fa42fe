internal import CFastCGI
internal import CLinux
internal import Glibc

/// One thread's connection to the web server; libfcgi reads the parameters that come on it.
struct Connection: ~Copyable {
  let raw: UnsafeMutablePointer<FCGX_Request>
  let reader = RecordReader()
  let writer = RecordWriter()
  private let conduit = Conduit()
  private let patience: Patience

  init(patience: Patience) {
    self.patience = patience
    raw = .allocate(capacity: 1)
    // No socket: libfcgi gets its connections from here and must never accept one by itself.
    FCGX_InitRequest(raw, -1, 0)
  }

  deinit {
    FCGX_Free(raw, 1)
    raw.deallocate()
  }

  /// Reads a request's parameters; false when the peer did not send a proper request in time.
  func receive(from descriptor: Int32) -> Bool {
    limit(SO_RCVTIMEO, patience.head, descriptor)
    limit(SO_SNDTIMEO, patience.body, descriptor)
    guard let head = reader.readHead(from: descriptor), conduit.parse(head, into: raw)
    else {
      close(descriptor)
      return false
    }
    limit(SO_RCVTIMEO, patience.body, descriptor)
    raw.pointee.ipcFd = descriptor
    writer.begin(UInt16(truncatingIfNeeded: raw.pointee.requestId), on: descriptor)
    return true
  }

  /// Sends what is buffered and the end of the request; false when the peer left before.
  func complete() -> Bool {
    do {
      try writer.end()
      return true
    } catch {
      return false
    }
  }

  /// Closes a connection that is complete, once the peer has stopped sending.
  ///
  /// libfcgi waits for the peer to close first, which costs a system call or two of every request:
  /// needed only while the peer may still be sending.
  func finish() {
    guard reader.isExhausted else { return FCGX_Free(raw, 1) }
    let descriptor = raw.pointee.ipcFd
    raw.pointee.ipcFd = -1
    FCGX_Free(raw, 0)
    close(descriptor)
  }

  /// Closes so that the web server sees a broken answer.
  ///
  /// nginx 1.22 takes a mere end of the connection for the end of an answer without length; at a
  /// record that breaks the protocol it cuts the client's connection, too.
  func abort() {
    let broken = [UInt8](repeating: 0, count: Int(FCGI_HEADER_LEN))
    send(raw.pointee.ipcFd, broken, broken.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    FCGX_Free(raw, 1)
  }

  private func limit(_ direction: Int32, _ seconds: Int, _ descriptor: Int32) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, direction, &limit, socklen_t(MemoryLayout<timeval>.size))
  }
}
