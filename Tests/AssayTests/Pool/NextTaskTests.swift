import Assay
import HTTP
import Support
import Testing
import Web

@Suite("POST /tasks/next")
struct NextTaskTests {
  private let site: TestSite
  private let labeler: Person
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
  }

  @Test func theNextTaskIsClaimedAndShown() throws {
    let opened = try OpenedRequest(site, pictures: 3, settings: #"{"items_per_task": 2}"#)
    let answer = try opened.next(labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["status"] == .string("open"))
    #expect(try answer.json["scope"] == .string("assigned"))
    #expect(try answer.json["answer"] == .string("choice"))
    #expect(try answer.json["points"].int == 1)
    #expect(try isTime(answer.json["lease_expires_at"].string))
    let task = try answer.json["id"].string
    let shown = try site.send("GET", "/tasks/\(task)", as: labeler)
    #expect(shown.text == answer.text)
    let images = try shown.json["images"].elements
    #expect([1, 2].contains(images.count))
    for image in images {
      #expect(opened.images.contains(try image["image_id"].string))
    }
    let leased = try opened.slots().count { $0 == "open 0 1 of 3" }
    #expect(leased == images.count)
  }

  @Test func aLiveLeaseComesBack() throws {
    let opened = try OpenedRequest(site, pictures: 3, settings: #"{"items_per_task": 1}"#)
    let task = try opened.claim(labeler)
    let device = try site.signIn(labeler.username)
    #expect(try opened.claim(device) == task)
    #expect(try opened.claim(labeler) == task)
  }

  @Test func noTaskIs204() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    _ = try opened.submit(opened.claim(labeler), as: labeler)
    let answer = try opened.next(labeler)
    #expect(answer.status == 204)
    #expect(answer.text == "")
  }
}
