import CLinux
import Glibc

/// A Unix socket with its own path, which is removed with it.
final class Socket: Sendable {
  let path: String
  let listening: Int32

  init() throws {
    path = "/tmp/fastcgi-tests-\(getpid())-\(UInt32.random(in: .min ... .max)).sock"
    listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try Self.withAddress(path) { address, length in
      guard bind(listening, address, length) == 0, listen(listening, 1_200) == 0 else {
        throw Failure.call("bind", errno)
      }
    }
  }

  deinit {
    close(listening)
    unlink(path)
  }

  /// Connects; reads fail after ten seconds instead of hanging the tests.
  func connect() throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure.call("socket", errno) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    try Self.withAddress(path) { address, length in
      guard Glibc.connect(descriptor, address, length) == 0 else {
        throw Failure.call("connect", errno)
      }
    }
    return descriptor
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
  ) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try withUnsafeBytes(of: &address) { bytes in
      guard let start = bytes.baseAddress else { return }
      try body(
        start.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
}

enum Failure: Error {
  case call(String, Int32)
  case malformed(String)
}
