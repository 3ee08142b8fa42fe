import Assay
import HTTP
import Site
import Support
import Testing
import Web

@Suite("Refused uploads")
struct RefusedUploadTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite(settings: ["ASSAY_FILE_LIMIT": "20000", "ASSAY_REQUEST_LIMIT": "100000"])
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func send(
    _ form: Form?, json: String? = nil, headers: [String: String] = [:]
  ) throws -> Answer {
    try site.send(
      "POST", "/requests/\(request)/uploads", as: customer, json: json, form: form,
      headers: headers)
  }

  private func expectNothingLeft(_ location: SourceLocation = #_sourceLocation) throws {
    let store = site.site.config.store
    #expect(try Files.names(in: store + "/tmp").isEmpty, sourceLocation: location)
    let rows = try site.send("GET", "/requests/\(request)/uploads", as: customer)
    #expect(rows.text == "[]", sourceLocation: location)
  }

  private static let good = Pictures.png(seed: 1)

  /// A valid GIF file with one white pixel.
  private static let gif: [UInt8] =
    Array("GIF89a".utf8) + [
      1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2,
      0x44,
      1, 0, 0x3B,
    ]

  /// Files that are refused, with a word of the reason.
  private static let bad: [(name: String, bytes: [UInt8], reason: String)] = [
    ("text.png", Array("I am no picture.".utf8), "JPEG or PNG"),
    ("page.jpg", Array("<html><script>alert(1)</script></html>".utf8), "JPEG or PNG"),
    ("good.gif", gif, "JPEG or PNG"), ("gif.png", gif, "JPEG or PNG"),
    ("empty.png", [], "empty"),
    ("cut.png", Array(good.prefix(good.count / 2)), ""),
    ("cut.jpg", Array(Pictures.jpeg.prefix(Pictures.jpeg.count - 20)), ""),
    ("head.png", Array(good.prefix(40)), ""),
    ("large.png", good + [UInt8](repeating: 0, count: 20_000), "larger than 20000 bytes"),
    ("wide.png", Pictures.png(seed: 1, width: 200, height: 120), "larger than 20000 bytes"),
  ]

  @Test func eachBadFileHasAReasonAndStopsNoOther() throws {
    let files = Self.bad.map { (name: $0.name, bytes: $0.bytes) }
    let answer = try send(Form(files + [("good.png", Self.good)]))
    #expect(answer.status == 200)
    #expect(answer.keys == ["request_id", "uploaded", "skipped", "errors"])
    #expect(try answer.json["uploaded"].int == 1)
    #expect(try answer.json["skipped"].int == 0)
    let errors = try answer.json["errors"].elements
    #expect(try errors.map { try $0["filename"].string } == Self.bad.map(\.name))
    for (error, bad) in zip(errors, Self.bad) {
      #expect(try error.keys == ["filename", "reason"])
      let reason = try error["reason"].string
      #expect(reason.contains(bad.reason) && reason.hasSuffix("."), "\(bad.name): \(reason)")
    }
    let rows = try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
    #expect(try rows.map { try $0["filename"].string } == ["good.png"])
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func anUploadWithoutGoodFilesIs400() throws {
    for bad in Self.bad {
      let answer = try send(Form([(bad.name, bad.bytes)]))
      #expect(answer.status == 400)
      let sentence = try answer.detail
      #expect(sentence.contains(bad.name) && sentence.contains(bad.reason), "\(sentence)")
    }
    try expectNothingLeft()
  }

  @Test func filesMustComeInTheFieldFiles() throws {
    let answer = try send(Form([("a.png", Self.good)], field: "images"))
    #expect(answer.status == 400)
    #expect(try answer.detail.contains(#""images": use the field "files""#))
    let empty = try send(Form([]))
    #expect(empty.status == 400)
    #expect(try empty.detail == #"The form has no file in the field "files"."#)
    let unchosen = try send(Form([("", [])]))
    #expect(unchosen.status == 400)
    try expectNothingLeft()
  }

  @Test func anotherMediaTypeIs415() throws {
    #expect(try send(nil, json: "{}").status == 415)
    #expect(try send(nil).status == 415)
    let form = Form([("a.png", Self.good)])
    for type in ["application/x-www-form-urlencoded", "multipart/mixed; boundary=x", ""] {
      #expect(try send(form, headers: ["CONTENT_TYPE": type]).status == 415, "\(type)")
    }
    try expectNothingLeft()
  }

  @Test func aMalformedFormIs400() throws {
    let form = Form([("a.png", Self.good)])
    for parameter in ["", "; boundary=", "; boundary=other"] {
      let type = "multipart/form-data" + parameter
      #expect(try send(form, headers: ["CONTENT_TYPE": type]).status == 400, "\(type)")
    }
    let length = form.bytes.count
    let cutOff = try send(form, headers: ["CONTENT_LENGTH": "\(length + 1)"])
    #expect(cutOff.status == 400)
    #expect(try cutOff.detail.contains("ended before"))
    for shorter in [0, 10, length / 2, length - 4] {
      let answer = try send(form, headers: ["CONTENT_LENGTH": "\(shorter)"])
      #expect(answer.status == 400, "\(shorter) of \(length) bytes")
    }
    try expectNothingLeft()
  }

  @Test func aLongBodyIs413() throws {
    let form = Form((0..<12).map { ("\($0).png", Pictures.png(seed: $0, width: 120, height: 80)) })
    #expect(form.bytes.count > 100_000)
    let answer = try send(form)
    #expect(answer.status == 413)
    #expect(try answer.detail == "The request body is larger than 100000 bytes.")
    try expectNothingLeft()
  }

  @Test func withoutADecoderUploadsAreRefused() throws {
    let site = try TestSite(settings: ["ASSAY_DECODE": "/nonexistent/assay-decode"])
    let customer = try site.person(.customer)
    let request = try site.request(by: customer)
    let answer = try site.send(
      "POST", "/requests/\(request)/uploads", as: customer, form: Form([("a.png", Self.good)]))
    #expect(answer.status == 503)
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
    #expect(try site.send("GET", "/requests/\(request)/uploads", as: customer).text == "[]")
  }
}
