import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET /tasks")
struct ListTasksTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func tasksAreListed() throws {
    let work = try Commission(site, pictures: 3)
    let answer = try site.send("GET", "/tasks", as: work.labeler)
    #expect(answer.status == 200)
    #expect(
      answer.keys == [
        "id", "request_id", "title", "request_title", "status", "images_count", "created_at",
        "scope",
        "description", "answer", "points", "lease_expires_at",
      ])
    let rows = try answer.json.elements
    try #require(rows.count == 1)
    #expect(try rows[0]["id"] == .string(work.task))
    #expect(try rows[0]["request_id"] == .string(work.request))
    #expect(try rows[0]["title"] == .string("Animals"))
    #expect(try rows[0]["request_title"] == .string("Animals"))
    #expect(try rows[0]["status"] == .string("open"))
    #expect(try rows[0]["images_count"].int == 3)
    #expect(try isTime(rows[0]["created_at"].string))
  }

  @Test func tasksAreListedNewestFirst() throws {
    let work = try Commission(site, pictures: 1)
    let other = try site.person(.reviewer)
    #expect(try site.send("GET", "/tasks", as: other).text == "[]")
    let second = try site.request(by: work.customer)
    _ = try site.upload([("a.png", Pictures.png(seed: 9))], to: second, by: work.customer)
    let theirs = try site.assign(second, to: other, by: work.admin)
    let mine = try site.assign(second, to: work.labeler, by: work.admin)
    let rows = try site.send("GET", "/tasks", as: work.labeler).json.elements
    #expect(try rows.map { try $0["id"].string } == [mine, work.task])
    let others = try site.send("GET", "/tasks", as: other).json.elements
    #expect(try others.map { try $0["id"].string } == [theirs])
    // An admin sees only his own tasks here; all tasks are at /admin/tasks.
    #expect(try site.send("GET", "/tasks", as: work.admin).text == "[]")
    let page = try site.send("GET", "/tasks?limit=1", as: work.labeler)
    #expect(try page.json.elements.map { try $0["id"].string } == [mine])
    #expect(page.headers["Link"] == "</tasks?limit=1&after=\(mine)>; rel=\"next\"")
  }

  @Test func aFinishedTaskIsCompleted() throws {
    let work = try Commission(site, pictures: 1)
    try work.save(["cat"], of: work.images[0], site.client)
    let rows = try site.send("GET", "/tasks", as: work.labeler).json.elements
    #expect(try rows.map { try $0["status"].string } == ["completed"])
  }

  @Test func otherRolesAreRefused() throws {
    try expectGuarded(site, "GET", "/tasks", against: site.person(.customer))
    try expectGuarded(site, "GET", "/tasks", against: site.person(.viewer))
  }
}
