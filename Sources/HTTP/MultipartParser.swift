/// Splits a multipart/form-data body (RFC 7578, RFC 2046) as it arrives, without storing parts.
///
/// The chunks of the body affect only the split of `data` events. After an error the parser must
/// not be used again.
package struct MultipartParser {
  /// The next event in the body.
  package enum Event {
    case begin(PartHeaders)
    /// Bytes of the current part; never empty, valid only during the call.
    case data(UnsafeRawBufferPointer)
    case end
  }

  private enum State {
    case preamble, content
    /// After a delimiter, after its first closing dash, in its padding, or after its CR.
    case delimited, dash, padding, lineEnd
    case headers, epilogue
  }

  /// The maximum size of one part's headers in bytes.
  package static let headerLimit = 8 << 10
  /// The maximum number of parts.
  package static let partLimit = 10_000
  /// The maximum number of bytes before the first boundary; browsers send none.
  package static let preambleLimit = 8 << 10

  private let delimiter: MultipartDelimiter
  private var state = State.preamble
  /// The number of delimiter bytes that the input so far ends with.
  private var matched = 2
  /// The number of them that stand for a line end before the content, because a boundary may come
  /// first.
  private var borrowed = 2
  private var preamble = 0
  private var head: [UInt8] = []
  private var parts = 0

  /// Makes a parser for a body with this `Content-Type`.
  /// - Throws: 415 when it is not multipart/form-data, 400 when it has no valid boundary.
  package init(contentType: String) throws(Problem) {
    let header = HeaderValue(Array(contentType.utf8)[...])
    let named = contentType.prefix { $0 != ";" }.trimmingSpaces().lowercased()
    guard named == "multipart/form-data" else {
      throw Problem(415, "The body must be multipart/form-data.")
    }
    guard let boundary = header?.parameters["boundary"],
      let delimiter = MultipartDelimiter(boundary: boundary)
    else { throw .badRequest("The Content-Type header has no valid boundary.") }
    self.delimiter = delimiter
  }

  /// Parses the next bytes of the body and passes the events to `handle`.
  /// - Throws: 400 when the body is malformed, and the errors of `handle`.
  package mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) throws {
    var rest = chunk
    while !rest.isEmpty {
      let used: Int
      switch state {
      case .preamble, .content: used = try readContent(rest, handle)
      case .delimited, .dash, .padding, .lineEnd:
        try readBoundaryLine(rest[0], handle)
        used = 1
      case .headers: used = try readHeaders(rest, handle)
      case .epilogue: return
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(used))
    }
  }

  /// Ends the body.
  /// - Throws: 400 when the closing boundary is missing.
  package func finish() throws(Problem) {
    guard case .epilogue = state else {
      throw .badRequest("The multipart body ended before its closing boundary.")
    }
  }

  /// Passes on the content before the next delimiter; returns the number of bytes consumed.
  private mutating func readContent(
    _ chunk: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) throws -> Int {
    if matched > 0 {
      let more = min(delimiter.count - matched, chunk.count)
      if delimiter.matches(chunk, at: 0, from: matched, count: more) {
        matched += more
        if matched == delimiter.count { state = .delimited }
        return more
      }
      let held = borrowed..<matched
      (matched, borrowed) = (0, 0)
      try delimiter.bytes.withUnsafeBytes { bytes in
        try pass(UnsafeRawBufferPointer(rebasing: bytes[held]), handle)
      }
    }
    let found = delimiter.find(in: chunk)
    try pass(UnsafeRawBufferPointer(rebasing: chunk.prefix(found.start)), handle)
    (matched, borrowed) = (found.matched, 0)
    if matched == delimiter.count { state = .delimited }
    return found.start + found.matched
  }

  private mutating func pass(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) throws {
    guard parts == 0 else {
      if !bytes.isEmpty { try handle(.data(bytes)) }
      return
    }
    preamble += bytes.count
    guard preamble <= Self.preambleLimit else {
      throw Problem.badRequest("The multipart body does not begin with its boundary.")
    }
  }

  /// Reads one byte after a delimiter; a part ends only when the boundary line is complete.
  private mutating func readBoundaryLine(
    _ byte: UInt8, _ handle: (Event) throws -> Void
  ) throws {
    switch (state, byte) {
    case (.delimited, UInt8(ascii: "-")): state = .dash
    case (.dash, UInt8(ascii: "-")):
      state = .epilogue
      if parts > 0 { try handle(.end) }
    case (.delimited, UInt8(ascii: " ")), (.delimited, UInt8(ascii: "\t")),
      (.padding, UInt8(ascii: " ")), (.padding, UInt8(ascii: "\t")):
      state = .padding
    case (.delimited, UInt8(ascii: "\r")), (.padding, UInt8(ascii: "\r")): state = .lineEnd
    case (.lineEnd, UInt8(ascii: "\n")):
      state = .headers
      if parts > 0 { try handle(.end) }
    default: throw Problem.badRequest("A boundary line of the multipart body is malformed.")
    }
  }

  /// Collects a part's headers line by line; returns the number of bytes consumed.
  private mutating func readHeaders(
    _ chunk: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) throws -> Int {
    let newline = UInt8(ascii: "\n")
    let used = chunk.firstIndex(of: newline).map { $0 + 1 } ?? chunk.count
    guard head.count + used <= Self.headerLimit else {
      throw Problem.badRequest(
        "The headers of a multipart part are longer than \(Self.headerLimit) bytes.")
    }
    head.append(contentsOf: chunk.prefix(used))
    guard head.last == newline else { return used }
    let ending = head.suffix(4)
    guard ending.suffix(2).elementsEqual("\r\n".utf8) else { throw PartHeaders.malformed }
    if head.count == 2 || ending.elementsEqual("\r\n\r\n".utf8) { try begin(handle) }
    return used
  }

  private mutating func begin(_ handle: (Event) throws -> Void) throws {
    parts += 1
    guard parts <= Self.partLimit else {
      throw Problem.badRequest("The multipart body has more than \(Self.partLimit) parts.")
    }
    let headers = try PartHeaders(parsing: head)
    head.removeAll(keepingCapacity: true)
    state = .content
    (matched, borrowed) = (2, 2)
    try handle(.begin(headers))
  }
}
