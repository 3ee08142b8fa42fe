import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /admin/assign")
struct AssignTests {
  private let site: TestSite
  private let (customer, admin, labeler): (Person, Person, Person)
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    admin = try site.person(.admin)
    labeler = try site.person(.labeler)
    request = try site.request(by: customer)
  }

  private func fill(_ count: Int = 2) throws {
    let files = (0..<count).map { (name: "\($0).png", bytes: Pictures.png(seed: UInt64($0))) }
    #expect(try site.upload(files, to: request, by: customer).count == count)
  }

  private func post(_ json: String) throws -> Answer {
    try site.send("POST", "/admin/assign", as: admin, json: json)
  }

  private func assign(_ username: String, request: String? = nil) throws -> Answer {
    try post(
      #"{"request_id": "\#(request ?? self.request)", "labeler_username": "\#(username)"}"#)
  }

  private func tasks() throws -> Int {
    try site.owner().one("select count(*) from task") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func aTaskHasThePicturesOfTheRequest() throws {
    try fill(3)
    let answer = try assign(labeler.username.uppercased())
    #expect(answer.status == 200)
    let task = try answer.json["task_id"].string
    #expect(answer.text == #"{"status":"assigned","task_id":"\#(task)"}"#)
    let shown = try site.send("GET", "/tasks/\(task)", as: labeler)
    #expect(try shown.json["images"].elements.count == 3)
  }

  @Test func theAuditEntryNamesTheTaskAndTheLabeler() throws {
    try fill(1)
    let task = try site.assign(request, to: labeler, by: admin)
    #expect(try post("{}").status == 400)
    let entries = try site.owner().all(
      "select object || ' ' || (facts->>'labeler') from audit_entry where action = 'admin.assign'"
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(entries == ["\(task) \(labeler.username)"])
  }

  @Test func assigningAgainReturnsTheOpenTask() throws {
    try fill(1)
    let task = try site.assign(request, to: labeler, by: admin)
    #expect(try site.assign(request, to: labeler, by: admin) == task)
    #expect(try tasks() == 1)
    let image = try site.send("GET", "/tasks/\(task)", as: labeler).json["images"][0]
    _ = try site.send(
      "POST", "/tasks/\(task)/labels", as: labeler,
      json: #"{"image_id": "\#(image["image_id"].string)", "labels": []}"#)
    #expect(try site.assign(request, to: labeler, by: admin) != task)
    #expect(try tasks() == 2)
  }

  @Test func everyLabelerHasItsOwnTask() throws {
    try fill(1)
    let others = [try site.person(.reviewer), try site.person(.universal), admin]
    let ids = try ([labeler] + others).map { try site.assign(request, to: $0, by: admin) }
    #expect(Set(ids).count == 4)
    for (person, task) in zip([labeler] + others, ids) {
      let rows = try site.send("GET", "/tasks", as: person).json.elements
      #expect(try rows.map { try $0["id"].string } == [task])
    }
  }

  @Test func excludedPicturesAreLeftOut() throws {
    try fill(3)
    try site.owner().run(
      "update item set state = 'excluded', excluded_because = 'manual' where filename = '1.png'")
    try site.owner().run("update item set state = 'ready' where filename = '2.png'")
    let task = try site.assign(request, to: labeler, by: admin)
    let shown = try site.send("GET", "/tasks/\(task)", as: labeler).json["images"].elements
    #expect(shown.count == 2)
    let rows = try site.send("GET", "/tasks", as: labeler).json.elements
    #expect(try rows[0]["images_count"].int == 2)
    try site.owner().run("update item set state = 'excluded'")
    let empty = try assign(try site.person(.labeler).username)
    #expect(empty.status == 400)
  }

  @Test func anEmptyRequestIs400() throws {
    let answer = try assign(labeler.username)
    #expect(answer.status == 400)
    #expect(try answer.detail == "The request has no pictures to label.")
    #expect(try tasks() == 0)
  }

  @Test func anExistingTaskCanBeAssigned() throws {
    try fill(1)
    let task = try site.assign(request, to: labeler, by: admin)
    let other = try site.person(.labeler)
    let json = #"{"task_id": "\#(task)", "labeler_username": "\#(other.username)"}"#
    for _ in 1...2 {
      let answer = try post(json)
      #expect(answer.status == 200)
      #expect(answer.text == #"{"status":"assigned","task_id":"\#(task)"}"#)
    }
    #expect(try site.send("GET", "/tasks/\(task)", as: other).status == 200)
    #expect(try tasks() == 1)
    let missing = try post(
      #"{"task_id": "\#(unknownID)", "labeler_username": "\#(other.username)"}"#)
    #expect(missing.status == 404)
    #expect(try missing.detail == "No such task.")
    try site.owner().run("update task set state = 'done'")
    #expect(try post(json).status == 400)
  }

  @Test func unsuitableAccountsAreRefused() throws {
    try fill(1)
    let unknown = try assign("nobody")
    #expect(unknown.status == 404)
    #expect(try unknown.detail == "No such labeler.")
    for person in [customer, try site.person(.viewer)] {
      let answer = try assign(person.username)
      #expect(answer.status == 400)
      #expect(try answer.detail == "The account \(person.username) is not an active labeler.")
    }
    try Directory.deactivate(labeler.username, site.owner())
    #expect(try assign(labeler.username).status == 400)
    #expect(try tasks() == 0)
  }

  @Test func invalidInputIsRefused() throws {
    try fill(1)
    let missing = try assign(labeler.username, request: unknownID)
    #expect(missing.status == 404)
    #expect(try missing.detail == "No such request.")
    let name = #""labeler_username": "\#(labeler.username)""#
    let bodies = [
      BadBody("{\(name)}", "request_id"),
      BadBody(#"{"request_id": null, "task_id": null, \#(name)}"#, "request_id"),
      BadBody(
        #"{"request_id": "\#(request)", "task_id": "\#(unknownID)", \#(name)}"#, "request_id"),
      BadBody(#"{"request_id": "1", \#(name)}"#, "request_id"),
      BadBody(#"{"request_id": 1, \#(name)}"#, "request_id"),
      BadBody(#"{"task_id": "x", \#(name)}"#, "task_id"),
      BadBody(#"{"request_id": "\#(request)"}"#, "labeler_username"),
      BadBody(#"{"request_id": "\#(request)", "labeler_username": ""}"#, "labeler_username"),
      BadBody(#"{"request_id": "\#(request)", "labeler_username": 1}"#, "labeler_username"),
    ]
    for body in bodies { try body.check(post(body.json)) }
    try expectJSON(site, "/admin/assign", as: admin)
    #expect(try tasks() == 0)
  }

  @Test func otherRolesAreRefused() throws {
    for person in [customer, labeler, try site.person(.reviewer)] {
      try expectGuarded(site, "POST", "/admin/assign", against: person)
    }
  }

  @Test func concurrentAssignmentsMakeOneTask() throws {
    try fill(2)
    let (admin, request, name) = (admin, request, labeler.username)
    let tasks = try site.race(8) { client, _ in
      let answer = try client.send(
        "POST", "/admin/assign", as: admin,
        json: #"{"request_id": "\#(request)", "labeler_username": "\#(name)"}"#)
      #expect(answer.status == 200)
      return try answer.json["task_id"].string
    }
    #expect(Set(tasks).count == 1)
    #expect(try self.tasks() == 1)
  }
}
