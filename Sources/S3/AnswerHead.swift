/// The head of an answer, read line by line.
struct AnswerHead {
  private(set) var status = 0
  private(set) var length: Int?
  private(set) var etag = ""
  private(set) var contentType = ""
  private var bytes = 0

  /// Maximum size of a head.
  ///
  /// No store sends more, and it would only fill memory.
  private static let limit = 64 << 10

  /// Reads a line; false when the head is too long.
  mutating func take(_ line: String) -> Bool {
    bytes += line.utf8.count
    guard bytes <= Self.limit else { return false }
    // Interim answers come before the final one, and each status line starts a new head.
    if line.hasPrefix("HTTP/") {
      let so = bytes
      self = AnswerHead()
      bytes = so
      status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
      set(line[..<colon].lowercased(), to: value.joined(separator: " "))
    }
    return true
  }

  private mutating func set(_ name: String, to value: String) {
    switch name {
    case "content-length": length = Int(value).flatMap { $0 < 0 ? nil : $0 }
    case "etag": etag = value.filter { $0 != "\"" }
    case "content-type": contentType = value
    default: break
    }
  }
}
