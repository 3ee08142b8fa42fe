import Assay
import Cryptography
import HTTP
import Site
import Support
import Testing
import Web

@Suite("Texts on /api/upload") struct TextUploadTests {
  private let site: TestSite
  private let customer: Person
  private let project: String

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    project = try site.request(by: customer)
  }

  private func upload(
    _ name: String, _ bytes: [UInt8], _ fields: [(name: String, value: String)] = []
  ) throws -> Answer {
    try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: name, bytes: bytes)], fields: fields))
  }

  /// The stored bytes of each item, in order.
  private func texts(_ answer: Answer) throws -> [String] {
    guard answer.status == 201 else { return [] }
    return try answer.json["files"].elements.map { file in
      let download = try site.send(
        "GET", "/api/files/\(file["id"].string)/download", as: customer)
      let path = try #require(download.headers["X-Accel-Redirect"]).replacing("/.", with: "/")
      return String(decoding: try Files.bytes(site.site.config.store + path), as: UTF8.self)
    }
  }

  private func faults(_ answer: Answer) throws -> [String] {
    answer.status == 201
      ? try answer.json["errors"].elements.map { try $0["reason"].string } : [try answer.detail]
  }

  struct Case: CustomTestStringConvertible {
    let name: String
    var text: String
    var fields: [String: String] = [:]
    var texts: [String] = []
    /// A part of each fault's sentence.
    var faults: [String] = []
    var testDescription: String { "\(name): \(text.prefix(40)) \(fields)" }
  }

  static let plain = [
    Case(name: "a.txt", text: "one\ntwo\r\n\n  three \n", texts: ["one", "two", "  three "]),
    Case(name: "a.txt", text: "\u{FEFF}one\nlast", texts: ["one", "last"]),
    Case(name: "A.TXT", text: "e\u{301}\n日本語 👩‍👩‍👧", texts: ["e\u{301}", "日本語 👩‍👩‍👧"]),
    Case(
      name: "a.txt", text: "\u{FEFF}one\r\ntwo\n", fields: ["text_as": "file"],
      texts: ["\u{FEFF}one\r\ntwo\n"]),
    Case(name: "a.txt", text: "a\u{0}b\nc", texts: ["c"], faults: ["Line 1 contains a NUL"]),
    Case(name: "a.txt", text: " \n\r\n\t", faults: ["contains no text"]),
    Case(name: "a.txt", text: "", faults: ["The file is empty."]),
    Case(
      name: "a.txt", text: String(repeating: "x", count: 1_048_577) + "\nb", texts: ["b"],
      faults: ["Line 1 is longer than 1048576 bytes."]),
    Case(
      name: "a.txt", text: String(repeating: "x", count: 3_000_000) + "\nb", texts: ["b"],
      faults: ["Line 1 is longer than 2097152 bytes."]),
    Case(
      name: "a.txt", text: String(repeating: "x", count: 1_048_577), fields: ["text_as": "file"],
      faults: ["The file is longer than"]),
    // A file that begins like a picture may be text if its name says so.
    Case(name: "a.txt", text: "GIF89a is a format", texts: ["GIF89a is a format"]),
  ]

  static let tables = [
    Case(name: "a.csv", text: "text\none\ntwo", texts: ["one", "two"]),
    Case(
      name: "a.csv", text: "id,Text,x\r\n1,\"a, \"\"b\"\"\r\nc\",y\r\n2,d,\r\n",
      texts: ["a, \"b\"\r\nc", "d"]),
    Case(
      name: "a.csv", text: "\u{FEFF}id,body\n1,a\n2,b\n", fields: ["text_column": "body"],
      texts: ["a", "b"]),
    Case(name: "a.csv", text: "id,Body\n1,a", fields: ["text_column": "BODY"], texts: ["a"]),
    Case(name: "a.tsv", text: "id\ttext\n1\ta, b\n", texts: ["a, b"]),
    Case(
      name: "a.csv", text: "id,body\n1,a",
      faults: [#"There is no column "text": set text_column to one of "id", "body""#]),
    Case(
      name: "a.csv", text: "id,body\n1,a", fields: ["text_column": "c"],
      faults: [#"There is no column "c" among "id", "body"."#]),
    Case(
      name: "a.csv", text: "id,text\n1,a\n2\n3,\n\n4,b\n", texts: ["a", "b"],
      faults: [
        "Row 3 has 1 field, but the header has 2, separated by comma.", "Row 4 contains no text.",
      ]),
    Case(name: "a.csv", text: "text\na\"b\nc\"\"\n", texts: ["a\"b", "c\"\""]),
    Case(name: "a.csv", text: "text\r=1+2\r", texts: ["=1+2"]),
    Case(name: "a.csv", text: "text\n", faults: ["contains no text"]),
  ]

  static let documents = [
    Case(
      name: "a.json", text: #" [ "one" , {"text": "two", "id": 1}, "th\u0072ee" ] "#,
      texts: ["one", "two", "three"]),
    Case(
      name: "a.json", text: #"[{"body": "a]}\"", "x": [{}]}]"#, fields: ["text_key": "body"],
      texts: ["a]}\""]),
    Case(
      name: "a.json", text: #"["a", 1, null, {"x": "y"}, {"text": 2}, "", "b", {"text": nul}]"#,
      texts: ["a", "b"],
      faults: [
        "Element 2 is neither", "Element 3 is neither",
        #"Element 4 has no text with the key "text""#,
        "Element 5 has no text", "Element 6 contains no text", "Element 8 is not valid JSON",
      ]),
    Case(name: "a.json", text: #"["a", "b"#, texts: ["a"], faults: ["malformed after element 1"]),
    Case(name: "a.json", text: #"["a",]"#, texts: ["a"], faults: ["malformed after element 1"]),
    Case(name: "a.json", text: #"["a"] x"#, texts: ["a"], faults: ["malformed after element 1"]),
    Case(name: "a.json", text: #"{"data": []}"#, faults: ["malformed at its beginning"]),
    Case(name: "a.json", text: "[]", faults: ["contains no text"]),
    Case(
      name: "a.json", text: String(repeating: "[", count: 100_000), faults: ["malformed"]),
    Case(
      name: "a.json", text: #"["\ud800", "\u0000", "ok"]"#, texts: ["ok"],
      faults: ["Element 1 is not valid JSON", "Element 2 contains a NUL character"]),
    Case(
      name: "a.jsonl", text: "\"one\"\n\n{\"text\": \"two\"}\r\nno\n[\"x\"]\n",
      texts: ["one", "two"], faults: ["Line 4 is not valid JSON", "Line 5 is neither"]),
    Case(
      name: "a.ndjson", text: #"{"body": "a"}"#, fields: ["text_key": "body"], texts: ["a"]),
  ]

  @Test(arguments: plain + tables + documents) func textsAreRead(_ given: Case) throws {
    let answer = try upload(
      given.name, Array(given.text.utf8), given.fields.map { (name: $0, value: $1) })
    #expect(answer.status == (given.texts.isEmpty ? 400 : 201), "\(answer.text.prefix(300))")
    #expect(try texts(answer).map { Array($0.utf8) } == given.texts.map { Array($0.utf8) })
    let faults = try faults(answer)
    if answer.status == 201 { #expect(faults.count == given.faults.count, "\(faults)") }
    for (fault, part) in zip(faults, given.faults) {
      #expect(fault.contains(part), "\(fault)")
    }
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func otherEncodingsThanUTF8AreRefused() throws {
    let latin = try upload("a.txt", Array("good\nna".utf8) + [0xEF] + Array("ve\nfine".utf8))
    #expect(try texts(latin) == ["good", "fine"])
    #expect(try faults(latin) == ["Line 2 is not valid UTF-8."])
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] {
      let wide = try upload("a.csv", mark + [0x61, 0, 0x0A, 0])
      #expect(wide.status == 400)
      #expect(try wide.detail.contains("not valid UTF-8"))
    }
    let whole = try upload("b.txt", [0x61, 0xC0, 0xAF], [("text_as", "file")])
    #expect(try whole.detail.contains("The file is not valid UTF-8."))
  }

  @Test func furtherFaultsAreCounted() throws {
    let lines = String(repeating: "nonsense\n", count: 50) + "\"good\"\n"
    let faults = try faults(upload("a.jsonl", Array(lines.utf8)))
    #expect(faults.count == 21)
    #expect(faults.last == "30 more of its texts were not accepted.")
  }

  @Test func theNumberOfTextsIsLimited() throws {
    let lines = (0..<10_005).map { "line \($0)\n" }.joined()
    let answer = try upload("a.txt", Array(lines.utf8))
    #expect(try answer.json["uploaded"].int == 10_000)
    #expect(
      try faults(answer) == [
        "The rest of the file was not read: an upload may contain at most 10000 texts."
      ])
  }

  @Test func aTextIsListedAndDownloadedAsText() throws {
    let answer = try upload("näme.csv", Array("text\nhello\nhello\n".utf8))
    #expect(try answer.json["uploaded"].int == 1)
    #expect(try answer.json["skipped"].int == 1)
    let file = try answer.json["files"][0]
    #expect(try file["filename"].string == "näme-2.txt")
    #expect(try file["content_type"].string == "text/plain")
    #expect(try file["size_bytes"].int == 5)
    #expect(try file["width"] == .null && file["height"] == .null)
    let download = try site.send("GET", "/api/files/\(file["id"].string)/download", as: customer)
    #expect(download.headers["Content-Type"] == "text/plain; charset=utf-8")
    #expect(download.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
    let row = try site.send("GET", "/requests/\(project)/uploads", as: customer).json[0]
    #expect(try row["content_type"].string == "text/plain")
    #expect(try row["preview_url"].string.contains(".txt?"))
    #expect(try row["etag"].string == "\"\(Hex.encode(SHA256.digest(Array("hello".utf8))))\"")
  }

  @Test func optionsMayBeQueryParameters() throws {
    let form = Form([(name: "a.csv", bytes: Array("a,b\n1,2\n".utf8))])
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)&text_column=b", as: customer, form: form)
    #expect(try texts(answer) == ["2"])
    let wrong = "/api/upload?project=\(project)&text_as=words"
    #expect(try site.send("POST", wrong, as: customer, form: form).status == 422)
    #expect(try upload("a.txt", [0x61], [("text_as", "words")]).status == 422)
  }

  @Test func archivesMayContainTexts() throws {
    let zip = Zip([
      Zip.File("a/lines.txt", Array("one\ntwo".utf8)), Zip.File("b.png", Pictures.png(seed: 1)),
      Zip.File("c.csv", Array("body\nthree".utf8)), Zip.File("d.json", Array("{}".utf8)),
    ])
    let answer = try upload("a.zip", zip.bytes)
    #expect(try answer.json["uploaded"].int == 4)
    #expect(
      try answer.json["files"].elements.map { try $0["filename"].string } == [
        "lines-1.txt", "lines-2.txt", "b.png", "c-2.txt",
      ])
    #expect(try answer.json["errors"].elements.map { try $0["filename"].string } == ["d.json"])
  }

  @Test func theRootFaceRefusesTexts() throws {
    let answer = try site.send(
      "POST", "/requests/\(project)/uploads", as: customer,
      form: Form([(name: "a.txt", bytes: Array("one".utf8))]))
    #expect(answer.status == 400)
    #expect(try answer.detail.contains("JPEG or PNG"))
  }

  @Test func qualityControlSkipsTexts() throws {
    _ = try upload("a.txt", Array("one\ntwo".utf8))
    _ = try upload("b.png", Pictures.png(seed: 1))
    let other = try site.request(by: customer)
    _ = try site.send(
      "POST", "/api/upload?project=\(other)", as: customer,
      form: Form([(name: "c.txt", bytes: Array("one".utf8))]))
    for request in [project, other] {
      #expect(try site.send("POST", "/requests/\(request)/qc/run", as: customer).status == 200)
      try site.work()
      let progress = try site.send("GET", "/requests/\(request)/qc", as: customer).json
      #expect(try progress["state"].string == "completed")
      #expect(try progress["failed"].int == 0)
    }
    let rows = try site.send("GET", "/requests/\(project)/qc/results", as: customer).json.elements
    #expect(rows.count == 3)
    for row in rows { #expect(try !row["flags"].strings.contains("corrupt")) }
    let copies = try rows.filter { try $0["flags"].strings.contains("exact_duplicate") }
    #expect(copies.count == 1)
  }

  @Test func aLabelerSeesTexts() throws {
    _ = try upload("a.txt", Array("one\ntwo".utf8))
    let labeler = try site.person(.labeler)
    let task = try site.assign(project, to: labeler, by: site.person(.admin))
    let images = try site.send("GET", "/tasks/\(task)", as: labeler).json["images"].elements
    #expect(images.count == 2)
    for image in images { #expect(try image["url"].string.contains(".txt?")) }
  }
}
