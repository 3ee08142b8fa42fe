import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /tasks/{task}/claim, POST /tasks/{task}/release")
struct ClaimTests {
  private let site: TestSite
  private let labeler: Person
  private let opened: OpenedRequest
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
    opened = try OpenedRequest(
      site, pictures: 3,
      settings: #"{"items_per_task": 1, "labels_per_item": 1, "leases_per_person": 2}"#)
  }

  private func tasks() throws -> [String] {
    try opened.words("select task_id::text from task where in_pool order by task_id")
  }

  private func post(_ path: String, _ task: String, as person: Person) throws -> Answer {
    try site.send("POST", "/tasks/\(task)/\(path)", as: person)
  }

  @Test func aChosenTaskIsClaimed() throws {
    let task = try tasks()[at: 1]
    let answer = try post("claim", task, as: labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["id"].string == task)
    #expect(try answer.json["images"].elements.count == 1)
    #expect(try post("claim", task, as: labeler).text == answer.text)
    #expect(try opened.slots().sorted() == ["open 0 0 of 1", "open 0 0 of 1", "open 0 1 of 1"])
    let list = try site.send("GET", "/tasks?scope=assigned", as: labeler).json.elements
    #expect(try list.map { try $0["id"].string } == [task])
  }

  @Test func aTakenTaskIs409() throws {
    let task = try tasks()[at: 0]
    _ = try post("claim", task, as: labeler)
    let other = try site.person(.labeler)
    let answer = try post("claim", task, as: other)
    #expect(answer.status == 409)
    #expect(try answer.detail == "All slots of the task are taken.")
    #expect(try opened.submit(task, as: other).text.contains("All slots of the task are taken."))
  }

  @Test func nobodyHoldsMoreThanTheRequestAllows() throws {
    let tasks = try tasks()
    for task in tasks.prefix(2) {
      #expect(try post("claim", task, as: labeler).status == 200)
    }
    let answer = try post("claim", tasks[at: 2], as: labeler)
    #expect(answer.status == 409)
    #expect(
      try answer.detail
        == "You hold as many tasks of the request as it allows: submit or release one first.")
    #expect(try post("release", tasks[at: 0], as: labeler).status == 200)
    #expect(try post("claim", tasks[at: 2], as: labeler).status == 200)
  }

  @Test func aReleasedTaskGoesToOthers() throws {
    let task = try tasks()[at: 0]
    _ = try post("claim", task, as: labeler)
    let answer = try post("release", task, as: labeler)
    #expect(answer.status == 200)
    #expect(answer.text == #"{"task_id":"\#(task)","status":"released"}"#)
    #expect(try opened.slots() == Array(repeating: "open 0 0 of 1", count: 3))
    let again = try post("release", task, as: labeler)
    #expect(again.status == 409)
    #expect(try again.detail == "You have not claimed the task, or its lease is over.")
    // It is not offered to this person any more, but may be claimed.
    for _ in 0..<2 {
      let next = try opened.claim(labeler)
      #expect(next != task)
      try opened.submit(next, as: labeler)
    }
    #expect(try opened.next(labeler).status == 204)
    #expect(try post("claim", task, as: site.person(.labeler)).status == 200)
  }

  @Test func savedAnswersOfAReleasedTaskCount() throws {
    let task = try tasks()[at: 0]
    let images = try post("claim", task, as: labeler).json["images"].elements
    let image = try images[at: 0]["image_id"].string
    let saved = try site.send(
      "POST", "/tasks/\(task)/labels", as: labeler,
      json: #"{"image_id": "\#(image)", "labels": ["dog"], "submit": false}"#)
    #expect(saved.status == 200)
    #expect(try opened.slots().contains("open 0 1 of 1"))
    #expect(try post("release", task, as: labeler).status == 200)
    #expect(try opened.slots().contains("resolved 1 0 of 1"))
  }

  @Test func anAppointedTaskIsNoClaim() throws {
    let work = try Commission(site, pictures: 1)
    #expect(try post("claim", work.task, as: work.labeler).status == 200)
    #expect(try post("release", work.task, as: work.labeler).status == 409)
    for path in ["claim", "release"] {
      #expect(try post(path, work.task, as: labeler).status == 404)
    }
    let give = try site.send(
      "POST", "/admin/assign", as: work.admin,
      json: #"{"task_id": "\#(tasks()[at: 0])", "labeler_username": "\#(labeler.username)"}"#)
    #expect(give.status == 404)
  }

  @Test func othersAreRefused() throws {
    for path in ["claim", "release"] {
      #expect(try post(path, unknownID, as: labeler).status == 404)
      #expect(try site.send("POST", "/tasks/x/\(path)", as: labeler).status == 400)
      try expectGuarded(
        site, "POST", "/tasks/\(tasks()[at: 0])/\(path)", against: opened.customer)
    }
  }
}
