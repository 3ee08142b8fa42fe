import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /requests/{request}/labels")
struct ListLabelsTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site)
  }

  private func list(as person: Person? = nil) throws -> Answer {
    try site.send("GET", "/requests/\(work.request)/labels", as: person ?? work.customer)
  }

  @Test func currentLabelsAreListed() throws {
    #expect(try list().text == "[]")
    try work.save(["cat"], of: work.images[0], site.client)
    try work.save(["dog", "cat"], of: work.images[1], site.client)
    try work.save([], of: work.images[0], site.client)
    let answer = try list()
    #expect(answer.status == 200)
    #expect(
      answer.keys == [
        "id", "image_id", "filename", "task_id", "labeler", "labels", "content", "revision",
        "created_at",
      ])
    let rows = try answer.json.elements
    #expect(try rows.map { try $0["image_id"].string } == work.images)
    #expect(try rows.map { try $0["labels"].strings } == [[], ["dog", "cat"]])
    #expect(try rows.map { try $0["revision"].int } == [2, 1])
    #expect(try rows.map { try $0["filename"].string } == ["0.png", "1.png"])
    for row in rows {
      #expect(try row["task_id"] == .string(work.task))
      #expect(try isTime(row["created_at"].string))
    }
    #expect(try list(as: work.admin).text == answer.text)
  }

  @Test func theLabelerIsNamed() throws {
    try work.save(["cat"], of: work.images[0], site.client)
    let second = try site.person(.labeler)
    let task = try site.assign(work.request, to: second, by: work.admin)
    let saved = try site.send(
      "POST", "/tasks/\(task)/labels", as: second,
      json: #"{"image_id": "\#(work.images[0])", "labels": ["dog"]}"#)
    #expect(saved.status == 200)
    let rows = try list().json.elements
    #expect(
      try rows.map { try $0["labeler"].string } == [second.username, work.labeler.username])
    #expect(try rows.map { try $0["labels"].strings } == [["dog"], ["cat"]])
    let page = try site.send(
      "GET", "/requests/\(work.request)/labels?limit=1", as: work.customer)
    #expect(try page.json.elements == [rows[0]])
  }

  @Test func othersAreRefused() throws {
    try work.save(["cat"], of: work.images[0], site.client)
    try expectGuarded(site, "GET", "/requests/\(work.request)/labels", against: work.labeler)
    try expectHidden(
      site, "GET", { "/requests/\($0)/labels" }, foreign: work.request,
      as: site.person(.customer))
  }
}
