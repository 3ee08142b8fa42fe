/// Reads PostgreSQL's binary form of arrays: a header, then a length and bytes for each element.
struct ArrayReader {
  /// The number of elements.
  let count: Int
  private let type: UInt32
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    rest = bytes
    let dimensions = try Self.integer(&rest)
    _ = try Self.integer(&rest)  // whether there are nulls: each element says so itself
    type = UInt32(bitPattern: try Self.integer(&rest))
    guard dimensions == 1 else {
      guard dimensions == 0 else { throw .unexpected("an array of \(dimensions) dimensions") }
      count = 0
      return
    }
    count = Int(try Self.integer(&rest))
    _ = try Self.integer(&rest)  // the index of the first element
    // An element takes at least four bytes, so a larger count is invalid.
    guard count >= 0, count <= rest.count / 4 else { throw .unexpected("not an array") }
  }

  /// Returns the next element.
  mutating func next() throws(PostgresError) -> Column {
    let length = Int(try Self.integer(&rest))
    guard length >= 0 else {
      return Column(bytes: UnsafeRawBufferPointer(start: nil, count: 0), isNull: true, type: type)
    }
    guard length <= rest.count else { throw .unexpected("not an array") }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length)) }
    return Column(
      bytes: UnsafeRawBufferPointer(rebasing: rest.prefix(length)), isNull: false, type: type)
  }

  private static func integer(_ rest: inout UnsafeRawBufferPointer) throws(PostgresError) -> Int32 {
    guard rest.count >= 4 else { throw .unexpected("not an array") }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(4)) }
    return Int32(bigEndian: rest.loadUnaligned(as: Int32.self))
  }
}
