import Glibc

/// The pool's answer to one request, as the web server receives it.
struct Reply {
  var status = ""
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  /// Whether the record that ends a complete answer has come.
  var hasEnded = false
  /// Whether a record violates the protocol, by which nginx detects a broken answer.
  var isBroken = false

  var text: String { String(decoding: body, as: UTF8.self) }

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Sends bytes as a web server does, and reads records until the pool closes.
enum Client {
  static func ask(_ socket: Socket, _ bytes: [UInt8]) throws -> Reply {
    let descriptor = try socket.connect()
    defer { close(descriptor) }
    try send(bytes, to: descriptor)
    return try read(from: descriptor)
  }

  static func send(_ bytes: [UInt8], to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw Failure.call("send", errno) }
      rest = rest.dropFirst(sent)
    }
  }

  /// Reads all records until the end of the connection.
  static func read(from descriptor: Int32) throws -> Reply { try reply(drain(descriptor)) }

  /// Reads the records of one answer on a connection that stays open.
  static func readOne(from descriptor: Int32) throws -> Reply {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = Glibc.read(descriptor, &buffer, buffer.count)
      guard got > 0 else { throw Failure.call("read", got < 0 ? errno : 0) }
      bytes += buffer[..<got]
      let reply = try reply(bytes)
      if reply.hasEnded { return reply }
    }
  }

  private static func reply(_ bytes: [UInt8]) throws -> Reply {
    var reply = Reply()
    var output: [UInt8] = []
    var rest = bytes[...]
    while rest.count >= 8 {
      let header = Array(rest.prefix(8))
      let length = Int(header[4]) << 8 | Int(header[5])
      let content = rest.dropFirst(8).prefix(length)
      switch header[1] {
      case _ where header[0] != 1: reply.isBroken = true
      case Frame.Kind.output.rawValue: output += content
      case Frame.Kind.end.rawValue: reply.hasEnded = true
      default: throw Failure.malformed("record of kind \(header[1])")
      }
      rest = rest.dropFirst(8 + length + Int(header[6]))
    }
    try split(output, into: &reply)
    return reply
  }

  /// Reads all bytes until the end of the connection.
  static func drain(_ descriptor: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = Glibc.read(descriptor, &buffer, buffer.count)
      guard got >= 0 else { throw Failure.call("read", errno) }
      guard got > 0 else { return bytes }
      bytes += buffer[..<got]
    }
  }

  private static func split(_ output: [UInt8], into reply: inout Reply) throws {
    guard !output.isEmpty else { return }
    let end = output.indices.first { output[$0...].starts(with: [13, 10, 13, 10]) }
    guard let end else { throw Failure.malformed("no end of the headers") }
    reply.body = Array(output[(end + 4)...])
    let head = String(decoding: output[..<end], as: UTF8.self)
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
      guard let name = parts.first else { continue }
      let value = parts.count > 1 ? parts[1] : ""
      if name == "Status" { reply.status = value } else { reply.headers.append((name, value)) }
    }
  }
}
