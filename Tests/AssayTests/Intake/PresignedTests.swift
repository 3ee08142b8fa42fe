import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("POST /uploads/presign, POST /uploads/complete") struct PresignedTests {
  private let site: TestSite
  private let customer: Person
  private let request: String

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func presign(_ names: [String], as person: Person? = nil) throws -> Answer {
    let files = names.map { #"{"filename": "\#($0)", "content_type": "image/png"}"# }
    return try site.send(
      "POST", "/uploads/presign", as: person ?? customer,
      json: #"{"request_id": "\#(request)", "files": [\#(files.joined(separator: ","))]}"#)
  }

  private func keys(_ names: [String]) throws -> [String] {
    try presign(names).json["uploads"].elements.map { try $0["key"].string }
  }

  private func complete(
    _ keys: [String], etag: String = "null", as person: Person? = nil
  ) throws -> Answer {
    let files = keys.map { #"{"filename": "x.png", "key": "\#($0)", "etag": \#(etag)}"# }
    return try site.send(
      "POST", "/uploads/complete", as: person ?? customer,
      json: #"{"request_id": "\#(request)", "uploaded": [\#(files.joined(separator: ","))]}"#)
  }

  /// Stores the bytes as nginx does for a signed PUT.
  private func put(_ bytes: [UInt8], at key: String) throws {
    try Files.write("\(site.site.config.store)/incoming/\(key)", bytes)
  }

  private func names() throws -> [String] {
    try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
      .map { try $0["filename"].string }
  }

  @Test func anAnnouncementHasTheContractsKeys() throws {
    let answer = try presign(["a.png"])
    #expect(answer.status == 200)
    let ticket = try answer.json["uploads"][0]
    #expect(try ticket.keys == ["filename", "url", "method", "headers", "key"])
    #expect(try ticket["headers"]["Content-Type"].string == "image/png")
  }

  @Test func completingTwiceMakesOneItem() throws {
    let key = try keys(["a.png"])[at: 0]
    try put(Pictures.png(seed: 1), at: key)
    for _ in 1...2 {
      let answer = try complete([key])
      #expect(answer.status == 200)
      #expect(answer.text == #"{"status":"ok"}"#)
    }
    #expect(try names() == ["a.png"])
    let left = try Files.names(in: site.site.config.store + "/incoming")
    #expect(left.allSatisfy { $0.hasSuffix(".closed") })
  }

  @Test func goodFilesAreAcceptedBesideBadOnes() throws {
    let keys = try keys(["good.png", "text.png", "late.png"])
    try put(Pictures.png(seed: 1), at: keys[0])
    try put(Array("no picture".utf8), at: keys[1])
    let answer = try complete(keys)
    #expect(answer.status == 400)
    #expect(
      try answer.detail
        == "2 of 3 files were not accepted; the others were added. "
        + "text.png (\(keys[1])): The file is not a JPEG or PNG image. "
        + "late.png (\(keys[2])): No bytes have been received.")
    #expect(try names() == ["good.png"])
    try put(Pictures.png(seed: 2), at: keys[2])
    #expect(try complete([keys[2]]).status == 200)
    #expect(try names() == ["late.png", "good.png"])
  }

  @Test func theEtagMustMatchTheContents() throws {
    let key = try keys(["a.png"])[at: 0]
    try put(Pictures.png(seed: 1), at: key)
    let answer = try complete([key], etag: #""another""#)
    #expect(answer.status == 400)
    #expect(try answer.detail.hasPrefix("1 of 1 files were not accepted. a.png (\(key)): "))
  }

  /// The name of the announcement, also for a client that sends only keys.
  @Test func aRefusedFileHasItsNameAndKey() throws {
    let key = try keys(["a.png"])[at: 0]
    let unknown = "01900000-0000-7000-8000-000000000000"
    let answer = try site.send(
      "POST", "/uploads/complete", as: customer,
      json: """
        {"request_id": "\(request)", "uploaded": [
          {"key": "\(key)"}, {"key": "\(unknown)"},
          {"key": "none", "filename": "b.png"}]}
        """)
    #expect(
      try answer.detail
        == "3 of 3 files were not accepted. a.png (\(key)): No bytes have been received. "
        + "\(unknown): There is no such key. b.png (none): There is no such key.")
  }

  @Test func aKeyBelongsToItsUserAndRequest() throws {
    let key = try keys(["a.png"])[at: 0]
    try put(Pictures.png(seed: 1), at: key)
    let stranger = try site.person(.customer)
    #expect(try presign(["b.png"], as: stranger).status == 404)
    #expect(try complete([key], as: stranger).status == 404)
    let colleague = try site.person(.universal)
    #expect(try complete([key], as: colleague).status == 400)
    #expect(try names().isEmpty)
  }

  @Test func theAddressOfAnEndedUploadIsRefused() throws {
    let tickets = try presign(["good.png", "bad.png"]).json["uploads"].elements
    let files = [Pictures.png(seed: 1), Array("no picture".utf8)]
    for (ticket, bytes) in zip(tickets, files) {
      #expect(try check(ticket) == 204)
      try put(bytes, at: ticket["key"].string)
      _ = try complete([ticket["key"].string])
      #expect(try check(ticket) == 403)
    }
  }

  @Test func openAnnouncementsAreLimited() throws {
    let thousand = (0..<1000).map { "\($0).png" }
    let keys = try keys(thousand)
    #expect(try presign(thousand).status == 200)
    let refused = try presign(["one-more.png"])
    #expect(refused.status == 429)
    #expect(try refused.detail.contains("2000"))
    // An expired address counts, because its bytes may be in the store.
    try site.owner().run("update upload set expires_at = now() - interval '1 minute'")
    #expect(try presign(["one-more.png"]).status == 429)
    // A completed upload no longer counts.
    try put(Pictures.png(seed: 1), at: keys[0])
    #expect(try complete([keys[0]]).status == 200)
    #expect(try presign(["one-more.png"]).status == 200)
  }

  /// The pool's answer when nginx checks a PUT to a ticket's address.
  private func check(_ ticket: JSON) throws -> Int {
    let url = try ticket["url"].string
    return try site.send(
      "PUT", "/incoming" + url.split(separator: "/incoming", maxSplits: 1)[at: 1],
      headers: ["UPLOAD_TYPE": "image/png", "UPLOAD_LENGTH": "100"]
    ).status
  }

  @Test(arguments: [
    #"{"request_id": "x", "files": []}"#,
    #"{"files": [{"filename": "a", "content_type": "image/png"}]}"#,
  ]) func badAnnouncementsAre400(json: String) throws {
    #expect(try site.send("POST", "/uploads/presign", as: customer, json: json).status == 400)
  }

  @Test func onlyCorrectlySignedAddressesAreAccepted() throws {
    let url = try presign(["a.png"]).json["uploads"][0]["url"].string
    let target = try "/incoming" + url.split(separator: "/incoming", maxSplits: 1)[at: 1]
    func check(_ target: String, type: String = "image/png", length: String = "100") throws -> Int {
      try site.send(
        "PUT", target, headers: ["UPLOAD_TYPE": type, "UPLOAD_LENGTH": length]
      ).status
    }
    #expect(try check(target) == 204)
    #expect(try check(target + "0") == 403)
    #expect(try check(target, type: "image/jpeg") == 403)
    #expect(try check(target, length: "") == 411)
    #expect(try check(target, length: "20971521") == 403)
    #expect(try check(target.replacing("size=20971520", with: "size=99999999")) == 403)
  }
}
