internal import CLinux
internal import Glibc

/// A mail server (RFC 5321) on this machine that keeps the letters it gets.
package enum MailCatcher {
  /// The letters that `body` sends to the given port, each with the commands before it.
  /// - Parameters:
  ///   - host: the address to listen on, of the loopback network.
  ///   - refusing: whether every letter's recipient is answered with 550.
  package static func letters(
    _ count: Int, at host: UInt32 = INADDR_LOOPBACK, refusing: Bool = false,
    sentBy body: (UInt16) throws -> Void
  ) throws -> [String] {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(listening) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      listening, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let port = try bind(listening, to: host)
    return try inThreads(
      1, { _ in try (0..<count).map { _ in try talk(listening, refusing: refusing) } },
      meanwhile: { try body(port) })[at: 0]
  }

  private static func bind(_ listening: Int32, to host: UInt32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = host.bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        Glibc.bind(listening, address, size) == 0 && listen(listening, 8) == 0
          && getsockname(listening, address, &size) == 0
      }
    }
    guard code else { throw Missing(description: "no port to listen on") }
    return address.sin_port.bigEndian
  }

  private static func talk(_ listening: Int32, refusing: Bool) throws -> String {
    let peer = accept(listening, nil, nil)
    guard peer >= 0 else { throw Missing(description: "nobody sent a letter") }
    defer { close(peer) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var (heard, isData) = ("", false)
    say("220 catcher", to: peer)
    while let line = line(from: peer) {
      heard += line + "\n"
      let word = line.prefix(4).uppercased()
      switch word {
      case _ where isData && line != ".": continue
      case _ where isData:
        isData = false
        say("250 taken", to: peer)
      case "EHLO": say("250-catcher\r\n250 8BITMIME", to: peer)
      case "RCPT" where refusing: say("550 no such person", to: peer)
      case "DATA":
        isData = true
        say("354 go on", to: peer)
      case "QUIT":
        say("221 bye", to: peer)
        return heard
      default: say("250 ok", to: peer)
      }
    }
    return heard
  }

  private static func say(_ line: String, to peer: Int32) {
    _ = "\(line)\r\n".withCString { send(peer, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }

  private static func line(from peer: Int32) -> String? {
    var (bytes, byte) = ([UInt8](), UInt8(0))
    while recv(peer, &byte, 1, 0) == 1 {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes.dropLast(), as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}
