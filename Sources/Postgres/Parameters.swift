/// The values of one statement, stored in a single buffer.
///
/// A value's `bind(into:)` adds exactly one parameter: it calls `null`, `text` or `binary`, or
/// `bind` of another value.
package struct Parameters: Sendable {
  struct Value {
    let start: Int
    /// Bytes without the terminating NUL; nil for null.
    let length: Int?
    let isBinary: Bool
  }

  private(set) var values: [Value] = []
  private(set) var bytes: [UInt8] = []
  /// The positions of the `$n` in the statement's UTF-8.
  var slots: [Int] = []
  private var isMiscounted = false
  private var holdsNUL = false

  /// The largest value that PostgreSQL accepts.
  private static let most = 1 << 30

  init(capacity: Int = 0) {
    guard capacity > 0 else { return }
    values.reserveCapacity(capacity)
    slots.reserveCapacity(capacity)
    bytes.reserveCapacity(capacity * 40)
  }

  /// Adds a null.
  package mutating func null() {
    values.append(Value(start: bytes.count, length: nil, isBinary: false))
  }

  /// Adds a value in PostgreSQL's text format.
  package mutating func text(_ text: String) { self.text { $0.write(text) } }

  /// Adds a value in PostgreSQL's binary format; the server must infer its type from the statement.
  package mutating func binary(_ value: [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: value)
    // libpq reads a null pointer as null, so an empty value needs an address.
    bytes.append(0)
    values.append(Value(start: start, length: value.count, isBinary: true))
  }

  /// Adds a text value that `body` writes in pieces.
  mutating func text(_ body: (inout Parameters) -> Void) {
    let start = bytes.count
    body(&self)
    values.append(Value(start: start, length: bytes.count - start, isBinary: false))
    bytes.append(0)
  }

  mutating func write(_ byte: UInt8) { bytes.append(byte) }

  /// Writes a byte of text from outside, and notes a NUL.
  mutating func write(checked byte: UInt8) {
    if byte == 0 { holdsNUL = true }
    bytes.append(byte)
  }

  mutating func write(_ text: String) {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    if bytes[start...].contains(0) { holdsNUL = true }
  }

  mutating func write(ascii: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: ascii) }

  /// Checks that exactly one value was added for `$n`.
  mutating func settle(_ place: Int) {
    if values.count != place { isMiscounted = true }
  }

  mutating func append(contentsOf other: Parameters) {
    let shift = bytes.count
    bytes.append(contentsOf: other.bytes)
    for value in other.values {
      values.append(
        Value(start: shift + value.start, length: value.length, isBinary: value.isBinary))
    }
    holdsNUL = holdsNUL || other.holdsNUL
    isMiscounted = isMiscounted || other.isMiscounted
  }

  /// Refuses NUL bytes, miscounted parameters, and parameters that are too many or too large.
  func check() throws(PostgresError) {
    if holdsNUL {
      throw .refused(sqlstate: "22021", message: "a text parameter holds a NUL byte")
    }
    if isMiscounted {
      throw .refused(sqlstate: "08P01", message: "bind(into:) must add exactly one parameter")
    }
    if bytes.count > Self.most || values.count > Int(UInt16.max) {
      throw .refused(sqlstate: "54000", message: "the parameters are too large or too many")
    }
  }
}
