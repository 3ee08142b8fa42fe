import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET, POST /api/projects/{project}/members, DELETE /api/projects/{project}/members/{user}")
struct ProjectMemberTests {
  private let site: TestSite
  private let ada: Person
  private let project: String
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
    project = try site.request(by: ada)
  }

  private func path(_ project: String? = nil) -> String {
    "/api/projects/\(project ?? self.project)/members"
  }

  @Test func rolesAreAddedAndRemoved() throws {
    let lea = try site.person(.labeler, named: "lea")
    for role in ["labeler", "reviewer", "reviewer"] {
      let answer = try site.send(
        "POST", path(), as: ada, json: #"{"username": "LEA", "role": "\#(role)"}"#)
      #expect(answer.status == 201)
    }
    let list = try site.send("GET", path(), as: ada)
    #expect(list.keys == ["members", "total"])
    let roles = try list.json["members"].elements.map { try $0["role"].string }
    #expect(roles == ["reviewer", "labeler"])
    let id = try site.send("GET", "/auth/me", as: lea).json["id"].string
    #expect(try site.send("DELETE", "\(path())/\(id)", as: ada).status == 200)
    #expect(try site.send("DELETE", "\(path())/\(id)", as: ada).status == 404)
    #expect(try site.send("GET", path(), as: ada).json["total"].int == 0)
  }

  @Test func onlyAdminsOfTheProjectChangeMembers() throws {
    let bob = try site.person(.customer, named: "bob")
    let home = try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
    _ = try site.send(
      "POST", "/api/organizations/\(home)/members", as: ada, json: #"{"username": "bob"}"#)
    _ = try site.send(
      "PUT", "/api/auth/profile", as: bob, json: #"{"organization_id": "\#(home)"}"#)
    #expect(try site.send("GET", path(), as: bob).status == 200)
    let body = #"{"username": "bob", "role": "admin"}"#
    #expect(try site.send("POST", path(), as: bob, json: body).status == 403)
    #expect(try site.send("POST", path(), as: ada, json: body).status == 201)
    let mine = #"{"username": "ada", "role": "viewer"}"#
    #expect(try site.send("POST", path(), as: bob, json: mine).status == 201)
  }

  @Test func foreignProjectsAreHidden() throws {
    let eve = try site.person(.customer)
    try expectHidden(site, "GET", { path($0) }, foreign: project, as: eve)
    try expectHidden(
      site, "POST", { path($0) }, foreign: project, as: eve,
      json: #"{"username": "ada", "role": "viewer"}"#)
    try expectHidden(
      site, "DELETE", { "\(path($0))/\(unknownID)" }, foreign: project, as: eve)
    try expectGuarded(site, "GET", path(), against: site.person(.labeler))
    for json in ["{}", #"{"username": "ada"}"#, #"{"role": "viewer"}"#] {
      #expect(try site.send("POST", path(), as: ada, json: json).status == 422)
    }
    let nobody = #"{"username": "nobody", "role": "viewer"}"#
    #expect(try site.send("POST", path(), as: ada, json: nobody).status == 404)
  }
}
