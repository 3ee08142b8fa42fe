/// Splits and decodes request paths, for routing and access control.
package enum Path {
  /// Returns the decoded segments of a path; a trailing slash is ignored.
  ///
  /// `/a/b` and `/a/b/` are equal. The result is nil for a path that no route accepts: an escape
  /// that is not valid UTF-8, a NUL, an empty segment, `.` or `..`. A decoded slash stays inside
  /// its segment.
  package static func segments(_ path: Substring) -> [String]? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    var parts = path.utf8.dropFirst().split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    var segments: [String] = []
    segments.reserveCapacity(parts.count)
    for part in parts {
      guard let segment = decode(Substring(part)), !segment.isEmpty, segment != ".", segment != ".."
      else {
        return nil
      }
      segments.append(segment)
    }
    return segments
  }

  /// Percent-decodes text into normal form; nil when it is malformed, not UTF-8 or has a NUL.
  /// - Parameter plusIsSpace: decodes `+` as a space, as in query strings and forms.
  package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)?.normalized
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension Substring {
  func trimmingSpaces() -> Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...end]
  }
}
