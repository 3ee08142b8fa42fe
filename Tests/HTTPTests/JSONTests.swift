import HTTP
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    ("null", JSON.null), ("true", .bool(true)), (" false\n", .bool(false)), ("0", .int(0)),
    ("-7", .int(-7)), ("1.5", .double(1.5)), ("1e2", .double(100)), ("\"\"", .string("")),
    ("[]", .array([])), ("{}", .object([:])),
    (
      #"{"a":[1,null,{"b":"c"}]}"#,
      .object(["a": .array([.int(1), .null, .object(["b": .string("c")])])])
    ),
    (#""\u00e9\ud83d\ude00\n\/\\\"""#, .string("é😀\n/\\\"")), ("\"é😀\"", .string("é😀")),
    ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
  ])
  func validJSONIsParsed(text: String, value: JSON) throws {
    #expect(try JSON(text) == value)
  }

  @Test(arguments: [
    "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "'a'", "nul", "01", "1.", ".5", "+1", "NaN",
    "Infinity",
    "[] []", "[]x", "\"a", "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
    "\u{feff}[]",
    " ", "1e999", "[1", "/* */ 1", "[1]\u{0}",
  ])
  func refuses(text: String) {
    let refused = problem { _ = try JSON(text) }
    #expect(refused?.status == 400)
    #expect(refused?.detail.hasPrefix("The body is not valid JSON (line 1, column ") == true)
  }

  @Test func errorsNameThePosition() {
    expectProblem(400, "The body is not valid JSON (line 2, column 8).") {
      _ = try JSON("{\n  \"a\": x\n}")
    }
  }

  @Test func anEmptyBodyIsRefused() {
    expectProblem(400, "The body is empty: send JSON.") { _ = try JSON("") }
  }

  @Test(arguments: [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"[{"b":{"a":1,"a":2}}]"#])
  func repeatedKeysAreRefused(text: String) {
    expectProblem(400) { _ = try JSON(text) }
  }

  @Test func keysEqualAsTextAreRefused() {
    expectProblem(400, "The body is not accepted as JSON: the key \"\u{e9}\" appears twice.") {
      _ = try JSON("{\"\u{e9}\":1,\"e\u{301}\":2}")
    }
  }

  @Test func unrepresentableValuesAreApproximated() throws {
    #expect(try JSON(#""a\u0000b""#) == .string("a\u{0}b"))
    #expect(
      try JSON(#"{"a\u0000": 1, "b": "\\u0000"}"#)
        == .object(["a\u{1}": .int(1), "b": .string("\\u0000")]))
    #expect(
      try JSON("100000000000000000000") == .double(1e20)
    )
    #expect(try JSON("9007199254740993") == .int(9_007_199_254_740_993))
    expectProblem(400) { _ = try JSON("\"\u{0}\"") }
    expectProblem(400) { _ = try JSON("1e999") }
  }

  @Test(arguments: [
    [0xFF], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
  ])
  func invalidUTF8IsRefused(bytes: [UInt8]) {
    let quote = [UInt8(ascii: "\"")]
    expectProblem(400) { _ = try JSON(parsing: quote + bytes + quote) }
    expectProblem(400) { _ = try JSON(parsing: bytes) }
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func theDepthIsLimited(open: String, close: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    #expect(throws: Never.self) { try JSON(nested(32)) }
    expectProblem(400, "The body is not accepted as JSON: it is nested too deeply.") {
      _ = try JSON(nested(33))
    }
    expectProblem(400) { _ = try JSON(nested(200_000)) }
  }

  @Test func longStringsAreAccepted() throws {
    let text = String(repeating: "é\n😀", count: 150_000)
    var writer = JSONWriter()
    writer.string(text)
    #expect(try JSON(parsing: writer.bytes) == .string(text))
  }
}
