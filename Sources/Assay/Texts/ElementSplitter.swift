/// Splits a stream with one JSON array into its elements, storing at most one.
///
/// It finds only where elements end; the parser checks that they are JSON.
struct ElementSplitter {
  /// The next event in the stream.
  enum Event {
    /// An element and its position.
    case element([UInt8], at: Place)
    /// An element longer than the limit, which is dropped.
    case tooLong(at: Place)
    /// The stream is not an array, or continues after its end; no more events follow.
    case malformed(Fault, at: Place)
  }

  /// A position in the stream, from 1.
  struct Place: Equatable {
    var line = 1
    /// The column in bytes.
    var column = 0
  }

  /// A fault of an array.
  enum Fault: Equatable {
    /// The stream begins with this byte; nil when it is empty.
    case notArray(UInt8?)
    /// A comma without an element before or after it.
    case extraComma
    case textBehindEnd
    case unclosed
  }

  private enum State {
    /// Before the array; where the first or next element begins; inside one; after the array;
    /// failed.
    case before, first, next, element, after, failed
  }

  private let limit: Int
  private var state = State.before
  private var element: [UInt8] = []
  private var size = 0
  private var depth = 0
  private var isString = false
  private var isEscape = false
  private var place = Place()
  private var start = Place()

  /// Makes a splitter.
  /// - Parameter limit: the maximum size of an element in bytes.
  init(limit: Int) { self.limit = limit }

  /// Reads the next bytes of the stream.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void
  ) rethrows {
    for byte in bytes {
      place.column += 1
      try take(byte, handle)
      if byte == 0x0A { place = Place(line: place.line + 1) }
    }
  }

  /// Ends the stream, which must contain the whole array.
  mutating func finish(_ handle: (Event) throws -> Void) rethrows {
    guard state != .after, state != .failed else { return }
    if state == .element { place = start }
    try fail(state == .before ? .notArray(nil) : .unclosed, handle)
  }

  private mutating func take(_ byte: UInt8, _ handle: (Event) throws -> Void) rethrows {
    switch state {
    case .failed: return
    case .element: try takeInside(byte, handle)
    case _ where Self.isSpace(byte): return
    case .before where byte == UInt8(ascii: "["): state = .first
    case .first where byte == UInt8(ascii: "]"): state = .after
    case .first where byte != UInt8(ascii: ","), .next where !Self.ends(byte):
      (state, start) = (.element, place)
      try takeInside(byte, handle)
    case .before: try fail(.notArray(byte), handle)
    case .first, .next: try fail(.extraComma, handle)
    case .after: try fail(.textBehindEnd, handle)
    }
  }

  private mutating func takeInside(_ byte: UInt8, _ handle: (Event) throws -> Void) rethrows {
    if isString {
      if isEscape {
        isEscape = false
      } else if byte == UInt8(ascii: "\\") {
        isEscape = true
      } else if byte == UInt8(ascii: "\"") || byte == 0x0A {
        // A string ends at the end of its line, so that a missing quote affects only one element.
        isString = false
      }
    } else if depth == 0, Self.ends(byte) {
      return try endElement(byte == UInt8(ascii: ",") ? .next : .after, handle)
    } else {
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      default: break
      }
    }
    size += 1
    if size <= limit { element.append(byte) }
  }

  private mutating func endElement(
    _ next: State, _ handle: (Event) throws -> Void
  ) rethrows {
    let event: Event = size > limit ? .tooLong(at: start) : .element(element, at: start)
    (element, size, state) = ([], 0, next)
    try handle(event)
  }

  private mutating func fail(
    _ fault: Fault, _ handle: (Event) throws -> Void
  ) rethrows {
    (element, state) = ([], .failed)
    try handle(.malformed(fault, at: place))
  }

  private static func ends(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
