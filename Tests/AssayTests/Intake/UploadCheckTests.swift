import Assay
import HTTP
import Support
import Testing
import Web

/// nginx asks the pool with the upload's own address before it reads the body.
@Suite("Permission to upload")
struct UploadCheckTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  private func ask(_ path: String, as person: Person? = nil) throws -> Answer {
    try site.send("POST", path, as: person, headers: ["UPLOAD_CHECK": "1"])
  }

  private func expectRefused(_ path: String, as person: Person? = nil, _ status: Int) throws {
    let answer = try ask(path, as: person)
    #expect(answer.status == status, "\(path)")
    // nginx can read the text only from this header.
    #expect(answer.headers["X-Refusal"] == answer.text)
    #expect(try !answer.detail.isEmpty)
  }

  @Test func theCheckNamesTheUploaderAndStoresNothing() throws {
    let me = try site.send("GET", "/auth/me", as: customer).json["id"].string
    for path in ["/requests/\(request)/uploads", "/api/upload", "/api/upload?project=\(request)"] {
      let answer = try ask(path, as: customer)
      #expect(answer.status == 204, "\(path) \(answer.text)")
      #expect(answer.headers["X-Uploader"] == me)
    }
    #expect(try site.send("GET", "/requests/\(request)/uploads", as: customer).text == "[]")
  }

  @Test func aMissingTokenIs401() throws {
    for path in ["/requests/\(request)/uploads", "/api/upload"] {
      try expectRefused(path, 401)
      #expect(try ask(path).headers["WWW-Authenticate"] == "Bearer")
    }
  }

  @Test func anEndedSessionIs401() throws {
    #expect(try site.send("POST", "/auth/logout", as: customer).status == 200)
    try expectRefused("/api/upload", as: customer, 401)
  }

  /// Without nginx's question, too: the body may be ten megabytes.
  @Test func anEndedSessionLeavesTheBodyUnread() throws {
    // Only the form names the project, so without the check the handler would read it.
    let form = Form([("a.png", Pictures.png(seed: 1))], fields: [("project", request)])
    let paths = ["/requests/\(request)/uploads", "/api/upload"]
    for path in paths {
      #expect((200...201).contains(try site.send("POST", path, as: customer, form: form).status))
      #expect(site.client.unread == 0)
    }
    #expect(try site.send("POST", "/auth/logout", as: customer).status == 200)
    for path in paths {
      #expect(try site.send("POST", path, as: customer, form: form).status == 401)
      #expect(site.client.unread == form.bytes.count, "\(path)")
    }
  }

  @Test func aWrongRoleIs403() throws {
    let labeler = try site.person(.labeler)
    for path in ["/requests/\(request)/uploads", "/api/upload"] {
      try expectRefused(path, as: labeler, 403)
    }
  }

  @Test func aForeignRequestIs404() throws {
    let stranger = try site.person(.customer)
    try expectRefused("/requests/\(request)/uploads", as: stranger, 404)
    try expectRefused("/api/upload?project=\(request)", as: stranger, 404)
  }

  @Test func aBadAddressIsRefused() throws {
    try expectRefused("/requests/x/uploads", as: customer, 400)
    try expectRefused("/api/upload?project=x", as: customer, 422)
    try expectRefused("/api/upload?text_as=words", as: customer, 422)
  }

  @Test func aHeaderDoesNotReplaceTheCheck() throws {
    let answer = try site.send(
      "POST", "/api/upload", as: customer, headers: ["HTTP_UPLOAD_CHECK": "1"])
    #expect(answer.status != 204)
    #expect(answer.headers["X-Refusal"] == nil)
  }
}
