/// One value of CBOR (RFC 8949), read from untrusted bytes.
indirect enum CBOR: Equatable, Sendable {
  case unsigned(UInt64)
  /// The value -1 minus this number.
  case negative(UInt64)
  case bytes(ArraySlice<UInt8>)
  case text(String)
  case array([CBOR])
  case map([Pair])
  case tagged(UInt64, CBOR)
  /// Values that are not used here: floating-point numbers, true, false, null, …
  case other

  struct Pair: Equatable, Sendable {
    let key: CBOR
    let value: CBOR
  }

  /// Reads the bytes as exactly one value; nil when they are not one value, or when it is
  /// nested too deeply or has too many elements.
  init?(_ bytes: ArraySlice<UInt8>) {
    var reader = CBORReader(bytes)
    guard let value = reader.value(depth: 0), reader.rest.isEmpty else { return nil }
    self = value
  }

  /// The value of the first member of a map with this key.
  subscript(key: String) -> CBOR? { self[.text(key)] }

  /// The value of the first member of a map with this key.
  subscript(key: CBOR) -> CBOR? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var bytes: ArraySlice<UInt8>? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes
  }

  /// A whole number that is not negative and fits into an Int.
  var count: Int? {
    guard case .unsigned(let number) = self else { return nil }
    return Int(exactly: number)
  }

  /// The elements of an array; empty for other values.
  var elements: [CBOR] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  /// The value without its tags.
  var untagged: CBOR {
    var value = self
    while case .tagged(_, let inner) = value { value = inner }
    return value
  }
}

private struct CBORReader {
  private static let deepest = 32
  private static let mostValues = 50_000

  private(set) var rest: ArraySlice<UInt8>
  private var values = 0

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func value(depth: Int) -> CBOR? {
    values += 1
    guard depth <= Self.deepest, values <= Self.mostValues, let first = rest.popFirst() else {
      return nil
    }
    let (major, minor) = (first >> 5, first & 31)
    if minor == 31 { return endless(major, depth: depth) }
    guard let argument = argument(minor) else { return nil }
    switch major {
    case 0: return .unsigned(argument)
    case 1: return .negative(argument)
    case 2: return take(argument).map { .bytes($0) }
    case 3:
      return take(argument).flatMap { String(validating: $0, as: UTF8.self) }.map { .text($0) }
    case 4: return array(argument, depth: depth)
    case 5: return map(argument, depth: depth)
    case 6: return value(depth: depth + 1).map { .tagged(argument, $0) }
    default: return .other
    }
  }

  private mutating func argument(_ minor: UInt8) -> UInt64? {
    guard minor >= 24 else { return UInt64(minor) }
    guard minor < 28, let bytes = take(1 << UInt64(minor - 24)) else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
    guard count <= UInt64(rest.count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }

  private mutating func array(_ count: UInt64, depth: Int) -> CBOR? {
    // Each element needs at least one byte.
    guard count <= UInt64(rest.count) else { return nil }
    var elements: [CBOR] = []
    for _ in 0..<count {
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
    }
    return .array(elements)
  }

  private mutating func map(_ count: UInt64, depth: Int) -> CBOR? {
    guard count <= UInt64(rest.count) else { return nil }
    var pairs: [CBOR.Pair] = []
    for _ in 0..<count {
      guard let pair = pair(depth: depth) else { return nil }
      pairs.append(pair)
    }
    return .map(pairs)
  }

  private mutating func pair(depth: Int) -> CBOR.Pair? {
    guard let key = value(depth: depth + 1), let value = value(depth: depth + 1) else { return nil }
    return CBOR.Pair(key: key, value: value)
  }

  /// Reads items of indefinite length, up to the break.
  private mutating func endless(_ major: UInt8, depth: Int) -> CBOR? {
    switch major {
    case 2, 3: return pieces(of: major)
    case 4:
      var elements: [CBOR] = []
      while !isBreak {
        guard let element = value(depth: depth + 1) else { return nil }
        elements.append(element)
      }
      return .array(elements)
    case 5:
      var pairs: [CBOR.Pair] = []
      while !isBreak {
        guard let pair = pair(depth: depth) else { return nil }
        pairs.append(pair)
      }
      return .map(pairs)
    default: return nil
    }
  }

  private mutating func pieces(of major: UInt8) -> CBOR? {
    var whole: [UInt8] = []
    while !isBreak {
      guard let first = rest.popFirst(), first >> 5 == major, let count = argument(first & 31),
        let piece = take(count)
      else { return nil }
      whole += piece
    }
    if major == 2 { return .bytes(whole[...]) }
    return String(validating: whole, as: UTF8.self).map { .text($0) }
  }

  /// Skips the end mark if it is next.
  private var isBreak: Bool {
    mutating get {
      guard rest.first == 0xff else { return false }
      rest = rest.dropFirst()
      return true
    }
  }
}
