internal import CFastCGI
internal import CLinux
internal import Glibc

/// One thread's connection to the web server; libfcgi reads the parameters that come on it.
struct Connection: ~Copyable {
  let raw: UnsafeMutablePointer<FCGX_Request>
  let reader: RecordReader
  let writer: RecordWriter
  private let conduit = Conduit()

  init(patience: Patience) {
    reader = RecordReader(patience: patience)
    writer = RecordWriter(patience: patience)
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
    guard let head = reader.readHead(from: descriptor), conduit.parse(head, into: raw)
    else {
      close(descriptor)
      return false
    }
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

  /// Leaves a connection that is complete open for its next request, if it `mayStay` and the peer
  /// has asked for that; otherwise closes it, once the peer has stopped sending.
  ///
  /// libfcgi waits for the peer to close first, which costs a system call or two of every request:
  /// needed only while the peer may still be sending.
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

  /// Closes so that the web server sees a broken answer.
  ///
  /// nginx 1.22 takes a mere end of the connection for the end of an answer without length; at a
  /// record that breaks the protocol it cuts the client's connection, too.
  func abort() {
    let broken = [UInt8](repeating: 0, count: Int(FCGI_HEADER_LEN))
    send(raw.pointee.ipcFd, broken, broken.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    FCGX_Free(raw, 1)
  }
}
