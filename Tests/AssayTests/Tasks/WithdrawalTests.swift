import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Tasks of removed labelers")
struct WithdrawalTests {
  private let site: TestSite
  private let work: Commission
  private let labeler: String
  init() throws {
    site = try TestSite()
    work = try Commission(site, pictures: 2)
    labeler = try site.send("GET", "/auth/me", as: work.labeler).json["id"].string
  }

  private func remove(from request: String? = nil) throws {
    let path = "/api/projects/\(request ?? work.request)/members/\(labeler)"
    #expect(try site.send("DELETE", path, as: work.customer).status == 200)
  }

  /// Another request of the customer, assigned to the labeler: its id and the task's id.
  private func another() throws -> (request: String, task: String) {
    let request = try site.request(by: work.customer)
    _ = try site.upload(
      [(name: "z.png", bytes: Pictures.png(seed: 9))], to: request, by: work.customer)
    return (request, try site.assign(request, to: work.labeler, by: work.admin))
  }

  private func tasks(of person: Person) throws -> [String] {
    try site.send("GET", "/tasks", as: person).json.elements.map { try $0["id"].string }
  }

  private func show(_ task: String? = nil, as person: Person? = nil) throws -> Answer {
    try site.send("GET", "/tasks/\(task ?? work.task)", as: person ?? work.labeler)
  }

