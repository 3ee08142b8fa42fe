import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET /admin/users, GET /admin/requests, GET /admin/tasks")
struct AdminListTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site)
  }

  private func rows(_ path: String, keys: [String]) throws -> [JSON] {
    let answer = try site.send("GET", path, as: work.admin)
    #expect(answer.status == 200)
    #expect(answer.keys == keys)
    let universal = try site.send("GET", path, as: site.person(.universal))
    #expect(universal.status == 200)
    return try answer.json.elements
  }

  @Test func usersAreAllAccounts() throws {
    try Directory.deactivate(work.labeler.username, site.owner())
    let rows = try rows(
      "/admin/users", keys: ["id", "username", "email", "role", "is_active", "created_at"])
    #expect(
      try rows.map { try $0["username"].string }
        == [work.labeler, work.admin, work.customer].map(\.username))
    #expect(try rows.map { try $0["role"].string } == ["labeler", "admin", "customer"])
    #expect(try rows.map { try $0["is_active"].bool } == [false, true, true])
    #expect(try rows.allSatisfy { try $0["email"] == .null })
    let text = try site.send("GET", "/admin/users", as: work.admin).text
    #expect(!text.contains("argon2") && !text.contains("password"))
  }

  @Test func requestsAreThoseOfAllTenants() throws {
    let other = try site.request(by: site.person(.customer))
    let rows = try rows("/admin/requests", keys: ["id", "title", "status", "created_at"])
    #expect(try rows.map { try $0["id"].string } == [other, work.request])
    #expect(try rows.map { try $0["status"].string } == ["created", "labeling"])
    #expect(try rows.allSatisfy { try isTime($0["created_at"].string) })
  }

  @Test func tasksAreThoseOfAllTenants() throws {
    let second = try site.person(.labeler)
    let other = try site.assign(work.request, to: second, by: work.admin)
    let given = try site.send(
      "POST", "/admin/assign", as: work.admin,
      json: #"{"task_id": "\#(other)", "labeler_username": "\#(work.labeler.username)"}"#)
    #expect(given.status == 200)
    for image in work.images { try work.save([], of: image, site.client) }
    let rows = try rows(
      "/admin/tasks", keys: ["id", "request_id", "status", "labelers", "created_at"])
    #expect(try rows.map { try $0["id"].string } == [other, work.task])
    #expect(try rows.map { try $0["status"].string } == ["open", "completed"])
    #expect(
      try rows.map { try $0["labelers"].strings }
        == [[second.username, work.labeler.username], [work.labeler.username]])
    #expect(try rows.allSatisfy { try $0["request_id"] == .string(work.request) })
  }

  private static let paths = ["/admin/users", "/admin/requests", "/admin/tasks"]

  @Test func listsArePaged() throws {
    let request = try site.request(by: work.customer)
    _ = try site.upload([("a.png", Pictures.png(seed: 1))], to: request, by: work.customer)
    _ = try site.assign(request, to: work.labeler, by: work.admin)
    for path in Self.paths {
      let all = try site.send("GET", path, as: work.admin).json.elements
      try #require(all.count >= 2)
      let page = try site.send("GET", path + "?limit=1", as: work.admin)
      #expect(try page.json.elements == [all[0]])
      let last = try all[0]["id"].string
      #expect(page.headers["Link"] == "<\(path)?limit=1&after=\(last)>; rel=\"next\"")
      let rest = try site.send("GET", "\(path)?after=\(last)", as: work.admin)
      #expect(try rest.json.elements == Array(all[1...]))
    }
  }

  @Test func otherRolesAreRefused() throws {
    for path in Self.paths {
      for person in [work.customer, work.labeler] {
        try expectGuarded(site, "GET", path, against: person)
      }
    }
  }
}
