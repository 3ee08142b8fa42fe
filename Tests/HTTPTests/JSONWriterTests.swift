import HTTP
import Testing

@Suite struct JSONWriterTests {
  func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return writer.text
  }

  @Test(arguments: [
    ("", #""""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
    ("\u{0}\u{8}\u{1f}\u{7f}", "\"\\u0000\\u0008\\u001f\u{7f}\""), ("é😀/", "\"é😀/\""),
    ("\u{2028}</script>", "\"\u{2028}</script>\""),
  ])
  func specialCharactersAreEscaped(text: String, json: String) {
    #expect(written { $0.string(text) } == json)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (-10, "-10"), (Int.max, "9223372036854775807"),
    (Int.min, "-9223372036854775808"),
  ])
  func wholeNumbersAreWritten(number: Int, json: String) {
    #expect(written { $0.number(number) } == json)
  }

  @Test(arguments: [
    (0.5, "0.5"), (1, "1.0"), (Double.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
  ])
  func numbersAreWritten(number: Double, json: String) {
    #expect(written { $0.number(number) } == json)
  }

  @Test(arguments: [
    0.1, 1.0 / 3, 1e21, 1e-7, -2.5e-300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e16,
  ])
  func everyDigitIsKept(number: Double) throws {
    #expect(try JSON(written { $0.number(number) }) == .double(number))
  }

  @Test func membersAndElementsAreSeparated() {
    let json = written {
      $0.object {
        $0.member("a", 1)
        $0.member("b", ["x", "y"])
        $0.key("c")
        $0.object { _ in }
        $0.key(dynamic: "d\"")
        $0.array { _ in }
        $0.member("e", String?.none)
        $0.key("f")
        $0.raw(Array("[1]".utf8))
        $0.member("g", true)
      }
    }
    #expect(
      json == #"{"a":1,"b":["x","y"],"c":{},"d\"":[],"e":null,"f":[1],"g":true}"#)
  }

  @Test func plainBytesAreQuoted() {
    let json = written { writer in
      writer.quoted(4) { _ = $0.update(fromContentsOf: "id-1".utf8) }
    }
    #expect(json == #""id-1""#)
  }

  @Test func valuesSurviveARoundTrip() throws {
    let everything = String(String.UnicodeScalarView((1..<0x500).compactMap(Unicode.Scalar.init)))
    let texts = [everything, "", "\\u0041", "\"\"", "\u{10ffff}"]
    let json = written { $0.array { for text in texts { $0.string(text) } } }
    #expect(try JSON(json) == .array(texts.map(JSON.string)))
  }
}
