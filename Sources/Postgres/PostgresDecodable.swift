/// A value that can be read from a column.
package protocol PostgresDecodable {
  /// Decodes a column's binary value.
  /// - Throws: `.unexpected` when the column's type or value does not fit.
  static func decode(_ column: borrowing Column) throws(PostgresError) -> Self
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  /// Reads the raw value.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Self {
    let raw = try RawValue.decode(column)
    guard let value = Self(rawValue: raw) else { throw .unexpected("\(raw) is not a \(Self.self)") }
    return value
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// Reads the value, or nil for null.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Wrapped? {
    column.isNull ? nil : try Wrapped.decode(column)
  }
}

extension String: PostgresDecodable {
  /// Reads text, names, enums, json and jsonb.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> String {
    var bytes = try column.value(of: TypeOID.texts, or: column.type >= TypeOID.firstUserDefined)
    if column.type == TypeOID.jsonb {
      guard bytes.first == 1 else { throw .unexpected("an unknown version of jsonb") }
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Int64: PostgresDecodable {
  /// Reads an integer of any size.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Int64 {
    let bytes = try column.value(of: TypeOID.integers)
    switch (column.type, bytes.count) {
    case (TypeOID.int8, 8): return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    case (TypeOID.int4, 4): return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
    case (TypeOID.int2, 2): return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
    default: throw .unexpected("an integer of \(bytes.count) bytes")
    }
  }
}

extension Int: PostgresDecodable {
  /// Reads an integer of any size.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Int {
    Int(try Int64.decode(column))
  }
}

extension Int32: PostgresDecodable {
  /// Reads an integer that fits into 32 bits.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Int32 {
    let value = try Int64.decode(column)
    guard let narrow = Int32(exactly: value) else { throw .unexpected("\(value) is not an int4") }
    return narrow
  }
}

extension Double: PostgresDecodable {
  /// Reads a float8 or float4.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Double {
    let bytes = try column.value(of: TypeOID.floats)
    switch (column.type, bytes.count) {
    case (TypeOID.float8, 8):
      return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    case (TypeOID.float4, 4):
      return Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
    default: throw .unexpected("a float of \(bytes.count) bytes")
    }
  }
}

extension Bool: PostgresDecodable {
  /// Reads a boolean.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Bool {
    let bytes = try column.value(of: TypeOID.bool)
    guard bytes.count == 1 else { throw .unexpected("a boolean of \(bytes.count) bytes") }
    return bytes[0] != 0
  }
}

extension UUIDBytes: PostgresDecodable {
  /// Reads a uuid.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> UUIDBytes {
    let bytes = try column.value(of: TypeOID.uuid)
    guard bytes.count == size else { throw .unexpected("a uuid of \(bytes.count) bytes") }
    return UUIDBytes(bytes)
  }
}
