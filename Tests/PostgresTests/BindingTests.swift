import Postgres
import Testing

@Suite struct BindingTests {
  let db: Connection

  init() throws { db = try sharedConnection() }

  private func survives<T: PostgresEncodable & PostgresDecodable & Equatable>(
    _ value: T, _ type: SQL, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let back = try db.value("select \(value)::\(type)", as: T.self)
    #expect(back == value, sourceLocation: sourceLocation)
    let none = try db.value("select \(T?.none)::\(type)", as: T?.self)
    #expect(none == nil, sourceLocation: sourceLocation)
    let some = try db.value("select \(T?.some(value))::\(type)", as: T?.self)
    #expect(some == value, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "", " ", "plain", "it's", "\"", "\\", "\\x41", "$1", "%s", "null", "NULL", "{a,b}", "a\nb\r\t",
    "😀👩‍👩‍👧‍👦", "e\u{301}", "\u{FEFF}", "\u{1}\u{7F}", "'; drop table t; --",
  ])
  func textIsBound(_ text: String) throws {
    try survives(text, "text")
    #expect(try db.value("select octet_length(\(text)::text)") == text.utf8.count)
    try survives([text, "x", text], "text[]")
  }

  @Test func longTextIsBound() throws {
    try survives(String(repeating: "long 'text' ", count: 100_000), "text")
  }

  @Test func numbersAreBound() throws {
    for value in [0, 1, -1, Int.max, Int.min] { try survives(value, "int8") }
    for value in [0, Int32.max, Int32.min] { try survives(value, "int4") }
    for value in [Int64.max, Int64.min] { try survives(value, "int8") }
    for value in [0, -0.0, 0.1, 1e300, -2.5e-300, .infinity, -.infinity, .leastNonzeroMagnitude] {
      try survives(value, "float8")
    }
    let nan: Double = try db.value("select \(Double.nan)::float8")
    #expect(nan.isNaN)
    #expect(try db.value("select 7::int2") == Int(7))
    #expect(try db.value("select 7::int4") == Int64(7))
    #expect(try db.value("select 0.5::float4") == 0.5)
  }

  @Test func booleansAndBytesAreBound() throws {
    try survives(true, "bool")
    try survives(false, "bool")
    try survives([UInt8](), "bytea")
    try survives(Array(UInt8.min...UInt8.max), "bytea")
    #expect(try db.value("select encode(\([UInt8](0...3)), 'hex')") == "00010203")
  }

  @Test func arraysAreBound() throws {
    try survives([String](), "text[]")
    try survives(["a,b", "{}", "\"", "\\\"", "null", "", " "], "text[]")
    try survives(["a", nil, "null", nil], "text[]")
    try survives([1, -2, .max], "int8[]")
    try survives([0.5, -.infinity], "float8[]")
    let ids = [UUIDBytes(high: 1, low: .max), UUIDBytes(high: .max, low: 0)]
    try survives(ids, "uuid[]")
    try survives([ids[0], nil], "uuid[]")
    #expect(try db.value("select '[5:6]={x,y}'::text[]") == ["x", "y"])
  }

  @Test func otherTextTypesAreBound() throws {
    let db = try freshConnection()
    try db.script("create type mood as enum ('so so', 'fine')")
    #expect(try db.value("select \("fine")::mood") == "fine")
    #expect(try db.value("select array['fine']::mood[]") == ["fine"])
    #expect(try db.value("select 'n'::name") == "n")
    #expect(try db.value("select 'v'::varchar(3)") == "v")
    #expect(try db.value("select '{\"b\": [1, null]}'::jsonb") == "{\"b\": [1, null]}")
    #expect(try db.value("select '{ }'::json") == "{ }")
  }

  @Test func rawValuesAreBound() throws {
    #expect(try db.value("select \(Mood.fine)::text", as: Mood.self) == .fine)
    #expect(
      throws: PostgresError.unexpected("column 1 (mood): odd is not a Mood")
    ) { try db.value("select 'odd' as mood", as: Mood.self) }
  }

  private enum Mood: String, PostgresEncodable, PostgresDecodable { case fine }

  @Test(arguments: [
    "select 'x'::text", "select 1.5::numeric", "select null::int8", "select now()",
    "select 1.5::float8", "select '{1}'::int8[]",
  ])
  func wrongTypesAreRefused(_ statement: String) throws {
    let error = postgresError { _ = try db.value("\(unsafeRaw: statement)", as: Int.self) }
    guard case .unexpected = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func wrongShapesAreRefused() throws {
    #expect(throws: PostgresError.self) { try db.value("select 1::int8", as: String.self) }
    #expect(throws: PostgresError.self) { try db.value("select 2147483648", as: Int32.self) }
    #expect(throws: PostgresError.self) {
      try db.value("select '{{a},{b}}'::text[]", as: [String].self)
    }
    #expect(throws: PostgresError.self) {
      try db.value("select '{a,null}'::text[]", as: [String].self)
    }
    #expect(throws: PostgresError.self) { try db.value("select 'a'::text", as: [String].self) }
    #expect(throws: PostgresError.self) { try db.value("select \("{a}")::text[]", as: [Int].self) }
    #expect(throws: PostgresError.self) {
      try db.one("select 1") { row throws(PostgresError) in
        _ = try row.next(Int.self)
        return try row.next(Int.self)
      }
    }
  }
}
