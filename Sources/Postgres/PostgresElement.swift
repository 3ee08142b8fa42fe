/// The element of an array; `[UInt8]` is a bytea, all others are PostgreSQL arrays.
package protocol PostgresElement: Sendable {
  /// Adds the array as one parameter.
  static func bind(_ array: [Self], into parameters: inout Parameters)
  /// Reads an array.
  static func decodeArray(_ column: borrowing Column) throws(PostgresError) -> [Self]
}

/// An element of a PostgreSQL array.
package protocol PostgresListElement: PostgresElement, PostgresDecodable {
  /// Writes this element in the notation of array literals, quoted where needed.
  func write(to list: inout Parameters)
}

extension PostgresListElement {
  /// Adds the array literal.
  package static func bind(_ array: [Self], into parameters: inout Parameters) {
    parameters.text { list in
      list.write(UInt8(ascii: "{"))
      for (index, element) in array.enumerated() {
        if index > 0 { list.write(UInt8(ascii: ",")) }
        element.write(to: &list)
      }
      list.write(UInt8(ascii: "}"))
    }
  }

  /// Reads an array of one dimension.
  package static func decodeArray(_ column: borrowing Column) throws(PostgresError) -> [Self] {
    guard !column.isNull else { throw .unexpected("null") }
    var reader = try ArrayReader(column.bytes)
    var elements: [Self] = []
    elements.reserveCapacity(reader.count)
    for _ in 0..<reader.count { elements.append(try Self.decode(reader.next())) }
    return elements
  }
}

extension Array: PostgresEncodable where Element: PostgresElement {
  /// Adds the array, or the bytes, as one parameter.
  package func bind(into parameters: inout Parameters) {
    Element.bind(self, into: &parameters)
  }
}

extension Array: PostgresDecodable where Element: PostgresElement {
  /// Reads an array, or bytes.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> [Element] {
    try Element.decodeArray(column)
  }
}

extension UInt8: PostgresElement {
  /// Adds the bytes in binary form.
  package static func bind(_ bytes: [UInt8], into parameters: inout Parameters) {
    parameters.binary(bytes)
  }

  /// Reads a bytea.
  package static func decodeArray(_ column: borrowing Column) throws(PostgresError) -> [UInt8] {
    Array<UInt8>(try column.value(of: TypeOID.bytea))
  }
}

extension [UInt8]: PostgresElement, PostgresListElement {
  /// Writes the bytes as `"\\x…"`.
  package func write(to list: inout Parameters) {
    let digits = Array<UInt8>("0123456789abcdef".utf8)
    list.write("\"\\\\x")
    for byte in self {
      list.write(digits[Int(byte >> 4)])
      list.write(digits[Int(byte & 15)])
    }
    list.write("\"")
  }
}

extension String: PostgresListElement {
  /// Writes the text between quotes.
  package func write(to list: inout Parameters) {
    list.write(UInt8(ascii: "\""))
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): list.write(UInt8(ascii: "\\"))
      default: break
      }
      list.write(checked: byte)
    }
    list.write(UInt8(ascii: "\""))
  }
}

extension UUIDBytes: PostgresListElement {
  /// Writes the canonical text.
  package func write(to list: inout Parameters) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { text in
      fill(text)
      list.write(ascii: UnsafeBufferPointer(text))
    }
  }
}

extension Int: PostgresListElement {
  /// Writes the digits.
  package func write(to list: inout Parameters) { list.write(String(self)) }
}

extension Double: PostgresListElement {
  /// Writes the shortest digits that read back as the same number.
  package func write(to list: inout Parameters) { list.write(description) }
}

extension Bool: PostgresListElement {
  /// Writes `true` or `false`.
  package func write(to list: inout Parameters) { list.write(description) }
}

extension Optional: PostgresElement where Wrapped: PostgresListElement {}
extension Optional: PostgresListElement where Wrapped: PostgresListElement {
  /// Writes the element, or null.
  package func write(to list: inout Parameters) {
    if let self { self.write(to: &list) } else { list.write("null") }
  }
}
