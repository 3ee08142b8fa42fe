import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// A stored revision of an answer.
struct Revision: Equatable {
  let number: Int
  let labels: [String]

  static func all(of image: String, _ site: TestSite) throws -> [Revision] {
    try site.owner().all(
      """
      select revision, labels from annotation
      where item_id = \(image)::uuid order by assignment_id, revision
      """
    ) { row throws(PostgresError) in try Revision(number: row.next(), labels: row.next()) }
  }
}

@Suite("POST /tasks/{task}/labels")
struct SaveLabelsTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site)
  }

  private func post(_ json: String, as person: Person? = nil) throws -> Answer {
    try site.send(
      "POST", "/tasks/\(work.task)/labels", as: person ?? work.labeler, json: json)
  }

  private func save(_ labels: String...) throws -> Answer {
    try work.save(labels, of: work.images[0], site.client)
  }

  private func taskStatus() throws -> String {
    try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json["status"].string
  }

  @Test func labelsAreSaved() throws {
    let answer = try save("cat")
    #expect(answer.status == 200)
    #expect(
      answer.text
        == #"{"task_id":"\#(work.task)","image_id":"\#(work.images[0])","status":"saved"}"#)
  }

  @Test func everyChangeIsARevision() throws {
    for labels in [["cat"], ["dog"], ["dog", "cat"], [], ["cat"]] {
      #expect(try work.save(labels, of: work.images[0], site.client).status == 200)
    }
    #expect(
      try Revision.all(of: work.images[0], site) == [
        Revision(number: 1, labels: ["cat"]), Revision(number: 2, labels: ["dog"]),
        Revision(number: 3, labels: ["dog", "cat"]), Revision(number: 4, labels: []),
        Revision(number: 5, labels: ["cat"]),
      ])
    #expect(try taskStatus() == "open")
  }

  @Test func equalLabelsCountOnce() throws {
    #expect(try save("cat", "dog", "cat", " dog ").status == 200)
    let revisions = try Revision.all(of: work.images[0], site)
    #expect(revisions == [Revision(number: 1, labels: ["cat", "dog"])])
  }

  @Test func theLastPictureCompletesTheTask() throws {
    #expect(try save("cat").status == 200)
    #expect(try save("dog").status == 200)
    #expect(try taskStatus() == "open")
    #expect(try work.save([], of: work.images[1], site.client).status == 200)
    #expect(try taskStatus() == "completed")
    #expect(try assignment() == "submitted")
    // An answer may be changed until it is accepted.
    #expect(try save("cat").status == 200)
    #expect(try taskStatus() == "completed")
    let revisions = try Revision.all(of: work.images[0], site)
    #expect(revisions.map(\.labels) == [["cat"], ["dog"], ["cat"]])
    try site.owner().run("update assignment set state = 'accepted'")
    let refused = try save("dog")
    #expect(refused.status == 409)
    #expect(try Revision.all(of: work.images[0], site).count == 3)
  }

  private func assignment() throws -> String {
    try site.owner().one("select state::text from assignment") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func unknownClassesAreRefused() throws {
    let answer = try save("cat", "Cat", "zebra")
    #expect(answer.status == 400)
    #expect(
      try answer.detail == #"labels must be classes of the request, not "Cat", "zebra"."#)
    #expect(try Revision.all(of: work.images[0], site).isEmpty)
  }

  @Test func aPictureOfAnotherTaskIs404() throws {
    let request = try site.request(by: work.customer)
    let other = try site.upload([("a.png", Pictures.png(seed: 9))], to: request, by: work.customer)
    for image in [other[0], unknownID] {
      let answer = try work.save(["cat"], of: image, site.client)
      #expect(answer.status == 404)
      #expect(try answer.detail == "No such image in this task.")
    }
  }

  @Test func othersAreRefused() throws {
    let path = "/tasks/\(work.task)/labels"
    let json = #"{"image_id": "\#(work.images[0])", "labels": ["cat"]}"#
    try expectGuarded(site, "POST", path, against: work.customer)
    for person in [try site.person(.labeler), work.admin] {
      try expectHidden(
        site, "POST", { "/tasks/\($0)/labels" }, foreign: work.task, as: person, json: json)
    }
    #expect(try Revision.all(of: work.images[0], site).isEmpty)
  }

  @Test func invalidInputIsRefused() throws {
    let image = work.images[0]
    let many = (0...1000).map { "\"\($0)\"" }.joined(separator: ",")
    let bodies = [
      BadBody(#"{"labels": ["cat"]}"#, "image_id"),
      BadBody(#"{"image_id": null, "labels": ["cat"]}"#, "image_id"),
      BadBody(#"{"image_id": 7, "labels": ["cat"]}"#, "image_id"),
      BadBody(#"{"image_id": "7", "labels": ["cat"]}"#, "image_id"),
      BadBody(#"{"image_id": "\#(image)"}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": null}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": "cat"}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": [1]}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": [""]}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": [["cat"]]}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": [\#(many)]}"#, "labels"),
    ]
    for body in bodies { try body.check(post(body.json)) }
    try expectJSON(site, "/tasks/\(work.task)/labels", as: work.labeler)
    #expect(try Revision.all(of: image, site).isEmpty)
  }
}
