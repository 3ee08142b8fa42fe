import Assay
import HTTP
import Site
import Support
import Testing
import Web

/// Tables with malformed rows: each is reported, and no row is cut, merged or changed.
@Suite("Tables on /api/upload") struct TableUploadTests {
  private let site: TestSite
  private let customer: Person
  private let project: String

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    project = try site.request(by: customer)
  }

  struct Case: CustomTestStringConvertible {
    var name = "a.csv"
    let text: String
    var fields: [String: String] = [:]
    var texts: [String] = []
    /// The beginning of each fault's sentence.
    var faults: [String] = []
    var testDescription: String { "\(name): \(text.debugDescription) \(fields)" }
  }

  static let misfits = [
    Case(
      text: "text\nI like red, green and blue\ngood\n", texts: ["good"],
      faults: [
        "Row 2 has 2 fields, but the header has 1, separated by comma; put a text that contains a"
      ]),
    Case(
      text: "id,text\n1,Hello, world\n2,b\n", texts: ["b"],
      faults: ["Row 2 has 3 fields, but the header has 2"]),
    Case(
      text: "id,text\n1,\"Hello\" she said\n2,b\n", texts: ["b"],
      faults: ["Row 2 has text after a closing quote; quotes=none"]),
    Case(
      text: "id,text\n1,\"bad\n2,two\n3,\"three\"\n4,four\n", texts: ["two", "three", "four"],
      faults: ["Row 2 has text after a closing quote"]),
    Case(
      name: "a.tsv", text: "text\tlabel\n\"Second\tx\nThird \"one\"\ty\n",
      texts: ["Third \"one\""], faults: ["Row 2 has text after a closing quote"]),
    Case(
      text: "text\na\n\"b\nc", texts: ["a", "c"],
      faults: ["Row 3 opens a quote that is not closed"]),
    Case(
      text: "id,text\r\n1,\"two\r\nlines\" x\r\n2,b\r\n", texts: ["b"],
      faults: ["Row 2 has text after a closing quote", "Row 3 contains a quote that may"]),
    // The rest of a broken row must not become a text.
    Case(
      text: "id,text\n1,\"two\nlines\" x,y\n2,b\n", texts: ["b"],
      faults: ["Row 2 has text", "Row 3 contains a quote that may belong to the previous row"]),
    Case(
      text: "text\n\"a\" b, \"c\nd\"\n5\" tape\nx\n", texts: ["5\" tape", "x"],
      faults: ["Row 2 has text", "Row 3 contains a quote"]),
    Case(
      text: "id,text\n1,\"two\nlines\",x\n2,b\n\n3\n", texts: ["b"],
      faults: ["Row 2 (lines 2 to 3) has 3 fields", "Row 5 (line 6) has 1 field"]),
    Case(text: "\"text\" x\na\n", faults: ["No file was accepted. a.csv: Row 1 has text"]),
    Case(
      text: "text,id,Text,text\na,1,b,c\n",
      faults: [#"No file was accepted. a.csv: The header names the column "text" twice."#]),
    Case(
      text: "text\n" + String(repeating: "x", count: 2_097_153) + "\nb\n", texts: ["b"],
      faults: ["Row 2 is longer than 2097152 bytes."]),
  ]

  static let separators = [
    Case(text: "text;label\nGuten Tag, Welt;x\n", texts: ["Guten Tag, Welt"]),
    Case(text: "sep=;\ntext;label\nhallo;x\n", texts: ["hallo"]),
    Case(
      text: "\u{FEFF}sep=|\r\nid|text\r\n1|a\r\n2\r\n", texts: ["a"], faults: ["Row 4 has 1 field"]),
    Case(
      text: "sep=^\ntext^id\na^1\n", faults: ["No file was accepted. a.csv: Line 1 names an"]),
    Case(text: "id|text\n1|a, b; c\n", texts: ["a, b; c"]),
    Case(text: "id\ttext\n1\ta, b; c\n", texts: ["a, b; c"]),
    Case(name: "a.tsv", text: "id,text\n1,a\n", texts: ["a"]),
    Case(text: "id,text\n1,a;b\n2,c;d\n", texts: ["a;b", "c;d"]),
    // A header of one column: the usual separator stays, and the others are text.
    Case(text: "text\na; b\nc | d\n", texts: ["a; b", "c | d"]),
    Case(text: "answer (yes|no)\nyes\nno\n", texts: ["yes", "no"]),
    Case(
      text: "text;label\nonly\na;b\n", texts: ["a"],
      faults: ["Row 2 has 1 field, but the header has 2"]),
    Case(
      text: "text\nred, green\n\"blue\"\n", fields: ["separator": "none"],
      texts: ["red, green", "blue"]),
    Case(text: "a,b;text\n1,2;x\n", fields: ["separator": ";"], texts: ["x"]),
    Case(
      text: "id,text\n1,\"a\n2,b\" c\n", fields: ["quotes": "none"], texts: ["\"a", "b\" c"]),
    Case(
      text: "a,b;c\n1,2;3\n", fields: ["text_column": "b;c"], texts: ["2;3"]),
  ]

  @Test(arguments: misfits + separators) func everyRowIsReadOrReported(_ given: Case) throws {
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form(
        [(name: given.name, bytes: Array(given.text.utf8))],
        fields: given.fields.map { (name: $0, value: $1) }))
    #expect(answer.status == (given.texts.isEmpty ? 400 : 201), "\(answer.text.prefix(300))")
    #expect(try texts(answer) == given.texts)
    let faults =
      answer.status == 201
      ? try answer.json["errors"].elements.map { try $0["reason"].string } : [try answer.detail]
    #expect(faults.count == given.faults.count, "\(faults)")
    for (fault, part) in zip(faults, given.faults) { #expect(fault.hasPrefix(part), "\(fault)") }
  }

  private func texts(_ answer: Answer) throws -> [String] {
    guard answer.status == 201 else { return [] }
    return try answer.json["files"].elements.map { file in
      let download = try site.send(
        "GET", "/api/files/\(file["id"].string)/download", as: customer)
      let path = try #require(download.headers["X-Accel-Redirect"]).replacing("/.", with: "/")
      return String(decoding: try Files.bytes(site.site.config.store + path), as: UTF8.self)
    }
  }

  @Test func faultsBeyondTheFirstAreCounted() throws {
    let rows = String(repeating: "a,b,c\n", count: 50) + "1,good\n"
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.csv", bytes: Array("id,text\n\(rows)".utf8))]))
    let reasons = try answer.json["errors"].elements.map { try $0["reason"].string }
    #expect(reasons.count == 21)
    #expect(reasons.last == "30 more of its texts were not accepted.")
  }

  /// Each line opens a quote that is never closed, so that each could make the reader begin again.
  @Test func manyStrayQuotesEndTheFile() throws {
    let rows = String(repeating: "a\",\",b\n", count: 350_000)
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.csv", bytes: Array("id,text\n1,one\n\(rows)".utf8))]))
    #expect(try texts(answer) == ["one"])
    let reasons = try answer.json["errors"].elements.map { try $0["reason"].string }
    #expect(reasons.count <= 22, "\(reasons.count)")
    #expect(reasons.contains { $0.hasSuffix("on: too many quotes are not closed.") }, "\(reasons)")
  }

  @Test(arguments: [("separator", "dot"), ("quotes", "single"), ("filename_encoding", "cp1")])
  func unknownOptionsAreRefused(field: String, word: String) throws {
    let file = (name: "a.csv", bytes: Array("text\na\n".utf8))
    let inForm = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([file], fields: [(name: field, value: word)]))
    let inAddress = try site.send(
      "POST", "/api/upload?project=\(project)&\(field)=\(word)", as: customer, form: Form([file]))
    for answer in [inForm, inAddress] {
      #expect(answer.status == 422)
      #expect(try answer.detail.hasPrefix("\(field) must be "))
    }
  }

  @Test(arguments: ["separator", "quotes", "filename_encoding", "text_column", "project"])
  func aFieldThatIsTooLongIsRefused(field: String) throws {
    let word = String(repeating: "x", count: 1001)
    let answer = try site.send(
      "POST", "/api/upload\(field == "project" ? "" : "?project=\(project)")", as: customer,
      form: Form(
        [(name: "a.csv", bytes: Array("text\na\n".utf8))], fields: [(name: field, value: word)]))
    #expect(answer.status == 422)
    #expect(try answer.detail.hasPrefix("\(field) must be at most 1000 bytes"), "\(answer.text)")
  }

  @Test func theProjectIsRequired() throws {
    let file = (name: "a.csv", bytes: Array("text\na\n".utf8))
    for fields in [[], [(name: "project_id", value: "\(project)")]] {
      let form = Form([file], fields: fields)
      let answer = try site.send("POST", "/api/upload", as: customer, form: form)
      #expect(answer.status == 422)
      #expect(try answer.detail == "project is required.")
    }
  }

  /// Rows that are refused take time, too, so they count.
  @Test func faultyRowsCountAmongTheTexts() throws {
    let rows = String(repeating: "\"\"x\n", count: 20_000)
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.csv", bytes: Array("text\ngood\n\(rows)".utf8))]))
    #expect(try texts(answer) == ["good"])
    let reasons = try answer.json["errors"].elements.map { try $0["reason"].string }
    #expect(reasons.contains { $0.hasPrefix("The rest of the file was not read") }, "\(reasons)")
  }

  static let documents = [
    (
      "a.json", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n",
      "begins with {, not [; a file with one JSON value per line needs a name with .jsonl (line 1)"
    ),
    ("a.json", "\n\"a\"\n\"b\"", "needs a name with .jsonl (line 2)"),
    (
      "a.json", "[{\"text\": \"a\", \"text\": \"b\"}]",
      "Element 1 is not valid JSON: the key \"text\" appears twice (line 1, column "
    ),
    (
      "a.json", "[\n {\"text\": \"a\",\n  \"x\": NaN}]",
      "Element 1 (line 2) is not valid JSON: JSON has no NaN or Infinity: write null (line 3, column "
    ),
    ("a.json", "[{\"text\": \"a\", \"x\": -Infinity}]", "JSON has no NaN or Infinity"),
    ("a.json", "[{\"text\": \"a\",}]", "there is a comma before a closing bracket"),
    ("a.json", "[,\"a\"]", "it has an extra comma (line 1)"),
    ("a.json", "[{'text': 'a'}]", "strings must be in double quotes"),
    ("a.jsonl", "{\"text\": \"a\", \"x\": Infinity}", "Line 1 is not valid JSON: JSON has"),
    (
      "a.jsonl", "[\n\"a\",\n\"b\"\n]",
      "Line 1 begins a JSON array: give the file a name with .json."
    ),
    ("a.jsonl", "[\"a\", \"b\"]", "a file with one JSON array needs a name with .json."),
    ("a.jsonl", "{\"text\": \"a\", \"text\": \"b\"}", "the key \"text\" appears twice"),
    ("a.jsonl", "{\"text\": \"a\"", "it ends too early"),
  ]

  @Test(arguments: documents) func jsonFaultsAreExplained(
    name: String, text: String, words: String
  ) throws {
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: name, bytes: Array(text.utf8))]))
    #expect(answer.status == 400)
    let detail = try answer.detail
    #expect(detail.contains(words), "\(detail)")
  }

  @Test func aMissingQuoteAffectsOneElement() throws {
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.json", bytes: Array("[\n\"a\",\n\"b,\n\"c\",\n\"d\"\n]".utf8))]))
    #expect(try texts(answer) == ["a", "d"])
    let reasons = try answer.json["errors"].elements.map { try $0["reason"].string }
    try #require(reasons.count == 1)
    #expect(reasons[0].hasPrefix("Element 2 (line 3) is not valid JSON: a string contains a"))
  }

  @Test(arguments: ["utf-16-le", "utf-16-be"]) func otherEncodingsAreReported(
    encoding: String
  ) throws {
    let isLittle = encoding == "utf-16-le"
    let bytes = Array("text\na\n".utf8).flatMap { (byte: UInt8) -> [UInt8] in
      isLittle ? [byte, 0] : [0, byte]
    }
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.csv", bytes: bytes)]))
    #expect(try answer.detail.contains("it is UTF-16, so save it as UTF-8."))
  }
}
