/// Splits a stream of bytes into lines, storing at most one line up to a limit.
struct LineSplitter {
  /// The next event in the stream.
  enum Event {
    /// A line without its end, LF or CR LF.
    case line([UInt8])
    /// A line longer than the limit, which is dropped.
    case tooLong
  }

  private let limit: Int
  private var line: [UInt8] = []
  private var isTooLong = false
  private var hasBegun = false

  /// Makes a splitter.
  /// - Parameter limit: the maximum size of a line in bytes.
  init(limit: Int) { self.limit = limit }

  /// Reads the next bytes of the stream.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) rethrows {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      append(rest[..<end])
      try endLine(handle)
      rest = rest[(end + 1)...]
    }
    append(rest)
  }

  /// Ends the stream; the last line needs no line end.
  mutating func finish(_ handle: (Event) throws -> Void) rethrows {
    if hasBegun { try endLine(handle) }
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
    if bytes.isEmpty { return }
    hasBegun = true
    // One more byte, for the CR of a line end.
    isTooLong = isTooLong || line.count + bytes.count > limit + 1
    if isTooLong { line.removeAll() } else { line.append(contentsOf: bytes) }
  }

  private mutating func endLine(_ handle: (Event) throws -> Void) rethrows {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let event: Event = isTooLong || line.count > limit ? .tooLong : .line(line)
    (line, isTooLong, hasBegun) = ([], false, false)
    try handle(event)
  }
}
