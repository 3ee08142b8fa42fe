import Assay
import HTTP
import Support
import Testing
import Web

@Suite("POST /requests/{request}/close, GET /requests/{request}/pool")
struct ClosePoolTests {
  private let site: TestSite
  private let labeler: Person
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
  }

  @Test func aClosedRequestGivesNoTasks() throws {
    let opened = try OpenedRequest(site, pictures: 2, settings: #"{"items_per_task": 1}"#)
    let task = try site.send("GET", "/tasks", as: labeler).json[0]["id"].string
    let answer = try opened.close()
    #expect(answer.status == 200)
    #expect(try answer.json["status"] == .string("closed"))
    #expect(try site.send("GET", "/tasks", as: labeler).text == "[]")
    #expect(try site.send("POST", "/tasks/next", as: labeler).status == 204)
    #expect(try opened.next(labeler).status == 404)
    #expect(try site.send("GET", "/tasks/\(task)", as: labeler).status == 404)
    for path in ["claim", "submit"] {
      let refused = try site.send(
        "POST", "/tasks/\(task)/\(path)", as: labeler, json: #"{"answers": []}"#)
      #expect(refused.status == 409)
      #expect(try refused.detail == "The request is closed: its tasks cannot be claimed.")
    }
    #expect(try opened.slots() == ["open 0 0 of 3", "open 0 0 of 3"])
    #expect(try opened.open().status == 200)
    #expect(try opened.next(labeler).status == 200)
  }

  @Test func aTaskThatIsUnderWayMayBeFinished() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    let task = try opened.claim(labeler)
    try opened.close()
    let answer = try opened.submit(task, as: labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["counted"].int == 1)
    #expect(try opened.slots() == ["resolved 1 0 of 1"])
  }

  @Test func aRequestThatWasNeverOpenedIs404() throws {
    let customer = try site.person(.customer)
    let request = try site.request(by: customer)
    for (method, path) in [("POST", "close"), ("GET", "pool")] {
      let answer = try site.send(method, "/requests/\(request)/\(path)", as: customer)
      #expect(answer.status == 404)
      #expect(try answer.detail == "The request was never opened to the crowd.")
    }
  }

  @Test func othersAreRefused() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let stranger = try site.person(.customer)
    for (method, path) in [("POST", "close"), ("GET", "pool")] {
      let path = "/requests/\(opened.request)/\(path)"
      try expectGuarded(site, method, path, against: labeler)
      #expect(try site.send(method, path, as: stranger).status == 404)
    }
    #expect(try opened.next(labeler).status == 200)
  }
}
