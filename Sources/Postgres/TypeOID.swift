/// The OIDs of PostgreSQL's built-in types, fixed in its `pg_type.dat`.
enum TypeOID {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let float4: UInt32 = 700
  static let float8: UInt32 = 701
  static let timestamptz: UInt32 = 1184
  static let uuid: UInt32 = 2950
  static let jsonb: UInt32 = 3802

  /// The smallest OID of enums and extension types; built-in types have smaller ones.
  static let firstUserDefined: UInt32 = 16384

  static let integers: InlineArray<3, UInt32> = [int8, int4, int2]
  static let floats: InlineArray<2, UInt32> = [float8, float4]
  /// The types text, varchar, name, bpchar, "char", json, jsonb and unknown.
  static let texts: InlineArray<8, UInt32> = [25, 1043, 19, 1042, 18, 114, jsonb, 705]
}
