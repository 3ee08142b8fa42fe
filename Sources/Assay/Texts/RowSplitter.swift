/// Cuts a stream of separated values into rows (RFC 4180), holding no more than one.
///
/// Quotes inside a field that does not begin with one stand for themselves, as spreadsheets have it.
/// A malformed row is a fault: reading goes on with the line after the row's first line, so that a
/// stray quote spoils no other row.
struct RowSplitter {
  /// What the stream says next.
  enum Event {
    /// A row, and the lines that it takes, from 1.
    case row([[UInt8]], lines: ClosedRange<Int>)
    /// A row that is dropped.
    case fault(Fault, line: Int)
    /// Too many bytes were read again because of stray quotes: no more rows will come.
    case stopped(line: Int)
  }

  /// A fault of a row.
  enum Fault {
    /// Longer than the limit.
    case tooLong
    /// The stream ends, or the limit comes, before the closing quote.
    case unclosed
    /// After a closing quote there is neither a separator nor the row's end.
    case textBehindQuote
    /// A quote that may belong to the faulty row before.
    case strayQuote
  }

  private enum State {
    /// Before a field's first byte; in a plain field; between quotes; behind what may be the
    /// closing one; behind a CR, which may end the row.
    case start, plain, quoted, quote, carriageReturn
    /// In a line that is dropped, or behind its CR.
    case skipping, skippedReturn
    /// Given up.
    case over
  }

  private let separator: UInt8?
  private let hasQuotes: Bool
  private let limit: Int
  private var state = State.start
  private var row: [[UInt8]] = []
  private var field: [UInt8] = []
  private var size = 0
  /// The line that comes next, and the one that the row began in.
  private var line: Int
  private var firstLine: Int
  /// Whether a CR between quotes may be followed by the LF of the same line end.
  private var isAfterReturn = false
  /// The row's bytes behind its first line, once it has more than one.
  private var behind: [UInt8]?
  private var skipped: Fault?
  /// Lines in which a stray quote may be the end of a faulty row before them.
  private var suspects: Set<Int> = []
  /// `quotes`: so many in the plain field at hand; `isOdd`: whether a field of this row had an odd
  /// number.
  private var isOdd = false
  private var quotes = 0
  private var budget: Int

  /// - Parameters:
  ///   - separator: the byte between fields; nil when a row is one field.
  ///   - hasQuotes: whether quotes enclose fields; else they are ordinary characters.
  ///   - limit: the most bytes of a row, each field's separator included.
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

  /// Bytes behind stray quotes are read again: in all no more than the stream has brought, plus so
  /// many times the longest row (`limit`).
  private static let readAgain = 2

  /// Takes the next bytes of the stream.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) rethrows {
    for byte in bytes {
      budget += 1
      if let again = try take(byte, handle) { try feedAgain(again, handle) }
    }
  }

  /// Ends the stream: the last row needs no end.
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

  /// Reads lines of a faulty row again; a further fault among them puts its own lines before the
  /// rest.
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

  /// Takes one byte; gives the bytes that must be read again before the next.
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
      // The second half of the first line's end.
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

  /// Reports a fault of the row and goes on behind its first line; gives the bytes read after it.
  private mutating func fail(
    _ fault: Fault, _ handle: (Event) throws -> Void
  ) rethrows -> [UInt8]? {
    // A row that is only too long ends where its line ends.
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

  /// Forgets the suspects that lie behind, so that there are never more than a few.
  private mutating func nextLine() {
    line += 1
    if !suspects.isEmpty { suspects = suspects.filter { $0 >= line } }
  }

  private mutating func begin() {
    (row, field, size, behind, isOdd, quotes) = ([], [], 0, nil, false, 0)
    (state, firstLine, isAfterReturn) = (.start, line, false)
  }
}
