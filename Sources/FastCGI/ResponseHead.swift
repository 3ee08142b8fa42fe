internal import HTTP

/// The header lines of an answer in CGI's form (RFC 3875, 6.3).
enum ResponseHead {
  /// The header lines and the empty line after them.
  /// - Parameter length: bytes of the body; nil when it is not known in advance.
  static func bytes(of response: HTTP.Response, length: Int?, requestID: String) -> [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(256)
    append("Status", statusLine(response.status), to: &lines)
    append("X-Request-Id", requestID, to: &lines)
    var own = ["status", "x-request-id"]
    if let length = isBodiless(response.status) ? nil : length {
      own.append("content-length")
      append("Content-Length", String(length), to: &lines)
    }
    for header in response.headers where isSafe(header) {
      if !own.contains(header.name.lowercased()) { append(header.name, header.value, to: &lines) }
    }
    lines += [13, 10]
    return lines
  }

  /// Whether answers with this status have no body (RFC 9110).
  static func isBodiless(_ status: Int) -> Bool { status == 204 || status == 304 }

  private static func statusLine(_ status: Int) -> String {
    // nginx would take any other status for a broken answer.
    guard (200...599).contains(status) else { return statusLine(500) }
    return ReasonPhrase.of(status).map { "\(status) \($0)" } ?? String(status)
  }

  /// Whether a header has no line break.
  ///
  /// A line break would let the value's author write further headers or the body, so such a header
  /// is left out.
  private static func isSafe(_ header: (name: String, value: String)) -> Bool {
    !header.name.isEmpty && header.name.utf8.allSatisfy(isNameByte)
      && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 9 }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func append(_ name: String, _ value: String, to lines: inout [UInt8]) {
    lines.append(contentsOf: name.utf8)
    lines += [UInt8(ascii: ":"), UInt8(ascii: " ")]
    lines.append(contentsOf: value.utf8)
    lines += [13, 10]
  }
}
