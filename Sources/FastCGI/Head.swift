internal import CFastCGI

/// Checks the records that begin a request: one BEGIN_REQUEST, then PARAMS until their end.
///
/// nginx sends no other records here. Management records and wrong lengths crash libfcgi 2.4.2.
struct Head {
  /// The result of a check.
  enum Verdict {
    case incomplete
    /// A complete head, with its number of bytes.
    case whole(Int)
    case malformed
  }

  /// The web server's number of the request; 0 until its first record has come.
  private(set) var request: UInt16 = 0
  /// Whether the web server keeps the connection for another request.
  private(set) var isToBeKept = false
  private var offset = 0
  private var parameters: [UInt8] = []

  /// Checks the bytes received so far; call it again when more have come.
  mutating func check(_ bytes: ArraySlice<UInt8>) -> Verdict {
    while let record = Record(at: bytes.startIndex + offset, in: bytes) {
      offset += record.length
      if request == 0 {
        guard isBeginning(record, bytes) else { return .malformed }
        request = record.request
        isToBeKept = bytes[record.content.lowerBound + 2] & UInt8(FCGI_KEEP_CONN) != 0
        continue
      }
      guard record.isValid(FCGI_PARAMS, of: request) else { return .malformed }
      if record.content.isEmpty { return arePairs ? .whole(offset) : .malformed }
      parameters += bytes[record.content]
    }
    return .incomplete
  }

  private func isBeginning(_ record: Record, _ bytes: ArraySlice<UInt8>) -> Bool {
    record.isValid(FCGI_BEGIN_REQUEST, of: record.request) && record.request != 0
      && record.content.count == 8
      && bytes[record.content].prefix(2).elementsEqual([0, UInt8(FCGI_RESPONDER)])
  }

  /// Whether names and values are as long as their lengths say.
  private var arePairs: Bool {
    var rest = parameters[...]
    while !rest.isEmpty {
      guard let name = Self.takeLength(&rest), let value = Self.takeLength(&rest),
        name + value <= rest.count
      else { return false }
      rest = rest.dropFirst(name + value)
    }
    return true
  }

  /// Reads a length of one byte, or of four bytes if the highest bit of the first is set.
  private static func takeLength(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.popFirst() else { return nil }
    guard first & 0x80 != 0 else { return Int(first) }
    guard bytes.count >= 3 else { return nil }
    let length = bytes.prefix(3).reduce(Int(first & 0x7F)) { $0 << 8 | Int($1) }
    bytes = bytes.dropFirst(3)
    return length
  }
}
