internal import CLinux
internal import Glibc

/// The listening socket that all API processes share.
struct ListeningSocket {
  let path: String
  let descriptor: Int32

  /// Number of connections that wait at most, as in systemd/assay.socket.
  private static let queue: Int32 = 1024

  /// Listens on a path, and replaces a socket file that no process listens on.
  /// - Throws: `Refusal` when the path is too long or in use, or the system refuses.
  init(path: String) throws {
    self.path = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isShort = withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.copyBytes(from: path.utf8.prefix(room.count - 1))
      return !path.isEmpty && path.utf8.count < room.count
    }
    guard isShort else { throw Refusal("A socket's path has 1 to 107 bytes.") }
    try Self.clear(path, address)
    descriptor = Self.open()
    // The mask applies before `bind`, so that other users can never connect.
    let mask = umask(0o117)
    defer { umask(mask) }
    guard Self.with(address, { bind(descriptor, $0, $1) }) == 0,
      listen(descriptor, Self.queue) == 0
    else {
      throw Self.failure("cannot listen on \(path)")
    }
  }

  /// Removes the socket file.
  func remove() {
    close(descriptor)
    unlink(path)
  }

  private static func clear(_ path: String, _ address: sockaddr_un) throws {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw Refusal("\(path) exists and is not a socket.")
    }
    let probe = open()
    defer { close(probe) }
    guard with(address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
      throw Refusal("Another process listens on \(path).")
    }
    unlink(path)
  }

  /// Opens a non-blocking socket, as the accept loop requires; all processes share this mode.
  private static func open() -> Int32 {
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
  }

  private static func with(
    _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func failure(_ what: String) -> Refusal {
    Refusal("\(what): \(String(cString: strerror(errno)))")
  }
}
