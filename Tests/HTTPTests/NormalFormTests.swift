import HTTP
import Testing

@Suite struct NormalFormTests {
  @Test(arguments: [
    ("", ""), ("abc", "abc"), ("e\u{301}", "\u{E9}"), ("\u{E9}", "\u{E9}"), ("\u{212B}", "\u{C5}"),
    ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{212A}", "K"), ("\u{2F81A}", "\u{51AC}"),
    ("\u{FF21}", "\u{FF21}"),
  ])
  func theNormalFormIsNFC(text: String, form: String) {
    #expect(Array(text.normalized.utf8) == Array(form.utf8))
    #expect(Array(form.normalized.utf8) == Array(form.utf8))
  }

  /// Every character before U+0300 is already normalized, and none of their bytes is 0xCC or more.
  @Test func textsOnTheFastPathAreNormalized() {
    for value in UInt32(0)..<0x300 {
      let text = String(Unicode.Scalar(value).map(Character.init) ?? "?")
      #expect(Array((text + "\u{1F600}").normalized.utf8) == Array((text + "\u{1F600}").utf8))
    }
  }

  private struct Body: WireInput {
    let name: String
    let names: [String]
    let own: String
    let secret: String

    static let inputs = Inputs(
      Body.init,
      .required("name", .line(1...3)),
      .required("names", .list(of: .text(1...3), 1...9)),
      .required(
        "own",
        Rule(.string()) { json throws(Reason) in
          guard case .string(let text) = json else { throw "must be a string" }
          return text
        }),
      .required("secret", .secret(1...9)))
  }

  @Test func everyRuleNormalizes() throws {
    let text = "e\u{301}o\u{308}"
    let body = try Body(
      reading: JSON(
        parsing: Array(
          #"{"name": "\#(text)", "names": ["\#(text)"], "own": "\#(text)", "secret": "\#(text)"}"#
            .utf8)))
    let form = Array("\u{E9}\u{F6}".utf8)
    #expect(Array(body.name.utf8) == form)
    #expect(body.names.map { Array($0.utf8) } == [form])
    #expect(Array(body.own.utf8) == form)
    #expect(Array(body.secret.utf8) == Array(text.utf8))
  }

  @Test func addressesAreNormalized() throws {
    let form = Array("\u{E9}".utf8)
    #expect(try Query("a=e%CC%81")["a"].map { Array($0.utf8) } == form)
    #expect(Path.segments("/e%CC%81")?.map { Array($0.utf8) } == [form])
  }
}
