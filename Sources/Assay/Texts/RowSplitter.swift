/// Splits a stream of separated values into rows (RFC 4180), storing at most one row.
///
/// Quotes inside a field that does not begin with one are ordinary characters, as in spreadsheets.
/// After a malformed row reading continues with the line after the row's first line, so that a
/// stray quote affects no other row.
struct RowSplitter {
  /// The next event in the stream.
  enum Event {
    /// A row and its lines, from 1.
    case row([[UInt8]], lines: ClosedRange<Int>)
    /// A row that is dropped.
    case fault(Fault, line: Int)
    /// Too many bytes were read again because of stray quotes; no more rows follow.
    case stopped(line: Int)
  }

  /// A fault of a row.
  enum Fault {
    /// Longer than the limit.
    case tooLong
    /// The stream or the limit ends before the closing quote.
    case unclosed
    /// A closing quote is followed by neither a separator nor the row's end.
    case textBehindQuote
    /// A quote that may belong to the faulty row before it.
    case strayQuote
  }

  private enum State {
    /// Before a field; in a plain field; in quotes; after a possible closing quote; after a CR.
    case start, plain, quoted, quote, carriageReturn
    /// In a line that is dropped, or after its CR.
    case skipping, skippedReturn
    /// Stopped after too many faults.
    case over
  }

  private let separator: UInt8?
  private let hasQuotes: Bool
  private let limit: Int
  private var state = State.start
  private var row: [[UInt8]] = []
  private var field: [UInt8] = []
  private var size = 0
  /// The number of the next line, and the number of the row's first line.
  private var line: Int
  private var firstLine: Int
  /// Whether a CR in quotes may be followed by the LF of the same line end.
  private var isAfterReturn = false
  /// The row's bytes after its first line; nil when it has only one line.
  private var behind: [UInt8]?
  private var skipped: Fault?
  /// Lines in which a stray quote may be the end of an earlier faulty row.
  private var suspects: Set<Int> = []
  /// Whether a field of this row had an odd number of quotes; `quotes` counts those of the current
  /// field.
  private var isOdd = false
  private var quotes = 0
  private var budget: Int

  /// Makes a splitter.
  /// - Parameters:
  ///   - separator: the byte between fields; nil when a row is one field.
  ///   - hasQuotes: whether quotes enclose fields; otherwise they are ordinary characters.
  ///   - limit: the maximum size of a row in bytes, with separators.
  ///   - line: the number of the stream's first line.
  init(
    separator: UInt8? = UInt8(ascii: ","), hasQuotes: Bool = true, limit: Int, line: Int = 1
  ) {
    self.separator = separator
    self.hasQuotes = hasQuotes
    self.limit = limit
    (self.line, firstLine) = (line, line)
    budget = limit * Self.readAgain
  }

  /// The number of times `limit` that may be read again beyond the stream's own size.
  private static let readAgain = 2

