import Assay
import Cryptography
import HTTP
import Site
import Support
import Testing
import Web

@Suite("Announced ZIP archives") struct ArchivePresignedTests {
  private let site: TestSite
  private let customer: Person
  private let request: String

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func announcing(_ encoding: String) throws -> Answer {
    try site.send(
      "POST", "/uploads/presign", as: customer,
      json: """
        {"request_id": "\(request)",
         "files": [{"filename": "a.zip", "content_type": "application/zip",
           "filename_encoding": \(encoding)}]}
        """)
  }

  private func announce(_ encoding: String = "null") throws -> JSON {
    try announcing(encoding).json["uploads"][0]
  }

  /// Announces an archive and stores it as nginx does for the signed PUT.
  private func sent(_ bytes: [UInt8], encoding: String = "null") throws -> String {
    let key = try announce(encoding)["key"].string
    try Files.write("\(site.site.config.store)/incoming/\(key).zip", bytes)
    return key
  }

  /// The browser's report that it has sent the archive.
  private func word(of key: String, etag: String = "null") -> String {
    """
    {"request_id": "\(request)",
     "uploaded": [{"filename": "a.zip", "key": "\(key)", "etag": \(etag)}]}
    """
  }

  private func complete(_ key: String, etag: String = "null") throws -> Answer {
    try site.send("POST", "/uploads/complete", as: customer, json: word(of: key, etag: etag))
  }

  private func names() throws -> [String] {
    try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
      .map { try $0["filename"].string }
  }

  private func picture(_ seed: UInt64) -> Zip.File {
    Zip.File("\(seed).png", Pictures.png(seed: seed))
  }

  @Test func namesUseTheAnnouncedEncoding() throws {
    var file = picture(1)
    file.name = [0x95, 0x5C] + Array(".png".utf8)
    let key = try sent(Zip([file]).bytes, encoding: "\"CP932\"")
    #expect(try complete(key).status == 200)
    #expect(try names() == ["表.png"])
    let refused = try announcing("\"cp1\"")
    #expect(refused.status == 400)
    #expect(try refused.detail.contains("filename_encoding must be one of utf-8, cp932, shift_jis"))
  }

  @Test func theAddressIsForAnArchiveOfThatSize() throws {
    let ticket = try announce()
    #expect(try ticket["headers"]["Content-Type"].string == "application/zip")
    let url = try ticket["url"].string
    #expect(url.contains(".zip?") && url.contains("size=209715200"))
    let target = try "/incoming" + url.split(separator: "/incoming", maxSplits: 1)[at: 1]
    func check(_ target: String, length: String) throws -> Int {
      let headers = ["UPLOAD_TYPE": "application/zip", "UPLOAD_LENGTH": length]
      return try site.send("PUT", target, headers: headers).status
    }
    #expect(try check(target, length: "209715200") == 204)
    #expect(try check(target, length: "209715201") == 403)
    #expect(try check(target.replacing(".zip?", with: "?"), length: "1") == 403)
  }

  @Test func picturesOfAnArchiveBecomeItems() throws {
    let key = try sent(Zip([picture(1), picture(2)]).bytes)
    for _ in 1...2 { #expect(try complete(key).text == #"{"status":"ok"}"#) }
    #expect(try names() == ["2.png", "1.png"])
    #expect(
      try Files.names(in: site.site.config.store + "/incoming").allSatisfy {
        $0.hasSuffix(".closed")
      })
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func goodFilesAreAcceptedAndBadFilesReportedEachTime() throws {
    let key = try sent(Zip([picture(1), Zip.File("bad.png"), Zip.File("note.txt")]).bytes)
    let first = try complete(key)
    #expect(first.status == 400)
    let detail = try first.detail
    #expect(detail.contains("1 of its files were accepted, 2 were not"), "\(detail)")
    #expect(detail.contains("bad.png: ") && detail.contains("note.txt: "), "\(detail)")
    #expect(try complete(key).detail == detail)
    #expect(try names() == ["1.png"])
  }

  @Test(arguments: [
    [1, 2, 3], Pictures.jpeg, Zip().bytes, Zip([Zip.File("bad.png")]).bytes,
  ]) func anArchiveWithoutPicturesIsRejected(bytes: [UInt8]) throws {
    let key = try sent(bytes)
    #expect(try complete(key).status == 400)
    #expect(try complete(key).detail.contains("was completed or refused before: request a new"))
    #expect(
      try Files.names(in: site.site.config.store + "/incoming").allSatisfy {
        $0.hasSuffix(".closed")
      })
  }

  /// Only the reason itself keeps an upload open, whatever names are in its archive.
  @Test func aNameCannotKeepTheUploadOpen() throws {
    let key = try sent(Zip([Zip.File("The service is busy: send this file again.png")]).bytes)
    #expect(try complete(key).detail.contains("The service is busy: send this file again."))
    #expect(try complete(key).detail.contains("was completed or refused before: request a new"))
  }

  @Test func theEtagMustMatchTheContents() throws {
    let bytes = Zip([picture(1)]).bytes
    let wrong = try sent(bytes)
    let refused = try complete(wrong, etag: #""0123""#)
    #expect(refused.status == 400)
    #expect(try refused.detail.hasSuffix("a.zip (\(wrong)): The etag does not match the file."))
    let key = try sent(bytes)
    let etag = "\"\\\"\(Hex.encode(SHA256.digest(bytes)))\\\"\""
    #expect(try complete(key, etag: etag).status == 200)
  }

  @Test func concurrentCompletionsCountOnce() throws {
    let key = try sent(Zip((1...5).map { picture($0) }).bytes)
    let (customer, word) = (customer, word(of: key))
    let answers = try site.race(4) { client, _ in
      try client.send("POST", "/uploads/complete", as: customer, json: word).status
    }
    #expect(answers == [200, 200, 200, 200])
    #expect(try names().count == 5)
  }
}
