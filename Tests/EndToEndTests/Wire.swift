import Glibc
import Support

/// A plain connection to nginx, for bytes that no HTTP library sends.
struct Wire: ~Copyable {
  private let descriptor: Int32

  /// Connects; each call waits for nginx at most this long.
  init(port: UInt16, seconds: Int = 30) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for direction in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(
        descriptor, SOL_SOCKET, direction, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let connected = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      throw Unexpected(description: "no connection: \(String(cString: strerror(errno)))")
    }
  }

  /// Connects to an instance's plain port.
  init(_ instance: Instance) throws { try self.init(port: instance.ports.plain) }

  deinit { close(descriptor) }

  /// Sends as many bytes as nginx accepts: it may have answered before the last.
  borrowing func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// Closes the sending side.
  borrowing func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Receives all bytes of an answer until nginx closes the connection.
  ///
  /// After an error nginx waits for further bytes of the client; this function does not.
  /// - Throws: when nginx neither answers nor closes.
  borrowing func receive() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = recv(descriptor, &part, part.count, 0)
      // After the answer nginx may reset the connection if it does not want the rest of a body.
      if got == 0 || got < 0 && errno == ECONNRESET { return bytes }
      guard got > 0 else { throw Unexpected(description: "silence after \(bytes.count) bytes") }
      bytes += part.prefix(got)
      if let answer = try? WebAnswer(parsing: bytes),
        let length = answer.header("content-length").flatMap({ Int($0) }),
        answer.body.count >= length
      {
        return bytes
      }
    }
  }

  /// Returns the first line, without waiting for more.
  /// - Throws: when nothing comes.
  borrowing func nextLine() throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1 {
      if byte == UInt8(ascii: "\n") {
        return String(decoding: bytes.filter { $0 != 13 }, as: UTF8.self)
      }
      bytes.append(byte)
    }
    throw Unexpected(description: "silence after \(bytes.count) bytes")
  }

  /// Sends the exact bytes of a request; returns the answer.
  static func exchange(_ bytes: [UInt8], _ instance: Instance) throws -> WebAnswer {
    let wire = try Wire(instance)
    wire.send(bytes)
    return try WebAnswer(parsing: wire.receive())
  }

  /// Sends a request with these lines, a body and its length; returns the answer.
  static func exchange(
    _ line: String, _ headers: [String] = [], body: [UInt8] = [], _ instance: Instance
  ) throws -> WebAnswer {
    try exchange(request(line, headers, body: body), instance)
  }

  /// The bytes of a request after which nginx closes the connection.
  static func request(_ line: String, _ headers: [String] = [], body: [UInt8] = []) -> [UInt8] {
    let common = ["Host: localhost", "Connection: close", "Content-Length: \(body.count)"]
    let lines = ["\(line) HTTP/1.1"] + common + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}
