/// The head of an answer, read line by line as it comes.
struct AnswerHead {
  private(set) var status = 0
  private(set) var length: Int?
  private(set) var etag = ""
  private(set) var contentType = ""
  private var bytes = 0

  /// More than any store says; the rest would only fill memory.
  private static let limit = 64 << 10

  /// Takes a line; false when the head is too long.
  mutating func take(_ line: String) -> Bool {
    bytes += line.utf8.count
    guard bytes <= Self.limit else { return false }
    // Interim answers stand before the final one; its status line starts afresh.
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
