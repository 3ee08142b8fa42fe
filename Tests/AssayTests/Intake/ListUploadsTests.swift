import Assay
import Cryptography
import HTTP
import Support
import Testing
import Web

@Suite("GET /requests/{request}/uploads")
struct ListUploadsTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func list() throws -> Answer {
    try site.send("GET", "/requests/\(request)/uploads", as: customer)
  }

  @Test func uploadsAreListed() throws {
    #expect(try list().text == "[]")
    let picture = Pictures.png(seed: 3)
    _ = try site.upload(
      [("a.png", picture), ("b.jpg", Pictures.jpeg)], to: request, by: customer)
    let answer = try list()
    #expect(
      answer.keys == [
        "image_id", "filename", "key", "etag", "content_type", "size_bytes", "created_at",
        "preview_url",
      ])
    let rows = try answer.json.elements
    #expect(try rows.map { try $0["filename"].string } == ["b.jpg", "a.png"])
    let row = rows[1]
    let digest = Hex.encode(SHA256.digest(picture))
    #expect(try row["etag"] == .string("\"\(digest)\""))
    #expect(try row["content_type"] == .string("image/png"))
    #expect(try row["size_bytes"].int == picture.count)
    #expect(try row["key"].string.contains(row["image_id"].string))
    #expect(try isTime(row["created_at"].string))
    let url = try row["preview_url"].string
    #expect(url.hasPrefix("https://assay.test/media/\(digest)-v3-320.jpg?expires="))
    #expect(url.contains("&sig="))
  }

  @Test func linksHaveTheOriginOfTheRequest() throws {
    _ = try site.upload([("b.jpg", Pictures.jpeg)], to: request, by: customer)
    let digest = Hex.encode(SHA256.digest(Pictures.jpeg))
    let origins: [([String: String], String)] = [
      (["HTTP_HOST": "127.0.0.1:8080", "REQUEST_SCHEME": "http"], "http://127.0.0.1:8080"),
      (["HTTP_HOST": "[::1]:8443", "REQUEST_SCHEME": "https"], "https://[::1]:8443"),
      (["HTTP_HOST": "evil.test/\"><script>"], "https://localhost"),
      (["HTTP_HOST": ""], "https://localhost"),
    ]
    for (headers, origin) in origins {
      let answer = try site.send(
        "GET", "/requests/\(request)/uploads", as: customer, headers: headers)
      let url = try answer.json[0]["preview_url"].string
      #expect(url.hasPrefix("\(origin)/media/\(digest)-v3-320.jpg?"), "\(url)")
    }
  }

  @Test func othersAreRefused() throws {
    _ = try site.upload([("b.jpg", Pictures.jpeg)], to: request, by: customer)
    try expectGuarded(
      site, "GET", "/requests/\(request)/uploads", against: site.person(.labeler))
    try expectHidden(
      site, "GET", { "/requests/\($0)/uploads" }, foreign: request, as: site.person(.customer))
  }
}
