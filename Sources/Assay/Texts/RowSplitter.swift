/// Cuts a stream of comma-separated values into rows (RFC 4180), holding no more than one.
///
/// Quotes inside a field that does not begin with one stand for themselves, as spreadsheets have it.
struct RowSplitter {
  /// What the stream says next.
  enum Event {
    case row([[UInt8]])
    /// A row longer than the limit, of which nothing is kept.
    case tooLong
    /// The stream has ended inside quotes.
    case unclosed
  }

  private enum State {
    /// Before a field's first byte; in a plain field; between quotes; behind what may be the
    /// closing one; behind a CR, which may end the row.
    case start, plain, quoted, quote, carriageReturn
  }

  private let delimiter: UInt8
  private let limit: Int
  private var state = State.start
  private var row: [[UInt8]] = []
  private var field: [UInt8] = []
  private var size = 0

  /// - Parameter limit: the most bytes of a row, each field's separator included.
  init(delimiter: UInt8 = UInt8(ascii: ","), limit: Int) {
    self.delimiter = delimiter
    self.limit = limit
  }

  /// Takes the next bytes of the stream.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) rethrows {
    for byte in bytes { try take(byte, handle) }
  }

  /// Ends the stream: the last row needs no end.
  mutating func finish(_ handle: (Event) throws -> Void) rethrows {
    switch state {
    case .quoted:
      (row, field, size, state) = ([], [], 0, .start)
      try handle(.unclosed)
    case .start where row.isEmpty && size == 0: break
    case .start, .plain, .quote, .carriageReturn: try endRow(handle)
    }
  }

  private mutating func take(_ byte: UInt8, _ handle: (Event) throws -> Void) rethrows {
    if state == .carriageReturn {
      try endRow(handle)
      if byte == UInt8(ascii: "\n") { return }
    }
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quote
    case (.quoted, _): keep(byte)
    case (.quote, UInt8(ascii: "\"")):
      keep(byte)
      state = .quoted
    case (.start, UInt8(ascii: "\"")):
      state = .quoted
      size += 1
    case (_, delimiter): endField()
    case (_, UInt8(ascii: "\n")): try endRow(handle)
    case (_, UInt8(ascii: "\r")): state = .carriageReturn
    default:
      keep(byte)
      state = .plain
    }
  }

  private mutating func keep(_ byte: UInt8) {
    size += 1
    if size <= limit { field.append(byte) }
  }

  private mutating func endField() {
    size += 1
    if size <= limit { row.append(field) }
    (field, state) = ([], .start)
  }

  private mutating func endRow(_ handle: (Event) throws -> Void) rethrows {
    let fits = size <= limit
    let complete = row + [field]
    (row, field, size, state) = ([], [], 0, .start)
    try handle(fits ? .row(complete) : .tooLong)
  }
}
