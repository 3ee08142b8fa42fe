import Glibc
import HTTP
import Support

/// Sends requests to a FastCGI socket, without nginx.
enum FastCGIClient {
  /// Sends one request to a socket with libfcgi's FastCGI client.
  static func ask(_ path: String) throws -> WebAnswer {
    let asked = try Program.run(
      ["cgi-fcgi", "-bind", "-connect", path],
      environment: [
        "PATH": Program.environment["PATH", default: "/usr/bin"], "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/health", "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_LENGTH": "0",
      ])
    let prefix = Array("Status: ".utf8)
    guard asked.output.starts(with: prefix) else {
      throw Unexpected(description: "no answer: \(asked.text) \(asked.errors)")
    }
    return try WebAnswer(
      parsing: Array("HTTP/1.1 ".utf8) + asked.output.dropFirst(prefix.count))
  }
}

/// A socket like those of systemd; nobody accepts connections from it here.
struct Listening: ~Copyable {
  let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(descriptor, 256) == 0 else {
      throw Unexpected(description: "cannot listen on \(path)")
    }
  }

  deinit { close(descriptor) }
}