  /// Reads the next bytes of the stream.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) rethrows {
    for byte in bytes {
      budget += 1
      if let again = try take(byte, handle) { try feedAgain(again, handle) }
    }
  }

  /// Ends the stream; the last row needs no line end.
  mutating func finish(_ handle: (Event) throws -> Void) rethrows {
    while state == .quoted {
      if let again = try fail(.unclosed, handle) { try feedAgain(again, handle) }
      if state == .skipping { return try endSkipping(handle) }
    }
    switch state {
    case .start where row.isEmpty && size == 0, .over: break
    case .skipping, .skippedReturn: try endSkipping(handle)
    case .start, .plain, .quote, .carriageReturn, .quoted: try endRow(handle)
    }
  }

  /// Reads the lines of a faulty row again.
  ///
  /// A further fault among them puts its own lines before the rest.
  private mutating func feedAgain(
    _ bytes: [UInt8], _ handle: (Event) throws -> Void
  ) rethrows {
    var stack = [bytes[...]]
    while var rest = stack.popLast() {
      while let byte = rest.popFirst() {
        guard let again = try take(byte, handle) else { continue }
        if !rest.isEmpty { stack.append(rest) }
        rest = again[...]
      }
    }
  }

  /// Reads one byte; returns bytes to read again before the next, or nil.
  private mutating func take(
    _ byte: UInt8, _ handle: (Event) throws -> Void
  ) rethrows -> [UInt8]? {
    if state == .carriageReturn {
      try endRow(handle)
      if byte == UInt8(ascii: "\n") { return nil }
    } else if state == .skippedReturn {
      try endSkipping(handle)
      if byte == UInt8(ascii: "\n") { return nil }
    }
    behind?.append(byte)
    switch (state, byte) {
    case (.over, _): break
    case (.skipping, UInt8(ascii: "\n")): try endSkipping(handle)
    case (.skipping, UInt8(ascii: "\r")): state = .skippedReturn
    case (.skipping, _): break
    case (.quoted, UInt8(ascii: "\"")): (state, isAfterReturn) = (.quote, false)
    case (.quoted, _): return try keepQuoted(byte, handle)
    case (.quote, UInt8(ascii: "\"")):
      keep(byte)
      state = .quoted
    case (.start, UInt8(ascii: "\"")) where hasQuotes:
      state = .quoted
      size += 1
    case (_, separator): endField()
    case (_, UInt8(ascii: "\n")): try endRow(handle)
    case (_, UInt8(ascii: "\r")): state = .carriageReturn
    case (.quote, _): return try fail(.textBehindQuote, handle)
    default:
      keep(byte)
      if byte == UInt8(ascii: "\"") { quotes += 1 }
      state = .plain
      if size > limit { return try fail(.tooLong, handle) }
    }
    return nil
  }

  private mutating func keepQuoted(
    _ byte: UInt8, _ handle: (Event) throws -> Void
  ) rethrows -> [UInt8]? {
    keep(byte)
    let isLineFeed = byte == UInt8(ascii: "\n")
    if byte == UInt8(ascii: "\r") || isLineFeed && !isAfterReturn {
      line += 1
      if behind == nil { behind = [] }
    } else if isLineFeed, line == firstLine + 1, behind?.count == 1 {
      // The LF of the first line's CR LF.
      behind = []
    }
    isAfterReturn = byte == UInt8(ascii: "\r")
    guard size > limit else { return nil }
    return try fail(behind == nil ? .tooLong : .unclosed, handle)
  }

  private mutating func keep(_ byte: UInt8) {
    size += 1
    if size <= limit { field.append(byte) }
  }

  private mutating func endField(isLast: Bool = false) {
    if !isLast { size += 1 }
    if size <= limit { row.append(field) }
    isOdd = isOdd || !quotes.isMultiple(of: 2)
    (field, state, quotes) = ([], .start, 0)
  }

  private mutating func endRow(_ handle: (Event) throws -> Void) rethrows {
    endField(isLast: true)
    let (complete, lines) = (row, firstLine...line)
    let isStray = isOdd && suspects.contains(firstLine)
    let fault: Fault? = size > limit ? .tooLong : isStray ? .strayQuote : nil
    nextLine()
    begin()
    if let fault {
      try handle(.fault(fault, line: lines.lowerBound))
    } else {
      try handle(.row(complete, lines: lines))
    }
  }

  /// Reports a fault and continues after the row's first line; returns the bytes to read again.
  private mutating func fail(
    _ fault: Fault, _ handle: (Event) throws -> Void
  ) rethrows -> [UInt8]? {
    // A row that is only too long ends at its line's end.
    let again = fault == .tooLong ? nil : behind
    if fault != .tooLong { suspects.formUnion([line, firstLine + 1]) }
    (row, field, size, behind, isOdd, quotes) = ([], [], 0, nil, false, 0)
    guard let again else {
      (skipped, state) = (fault, .skipping)
      return nil
    }
    budget -= again.count
    let first = firstLine
    line = first + 1
    begin()
    try handle(.fault(fault, line: first))
    guard budget >= 0 else {
      state = .over
      try handle(.stopped(line: first + 1))
      return nil
    }
    return again
  }

  private mutating func endSkipping(_ handle: (Event) throws -> Void) rethrows {
    let (fault, first) = (skipped ?? .tooLong, firstLine)
    nextLine()
    skipped = nil
    begin()
    try handle(.fault(fault, line: first))
  }

  /// Goes to the next line, and removes earlier lines from `suspects` to keep the set small.
  private mutating func nextLine() {
    line += 1
    if !suspects.isEmpty { suspects = suspects.filter { $0 >= line } }
  }

  private mutating func begin() {
    (row, field, size, behind, isOdd, quotes) = ([], [], 0, nil, false, 0)
    (state, firstLine, isAfterReturn) = (.start, line, false)
  }
}
