import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite(
  """
  POST /api/upload, GET /api/files/{user}, DELETE /api/files/{file}, \
  GET /api/files/{file}/download
  """)
struct FilesTests {
  private let site: TestSite
  private let customer: Person
  private let project: String

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    project = try site.request(by: customer)
  }

  private func upload(_ names: [String]) throws -> Answer {
    let pictures = names.enumerated().map { index, name in
      (name: name, bytes: Pictures.png(seed: UInt64(index + 1)))
    }
    return try site.send(
      "POST", "/api/upload?project=\(project)", as: customer, form: Form(pictures))
  }

  private func own() throws -> String {
    try site.send("GET", "/auth/me", as: customer).json["id"].string
  }

  @Test func filesAreAddedToAProject() throws {
    let answer = try upload(["a.png", "b.png"])
    #expect(answer.status == 201)
    #expect(try answer.json["uploaded"].int == 2)
    #expect(
      try answer.json["files"].elements.map { try $0["filename"].string } == ["a.png", "b.png"])
    #expect(try upload(["a.png"]).json["skipped"].int == 1)
  }

  @Test func aUsersOwnFilesAreListed() throws {
    _ = try upload(["a.png", "b.png", "c.png"])
    let page = try site.send("GET", "/api/files/\(own())?limit=2&offset=1", as: customer).json
    #expect(try page["total"].int == 3)
    #expect(try page["files"].elements.map { try $0["filename"].string } == ["b.png", "a.png"])
    let stranger = try site.person(.customer)
    #expect(try site.send("GET", "/api/files/\(own())", as: stranger).status == 404)
  }

  @Test func aDeletedFileReturnsWithItsNextUpload() throws {
    let file = try upload(["a.png"]).json["files"][0]["id"].string
    let stranger = try site.person(.customer)
    #expect(try site.send("DELETE", "/api/files/\(file)", as: stranger).status == 404)
    #expect(try site.send("DELETE", "/api/files/\(file)", as: customer).status == 200)
    #expect(try site.send("DELETE", "/api/files/\(file)", as: customer).status == 404)
    #expect(try site.send("GET", "/api/files/\(file)/download", as: customer).status == 404)
    #expect(try site.send("GET", "/requests/\(project)/uploads", as: customer).text == "[]")
    #expect(try upload(["again.png"]).json["uploaded"].int == 1)
    let back = try site.send("GET", "/api/files/\(file)/download", as: customer)
    #expect(back.headers["Content-Disposition"]?.contains("again.png") == true)
  }

  /// Row level security shows members the files of all their organizations.
  @Test func aFileIsFoundInTheChosenOrganizationOnly() throws {
    let file = try #require(upload(["a.png"]).json["files"].elements.first)["id"].string
    let member = try site.person(.customer, named: "bob")
    let home = try site.send("GET", "/api/auth/me", as: customer).json["organization_id"].string
    let added = try site.send(
      "POST", "/api/organizations/\(home)/members", as: customer,
      json: #"{"username": "bob", "role": "member"}"#)
    #expect(added.status == 201, "\(added.text)")
    func statuses() throws -> [Int] {
      try [
        site.send("GET", "/api/files/\(file)/download", as: member).status,
        site.send("DELETE", "/api/files/\(file)", as: member).status,
      ]
    }
    #expect(try statuses() == [404, 404])
    let chosen = try site.send(
      "PUT", "/api/auth/profile", as: member, json: #"{"organization_id": "\#(home)"}"#)
    #expect(chosen.status == 200, "\(chosen.text)")
    #expect(try statuses() == [200, 200])
  }

  @Test func theAnswerNamesTheFileForNginx() throws {
    let file = try upload(["näme 1.png"]).json["files"][0]["id"].string
    let answer = try site.send("GET", "/api/files/\(file)/download", as: customer)
    #expect(answer.status == 200)
    #expect(answer.headers["Content-Type"] == "image/png")
    #expect(answer.headers["X-Accel-Redirect"]?.hasPrefix("/.blobs/") == true)
    #expect(answer.headers["Content-Disposition"]?.contains("n%C3%A4me") == true)
    let stranger = try site.person(.customer)
    #expect(try site.send("GET", "/api/files/\(file)/download", as: stranger).status == 404)
  }

  @Test func invalidFieldsAre422() throws {
    let answer = try site.send(
      "POST", "/api/upload?project=none", as: customer,
      form: Form([(name: "a.png", bytes: Pictures.png(seed: 1))]))
    #expect(answer.status == 422)
    let violation = try answer.json["errors"][0]
    #expect(try violation["loc"].strings == ["body", "project"])
    #expect(try violation["type"].string == "value_error")
  }

  @Test func theQuotaErrorStatesTheRemainingSpace() throws {
    try site.owner().run("update organization set quota_items = 2")
    let answer = try upload(["a.png", "b.png", "c.png"])
    #expect(answer.status == 413)
    #expect(try answer.detail.contains("2 more images"))
    #expect(try upload(["a.png", "b.png"]).status == 201)
    #expect(try upload(["a.png"]).status == 201)
  }
}
