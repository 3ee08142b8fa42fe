/// One value of a row, in PostgreSQL's binary form.
package struct Column: ~Copyable {
  /// The bytes in network order; valid only while the column is borrowed.
  package let bytes: UnsafeRawBufferPointer
  /// Whether the value is null.
  package let isNull: Bool
  /// The OID of the value's type.
  let type: UInt32

  init(bytes: UnsafeRawBufferPointer, isNull: Bool, type: UInt32) {
    self.bytes = bytes
    self.isNull = isNull
    self.type = type
  }

  /// Returns the bytes when the value has this type.
  func value(of type: UInt32) throws(PostgresError) -> UnsafeRawBufferPointer {
    try checked(self.type == type)
  }

  /// Returns the bytes when the value has one of these types.
  func value<let count: Int>(
    of types: InlineArray<count, UInt32>, or isFitting: Bool = false
  ) throws(PostgresError) -> UnsafeRawBufferPointer {
    var fits = isFitting
    for index in types.indices where types[index] == type { fits = true }
    return try checked(fits)
  }

  private func checked(_ fits: Bool) throws(PostgresError) -> UnsafeRawBufferPointer {
    guard fits else { throw .unexpected("type \(type) is not read as this: cast it") }
    guard !isNull else { throw .unexpected("null") }
    return bytes
  }
}
