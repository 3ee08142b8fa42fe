import HTTP
import Testing
import Web

/// An answer that uses every kind of value.
private struct Cat: WireOutput {
  var name = ""
  var nick: String?
  var tags: [String] = []

  static var fields: Fields<Cat> {
    [
      Field("name") { $0.name }, Field("nick") { $0.nick }, Field("tags") { $0.tags },
      Field("age") { _ in Int?.none }, Field("weight") { _ in 4.5 }, Field("alive") { _ in true },
    ]
  }
}

@Suite struct OutputTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func fieldsKeepTheirOrderAndNulls() {
    #expect(
      written { Cat(name: "a\"", tags: ["x"]).write(to: &$0) }
        == #"{"name":"a\"","nick":null,"tags":["x"],"age":null,"weight":4.5,"alive":true}"#)
  }

  @Test func objectsAndBareListsAreWritten() {
    guard case .bytes(let one) = Response.json(Cat(name: "a")).body,
      case .bytes(let two) = Response.json([Cat(name: "a"), Cat(name: "b")]).body,
      case .bytes(let none) = Response.json([Cat]()).body
    else {
      Issue.record("a JSON answer without bytes")
      return
    }
    #expect(Response.json(Cat()).headers.contains { $0 == ("Content-Type", "application/json") })
    #expect((try? JSON(parsing: one)) != nil)
    #expect(String(decoding: two, as: UTF8.self).hasPrefix(#"[{"name":"a","#))
    #expect(String(decoding: two, as: UTF8.self).contains(#"},{"name":"b","#))
    #expect(none == Array("[]".utf8))
  }

  @Test func writesItsSchema() {
    #expect(written { Cat.schema.write(to: &$0) } == ##"{"$ref":"#/components/schemas/Cat"}"##)
    let text = written { Cat.schema.writeDefinition(to: &$0) }
    #expect(text.contains(#""nick":{"type":["string","null"]}"#))
    #expect(text.hasSuffix(#""required":["name","nick","tags","age","weight","alive"]}"#))
  }
}