  /// The states of the assignments of the first task, the oldest first.
  private func states() throws -> [String] {
    try site.owner().all(
      """
      select state::text from assignment where task_id = \(work.task)::uuid order by assignment_id
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  private func status() throws -> String {
    try site.send("GET", "/requests/\(work.request)", as: work.customer).json["status"].string
  }

  @Test func aRemovalFromOneProjectReleasesItsTasksOnly() throws {
    let other = try another()
    try work.save(["cat"], of: work.images[0], site.client)
    try remove()
    #expect(try show().status == 404)
    #expect(try work.save(["dog"], of: work.images[1], site.client).status == 404)
    #expect(try tasks(of: work.labeler) == [other.task])
    #expect(try show(other.task).status == 200)
    #expect(try states() == ["released"])
    // The answers stay and count.
    let labels = try site.send("GET", "/requests/\(work.request)/labels", as: work.customer)
    #expect(try labels.json.elements.map { try $0["labels"].strings } == [["cat"]])
    #expect(
      try labels.json.elements.map { try $0["labeler"].string } == [work.labeler.username])
    let admins = try site.send("GET", "/admin/tasks", as: work.admin).json.elements
    #expect(try admins.map { try $0["labelers"].strings } == [[work.labeler.username], []])
  }

  @Test func finishedAssignmentsStayFinished() throws {
    _ = try another()
    for image in work.images { try work.save(["cat"], of: image, site.client) }
    try remove()
    #expect(try states() == ["submitted"])
    #expect(try show().status == 404)
    #expect(try work.save(["dog"], of: work.images[0], site.client).status == 404)
    #expect(try tasks(of: work.labeler).count == 1)
    #expect(try status() == "completed")
    let labels = try site.send("GET", "/requests/\(work.request)/labels", as: work.customer)
    #expect(try labels.json.elements.count == 2)
  }

  /// The finished task is shown again beside the new one.
  @Test func finishedTasksAreShownAgainAfterANewAssignment() throws {
    for image in work.images { try work.save(["cat"], of: image, site.client) }
    try remove()
    let second = try site.assign(work.request, to: work.labeler, by: work.admin)
    #expect(try Set(tasks(of: work.labeler)) == [work.task, second])
    #expect(try show().json["status"].string == "completed")
    let labels = try site.send("GET", "/requests/\(work.request)/labels", as: work.customer)
    #expect(
      try labels.json.elements.map { try $0["labeler"].string }
        == [work.labeler.username, work.labeler.username])
  }

  @Test func aRemovalFromTheOrganizationReleasesAllTasks() throws {
    let other = try another()
    let me = try site.send("GET", "/api/auth/me", as: work.customer).json
    let members = "/api/organizations/\(try me["organization_id"].string)/members"
    let added = try site.send(
      "POST", members, as: work.customer, json: #"{"username": "\#(work.labeler.username)"}"#)
    #expect(added.status == 201)
    #expect(try show().status == 200)
    #expect(try site.send("DELETE", "\(members)/\(labeler)", as: work.customer).status == 200)
    #expect(try tasks(of: work.labeler) == [])
    #expect(try show().status == 404)
    #expect(try show(other.task).status == 404)
    #expect(try states() == ["released"])
  }

  @Test func aDeletedAccountsTasksAreReleased() throws {
    let path = "/api/v1/users/\(labeler)"
    #expect(try site.send("DELETE", path, as: work.admin).status == 200)
    #expect(try states() == ["released"])
    let members = "/api/projects/\(work.request)/members"
    #expect(try site.send("GET", members, as: work.customer).json["total"].int == 0)
  }

  @Test func assigningAgainKeepsTheAnswers() throws {
    try work.save(["cat"], of: work.images[0], site.client)
    try remove()
    #expect(try site.assign(work.request, to: work.labeler, by: work.admin) == work.task)
    #expect(try states() == ["in_progress"])
    let images = try show().json["images"].elements
    #expect(try images[0]["labels"].strings == ["cat"])
    #expect(try work.save(["dog"], of: work.images[1], site.client).status == 200)
    #expect(try states() == ["submitted"])
    #expect(try status() == "completed")
  }

  @Test func assigningTheSameTaskAgainKeepsTheAnswers() throws {
    try remove()
    let json = #"{"task_id": "\#(work.task)", "labeler_username": "\#(work.labeler.username)"}"#
    for _ in 1...2 {
      #expect(try site.send("POST", "/admin/assign", as: work.admin, json: json).status == 200)
    }
    #expect(try states() == ["assigned"])
    #expect(try show().status == 200)
  }

  @Test func fullyAnsweredTasksAreSubmittedWhenAssignedAgain() throws {
    for image in work.images { try work.save(["cat"], of: image, site.client) }
    // A review leaves it in this state.
    try site.owner().run("update assignment set state = 'returned'")
    try site.owner().run("update task set state = 'open'")
    try remove()
    #expect(try states() == ["released"])
    #expect(try site.assign(work.request, to: work.labeler, by: work.admin) == work.task)
    #expect(try states() == ["submitted"])
    #expect(try show().json["status"].string == "completed")
    #expect(try status() == "completed")
  }

  @Test func aRoleInTheProjectAloneRestoresNoTask() throws {
    try remove()
    let json = #"{"username": "\#(work.labeler.username)", "role": "labeler"}"#
    let path = "/api/projects/\(work.request)/members"
    #expect(try site.send("POST", path, as: work.customer, json: json).status == 201)
    #expect(try show().status == 404)
  }

  @Test func aReleasedTaskIsAssignedToTheNextLabeler() throws {
    let next = try site.person(.labeler)
    try work.save(["cat"], of: work.images[0], site.client)
    try remove()
    #expect(try site.assign(work.request, to: next, by: work.admin) == work.task)
    #expect(try show(as: next).json["images"].elements.allSatisfy { try $0["labels"] == .null })
    #expect(try states() == ["released", "assigned"])
    // A third labeler gets a new task, because this one is no longer abandoned.
    let third = try site.person(.labeler)
    #expect(try site.assign(work.request, to: third, by: work.admin) != work.task)
  }

  @Test func aReleasedTaskWithoutTheNewPicturesIsCancelled() throws {
    let next = try site.person(.labeler)
    try remove()
    _ = try site.upload(
      [(name: "z.png", bytes: Pictures.png(seed: 9))], to: work.request, by: work.customer)
    let task = try site.assign(work.request, to: next, by: work.admin)
    #expect(task != work.task)
    let images = try show(task, as: next).json["images"].elements
    #expect(images.count == 3)
    for image in images {
      let json = #"{"image_id": "\#(try image["image_id"].string)", "labels": []}"#
      let saved = try site.send("POST", "/tasks/\(task)/labels", as: next, json: json)
      #expect(saved.status == 200)
    }
    #expect(try status() == "completed")
  }

  @Test func aRemovedAdminStillSeesTheTask() throws {
    let admin = work.admin
    let task = try site.assign(work.request, to: admin, by: admin)
    let id = try site.send("GET", "/auth/me", as: admin).json["id"].string
    let path = "/api/projects/\(work.request)/members/\(id)"
    #expect(try site.send("DELETE", path, as: work.customer).status == 200)
    let shown = try show(task, as: admin)
    #expect(shown.status == 200)
    #expect(try shown.json["status"].string == "open")
    #expect(try tasks(of: admin) == [])
    let json = #"{"image_id": "\#(work.images[0])", "labels": []}"#
    #expect(try site.send("POST", "/tasks/\(task)/labels", as: admin, json: json).status == 404)
  }

  @Test func aSaveAfterTheRemovalFails() throws {
    let (work, shared, owner) = (work, site.site, site.owner())
    let statuses = try owner.transaction { db in
      try db.run("delete from project_member where account_id = \(labeler)::uuid")
      return try inThreads(1) { _ in
        try work.save(["cat"], of: work.images[0], Client(shared)).status
      } meanwhile: {
        try site.waitForARow()
        try db.script("commit; begin")
      }
    }
    #expect(statuses == [404])
    #expect(try states() == ["released"])
    #expect(try Revision.all(of: work.images[0], site).isEmpty)
  }

  @Test func aRemovalWaitsForTheSave() throws {
    let (work, shared, owner, path) = (
      work, site.site, site.owner(), "/api/projects/\(work.request)/members/\(labeler)"
    )
    let statuses = try owner.transaction { db in
      // The last answer is saved but not yet committed.
      try db.run("update assignment set answered = item_count, state = 'submitted'")
      return try inThreads(1) { _ in
        try Client(shared).send("DELETE", path, as: work.customer).status
      } meanwhile: {
        try site.waitForARow()
        try db.script("commit; begin")
      }
    }
    #expect(statuses == [200])
    #expect(try states() == ["submitted"])
  }
}
