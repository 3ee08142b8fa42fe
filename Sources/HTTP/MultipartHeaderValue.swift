/// A header value with parameters, for example `form-data; name="photo"`.
struct HeaderValue {
  /// The part before the first semicolon, in lower case.
  let main: String
  /// The values by their lower-case names, as bytes, because they may not be valid text.
  let parameters: [String: [UInt8]]

  /// Parses a value; nil when it is malformed or repeats a parameter.
  init?(_ text: ArraySlice<UInt8>) {
    var rest = text
    main = Self.word(Self.take(&rest) { $0 != UInt8(ascii: ";") })
    var parameters: [String: [UInt8]] = [:]
    while rest.popFirst() != nil {
      rest = rest.drop(while: \.isBlank)
      if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
      let name = Self.word(Self.take(&rest) { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") })
      guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "="),
        let value = Self.value(&rest), parameters.updateValue(value, forKey: name) == nil,
        rest.isEmpty || rest.first == UInt8(ascii: ";")
      else { return nil }
    }
    self.parameters = parameters
  }

  private static func value(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    rest = rest.drop(while: \.isBlank)
    guard rest.first == UInt8(ascii: "\"") else {
      return Array(take(&rest) { $0 != UInt8(ascii: ";") }.trimmingBlanks())
    }
    rest.removeFirst()
    guard let value = quoted(&rest) else { return nil }
    rest = rest.drop(while: \.isBlank)
    return value
  }

  /// Reads up to the closing quote.
  ///
  /// A backslash escapes only itself and the quote, because some browsers send `C:\dir\x.jpg`
  /// unescaped.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var value: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return value
      case UInt8(ascii: "\\")
      where rest.first == UInt8(ascii: "\\") || rest.first == UInt8(ascii: "\""):
        value.append(rest.removeFirst())
      default: value.append(byte)
      }
    }
    return nil
  }

  private static func take(
    _ rest: inout ArraySlice<UInt8>, while holds: (UInt8) -> Bool
  ) -> ArraySlice<UInt8> {
    let taken = rest.prefix(while: holds)
    rest = rest[taken.endIndex...]
    return taken
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.trimmingBlanks(), as: UTF8.self).lowercased()
  }
}

extension UInt8 {
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension ArraySlice<UInt8> {
  func trimmingBlanks() -> ArraySlice<UInt8> {
    let start = drop(while: \.isBlank)
    guard let end = start.lastIndex(where: { !$0.isBlank }) else { return [] }
    return start[...end]
  }
}
