/// Writes JSON into its own memory, because appending to an array costs twice as much.
///
/// JSONEncoder is several times slower, omits nil keys and does not order keys.
package struct JSONWriter: ~Copyable {
  private var room: UnsafeMutableBufferPointer<UInt8>
  private var count = 0
  private var needsComma = false

  /// Makes a writer with room for `capacity` bytes; it grows when needed.
  package init(capacity: Int = 512) { room = .allocate(capacity: capacity) }

  deinit { room.deallocate() }

  /// A copy of the written bytes.
  package var bytes: [UInt8] { Array(room[..<count]) }

  /// Writes `{…}`.
  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    members(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes `[…]`.
  package mutating func array(_ elements: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "["))
    elements(&self)
    close(UInt8(ascii: "]"))
  }

  /// Begins a member of the current object.
  package mutating func key(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    separate()
    let place = take(length + 3)
    place[0] = UInt8(ascii: "\"")
    (place + 1).update(from: name.utf8Start, count: length)
    place[length + 1] = UInt8(ascii: "\"")
    place[length + 2] = UInt8(ascii: ":")
    needsComma = false
  }

  /// Begins a member whose name is known only at run time.
  package mutating func key(dynamic name: String) {
    string(name)
    append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes one member of the current object.
  package mutating func member(_ name: StaticString, _ value: some WireValue) {
    key(name)
    value.write(to: &self)
  }

  /// Writes `null`.
  package mutating func null() { literal("null") }

  /// Writes text that is already JSON.
  package mutating func literal(_ text: StaticString) {
    separate()
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    needsComma = true
  }

  /// Writes a quoted string of `length` bytes that need no escape, for example an identifier.
  /// - Parameter fill: writes all bytes of the string.
  package mutating func quoted(
    _ length: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) {
    separate()
    let place = take(length + 2)
    place[0] = UInt8(ascii: "\"")
    fill(UnsafeMutableBufferPointer(start: place + 1, count: length))
    place[length + 1] = UInt8(ascii: "\"")
    needsComma = true
  }

  /// Writes bytes that are one complete JSON value.
  package mutating func raw(_ json: [UInt8]) {
    separate()
    json.withUnsafeBufferPointer { append($0) }
    needsComma = true
  }

  /// Writes an integer.
  package mutating func number(_ value: Int) {
    separate()
    if value < 0 { append(UInt8(ascii: "-")) }
    var magnitude = value.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(magnitude % 10)
        magnitude /= 10
      } while magnitude > 0
      append(UnsafeBufferPointer(rebasing: digits[start...]))
    }
    needsComma = true
  }

  /// Writes a number; values that JSON cannot represent (NaN, infinities) become null.
  package mutating func number(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    append(value.description)
    needsComma = true
  }

  /// Writes a string with the escapes of RFC 8259.
  package mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { string(utf8: $0) }
  }

  /// Writes a string of UTF-8 with the escapes of RFC 8259.
  package mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
    separate()
    append(UInt8(ascii: "\""))
    escape(text)
    append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for (index, byte) in text.enumerated() where Self.needsEscape(byte) {
      append(UnsafeBufferPointer(rebasing: text[start..<index]))
      appendEscape(of: byte)
      start = index + 1
    }
    append(UnsafeBufferPointer(rebasing: text[start...]))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendEscape(of byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
    case 0..<0x20: append((byte < 0x10 ? "u000" : "u001") + String(byte & 15, radix: 16))
    default: append(byte)
    }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { append(UInt8(ascii: ",")) }
  }

  private mutating func append(_ byte: UInt8) { take(1).pointee = byte }

  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    take(bytes.count).update(from: start, count: bytes.count)
  }

  /// Reserves the next `length` bytes, which the caller fills.
  private mutating func take(_ length: Int) -> UnsafeMutablePointer<UInt8> {
    if room.count - count < length { grow(to: max(count + length, 2 * room.count)) }
    defer { count += length }
    return room.baseAddress.unsafelyUnwrapped + count
  }

  private mutating func grow(to capacity: Int) {
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    _ = larger.update(fromContentsOf: room[..<count])
    room.deallocate()
    room = larger
  }
}
