import Assay
import HTTP
import Support
import Testing

@Suite("GET /tasks/{id}")
struct ShowTaskTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site, pictures: 3, classes: ["zebra", "ant", "none of it"])
  }

  private func show(as person: Person) throws -> Answer {
    try site.send("GET", "/tasks/\(work.task)", as: person)
  }

  @Test func works() throws {
    let answer = try show(as: work.labeler)
    #expect(answer.status == 200)
    #expect(answer.keys == ["id", "request_id", "title", "status", "classes", "images"])
    let json = try answer.json
    #expect(try json["id"] == .string(work.task))
    #expect(try json["title"] == .string("Animals"))
    #expect(try json["status"] == .string("open"))
    #expect(try json["classes"].strings == ["zebra", "ant", "none of it"])
    let images = try json["images"].elements
    #expect(try images.map { try $0["image_id"].string } == work.images)
    for image in images {
      #expect(try image.keys == ["image_id", "url", "labels"])
      #expect(try image["labels"] == .null)
      #expect(try image["url"].string.hasPrefix("https://assay.test/media/"))
    }
  }

  @Test func itShowsOnesOwnAnswers() throws {
    try work.save(["ant"], of: work.images[0], site.client)
    try work.save([], of: work.images[1], site.client)
    try work.save(["zebra", "ant"], of: work.images[0], site.client)
    let images = try show(as: work.labeler).json["images"].elements
    #expect(try images[0]["labels"].strings == ["zebra", "ant"])
    #expect(try images[1]["labels"] == .array([]))
    #expect(try images[2]["labels"] == .null)
    // The answers are blind: whoever else has the task does not see them.
    let other = try site.person(.labeler)
    let given = try site.send(
      "POST", "/admin/assign", as: work.admin,
      json: #"{"task_id": "\#(work.task)", "labeler_username": "\#(other.username)"}"#)
    #expect(given.status == 200)
    let theirs = try show(as: other).json["images"].elements
    #expect(try theirs.allSatisfy { try $0["labels"] == .null })
  }

  @Test func anAdminSeesEveryTask() throws {
    for role in [Role.admin, .universal] {
      let answer = try show(as: site.person(role))
      #expect(answer.status == 200)
      #expect(try answer.json["images"].elements.count == 3)
    }
  }

  @Test func othersMayNot() throws {
    let path = "/tasks/\(work.task)"
    try expectGuarded(site, "GET", path, against: work.customer)
    for role in [Role.labeler, .reviewer] {
      try expectHidden(
        site, "GET", { "/tasks/\($0)" }, foreign: work.task, as: site.person(role))
    }
    // Not even who works on the same request by a task of his own.
    let colleague = try site.person(.labeler)
    _ = try site.assign(work.request, to: colleague, by: work.admin)
    #expect(try show(as: colleague).status == 404)
  }

  @Test func aRequestsIDIsNoTasks() throws {
    #expect(try site.send("GET", "/tasks/\(work.request)", as: work.labeler).status == 404)
    #expect(try site.send("GET", "/requests/\(work.task)", as: work.customer).status == 404)
  }
}
