import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("POST /requests/{request}/uploads")
struct UploadTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func upload(_ files: [(name: String, bytes: [UInt8])], to request: String? = nil)
    throws -> Answer
  {
    try site.send(
      "POST", "/requests/\(request ?? self.request)/uploads", as: customer, form: Form(files))
  }

  @Test func picturesAreStoredUnderTheirDigest() throws {
    let files = [("one.png", Pictures.png(seed: 1)), ("two.jpg", Pictures.jpeg)]
    let answer = try upload(files)
    #expect(answer.status == 200)
    #expect(answer.text == receipt(uploaded: 2, skipped: 0))
    for (_, bytes) in files {
      let name = Hex.encode(SHA256.digest(bytes))
      let path = "\(site.site.config.store)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
      #expect(try Files.bytes(path) == bytes)
    }
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  private func receipt(uploaded: Int, skipped: Int) -> String {
    """
    {"request_id":"\(request)","uploaded":\(uploaded),"skipped":\(skipped),"errors":[]}
    """
  }

  @Test func knownBytesAreSkipped() throws {
    let (one, two) = (Pictures.png(seed: 1), Pictures.png(seed: 2))
    let first = try upload([("a.png", one), ("b.png", one), ("c.png", two)])
    #expect(first.text == receipt(uploaded: 2, skipped: 1))
    let again = try upload([("d.png", two), ("e.png", one)])
    #expect(again.status == 200)
    #expect(again.text == receipt(uploaded: 0, skipped: 2))
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
    #expect(try items() == 2)
  }

  @Test func twoRequestsMayHaveTheSameBytes() throws {
    let other = try site.request(by: customer)
    #expect(try upload([("a.png", Pictures.png(seed: 1))]).json["uploaded"].int == 1)
    #expect(try upload([("a.png", Pictures.png(seed: 1))], to: other).json["uploaded"].int == 1)
    #expect(try items() == 2)
  }

  private func items() throws -> Int {
    try site.owner().one("select count(*) from item") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func theContentDecidesTheType() throws {
    #expect(try upload([("picture.txt", Pictures.jpeg)]).json["uploaded"].int == 1)
    let row = try site.send("GET", "/requests/\(request)/uploads", as: customer).json[0]
    #expect(try row["content_type"] == .string("image/jpeg"))
    #expect(try row["filename"] == .string("picture.txt"))
  }

  @Test func theNameIsKeptWithoutItsPath() throws {
    let names = [
      ("../../etc/passwd.png", "passwd.png"), ("C:\\pictures\\a.png", "a.png"),
      ("снимок 🐈 №1.png", "снимок 🐈 №1.png"), ("a/..", "unnamed"),
      ("e\u{301}.png", "\u{E9}.png"), (".htaccess", ".htaccess"), ("a;b=c.png", "a;b=c.png"),
      ("' or 1=1 --.png", "' or 1=1 --.png"),
      (String(repeating: "é", count: 200), String(repeating: "é", count: 127)),
    ]
    let before = try Files.names(in: site.site.config.store)
    let files = names.enumerated().map { index, name in
      (name: name.0, bytes: Pictures.png(seed: UInt64(index)))
    }
    #expect(try upload(files).json["uploaded"].int == names.count)
    let rows = try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
    for (row, name) in zip(rows.reversed(), names) {
      #expect(try row["filename"].string.utf8.elementsEqual(name.1.utf8))
    }
    #expect(try Files.names(in: site.site.config.store) == before)
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func otherFieldsAreIgnored() throws {
    let boundary = "------assay-test-7MA4YWxkTrZu0gW"
    let field = Array(
      "\(boundary)\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n".utf8)
    let form = Form(bytes: field + Form([("a.png", Pictures.png(seed: 1))]).bytes)
    let answer = try site.send("POST", "/requests/\(request)/uploads", as: customer, form: form)
    #expect(answer.text == receipt(uploaded: 1, skipped: 0))
  }

  @Test func anAdminMayUploadForACustomer() throws {
    let answer = try site.send(
      "POST", "/requests/\(request)/uploads", as: site.person(.admin),
      form: Form([("a.png", Pictures.png(seed: 1))]))
    #expect(answer.text == receipt(uploaded: 1, skipped: 0))
    #expect(
      try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements.count == 1)
  }

  @Test func othersAreRefused() throws {
    let path = "/requests/\(request)/uploads"
    try expectGuarded(site, "POST", path, against: site.person(.labeler))
    try expectHidden(
      site, "POST", { "/requests/\($0)/uploads" }, foreign: request, as: site.person(.customer),
      form: Form([("a.png", Pictures.png(seed: 1))]))
    #expect(try items() == 0)
  }
}
