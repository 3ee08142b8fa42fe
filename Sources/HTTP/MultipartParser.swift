/// Splits a multipart/form-data body (RFC 7578, RFC 2046) as it arrives, holding no part in memory.
///
/// The events are the same however the body is cut into chunks, but for the cuts of `data`.
/// A parser that has thrown takes no more bytes.
package struct MultipartParser {
  /// What the body says next.
  package enum Event {
    case begin(PartHeaders)
    /// Bytes of the current part, never empty, valid during the call only.
    case data(UnsafeRawBufferPointer)
    case end
  }

  private enum State {
    case preamble, content
    /// Right behind a delimiter; behind its first closing dash; in its padding; behind its CR.
    case delimited, dash, padding, lineEnd
    case headers, epilogue
  }

  /// The most bytes of one part's headers.
  package static let headerLimit = 8 << 10
  /// The most parts of one body.
  package static let partLimit = 10_000
  /// The most bytes before the first boundary; browsers send none.
  package static let preambleLimit = 8 << 10

  private let delimiter: MultipartDelimiter
  private var state = State.preamble
  /// How many bytes of the delimiter the content so far ends with.
  private var matched = 2
  /// How many of them are a line end that is no content: a boundary may stand first.
  private var borrowed = 2
  private var preamble = 0
  private var head: [UInt8] = []
  private var parts = 0

  /// A parser for a body of that `Content-Type`.
  /// - Throws: 415 when it is not multipart/form-data, 400 when it names no valid boundary.
  package init(contentType: String) throws(Problem) {
    let header = HeaderValue(Array(contentType.utf8)[...])
    let named = contentType.prefix { $0 != ";" }.trimmingSpaces().lowercased()
    guard named == "multipart/form-data" else {
      throw Problem(415, "The body must be multipart/form-data.")
    }
    guard let boundary = header?.parameters["boundary"],
      let delimiter = MultipartDelimiter(boundary: boundary)
    else { throw .badRequest("The Content-Type names no valid multipart boundary.") }
    self.delimiter = delimiter
  }

  /// Takes the next bytes of the body and hands on what they say.
  /// - Throws: 400 when the body is malformed, and whatever `handle` throws.
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
  /// - Throws: 400 when its closing boundary has not come.
  package func finish() throws(Problem) {
    guard case .epilogue = state else {
      throw .badRequest("The multipart body ended before its closing boundary.")
    }
  }

  /// Passes content on up to the next delimiter; the number of bytes it is done with.
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

  /// Takes one byte behind a delimiter; a part ends only when its boundary's line is whole.
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

  /// Gathers a part's headers line by line; the number of bytes it is done with.
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
