import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// Events in the middle of a task, and what is kept.
@Suite struct MidTaskTests {
  private let site: TestSite
  private let (labeler, other): (Person, Person)
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
    other = try site.person(.labeler)
  }

  private func claims(_ opened: OpenedRequest) throws -> [String] {
    try opened.words(
      """
      select c.state::text from claim c join account a using (account_id)
      where a.username = \(labeler.username) order by c.item_id
      """)
  }

  @Test func anExpiredLeaseCountsWhatWasSaved() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    try opened.save(["dog"], of: opened.images[0], in: task, as: labeler)
    try opened.expire()
    #expect(try opened.slots() == ["open 1 0 of 3", "open 0 0 of 3"])
    #expect(try claims(opened) == ["counted", "returned"])
    // The rest of it is offered again.
    #expect(try opened.claim(labeler) == task)
    #expect(try opened.slots() == ["open 1 0 of 3", "open 0 1 of 3"])
  }

  @Test func aLateAnswerCountsWhereASlotIsFree() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    let task = try opened.claim(labeler)
    try opened.expire()
    let answer = try opened.submit(task, as: labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["late"] == .bool(true))
    #expect(try answer.json["status"] == .string("submitted"))
    #expect(try opened.slots() == ["resolved 1 0 of 1"])
  }

  @Test func aLateAnswerWithoutASlotIsSurplus() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    let task = try opened.claim(labeler)
    try opened.expire()
    let theirs = try opened.claim(other)
    let answer = try opened.submit(task, as: labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["status"] == .string("surplus"))
    #expect(
      try answer.json["message"].string
        == "The lease was over: answers without a free slot are kept as surplus.")
    #expect(try opened.slots() == ["open 0 1 of 1"])
    // The slot that comes back goes to the answer that is there already.
    #expect(
      try site.send("POST", "/tasks/\(theirs)/release", as: other).status == 200)
    #expect(try claims(opened) == ["counted"])
    #expect(try opened.slots() == ["resolved 1 0 of 1"])
  }

  @Test func anAnswerToADecidedPictureIsSurplus() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    let task = try opened.claim(labeler)
    try opened.expire()
    try opened.submit(opened.claim(other), as: other)
    #expect(try opened.submit(task, as: labeler, #"{"label": "dog"}"#).status == 200)
    #expect(try claims(opened) == ["surplus"])
    #expect(try opened.words("select labels[1] from item_label") == ["cat"])
  }

  @Test func aLeaseThatExpiresDuringASaveIsKept() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    // Its time is over, but the worker has not ended it yet.
    try site.owner().run("update assignment set lease_expires_at = now() - interval '1 second'")
    try opened.save(["dog"], of: opened.images[0], in: task, as: labeler)
    try site.keepPools()
    #expect(try claims(opened) == ["counted", "returned"])
    #expect(try opened.slots() == ["open 1 0 of 3", "open 0 0 of 3"])
  }

  @Test func anExcludedPictureLeavesTheTask() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    try opened.save(["dog"], of: opened.images[0], in: task, as: labeler)
    let owner = site.owner()
    try owner.run(
      """
      update item set state_before = state, state = 'excluded', excluded_because = 'manual'
      where item_id = \(opened.images[0])::uuid
      """)
    #expect(try opened.slots() == ["excluded 0 0 of 3", "open 0 1 of 3"])
    #expect(try claims(opened) == ["surplus", "leased"])
    // The answer to what is left submits the task.
    try opened.save(["cat"], of: opened.images[1], in: task, as: labeler)
    #expect(try opened.slots() == ["excluded 0 0 of 3", "open 1 0 of 3"])
    // The answer was kept, and counts again when the picture comes back.
    try owner.run(
      "update item set state = state_before, excluded_because = null where state = 'excluded'")
    #expect(try opened.slots() == ["open 1 0 of 3", "open 1 0 of 3"])
  }

  @Test func aRemovedLabelerKeepsNoLease() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    try opened.save(["dog"], of: opened.images[0], in: task, as: labeler)
    let account = try opened.words(
      "select account_id::text from account where username = \(labeler.username)")[at: 0]
    let removed = try site.send(
      "DELETE", "/api/projects/\(opened.request)/members/\(account)", as: opened.customer)
    #expect(removed.status == 200)
    #expect(try site.send("GET", "/tasks/\(task)", as: labeler).status == 404)
    #expect(
      try opened.save(["cat"], of: opened.images[1], in: task, as: labeler).status == 404)
    #expect(try opened.next(labeler).status == 404)
    #expect(try site.send("POST", "/tasks/next", as: labeler).status == 204)
    #expect(try site.send("GET", "/tasks", as: labeler).text == "[]")
    try site.keepPools()
    #expect(try claims(opened) == ["counted", "returned"])
    #expect(try opened.slots() == ["open 1 0 of 3", "open 0 0 of 3"])
    // A labeler who is added again may claim again.
    let added = try site.send(
      "POST", "/api/projects/\(opened.request)/members", as: opened.customer,
      json: #"{"username": "\#(labeler.username)", "role": "labeler"}"#)
    #expect(added.status == 201)
    #expect(try opened.next(labeler).status == 200)
  }

  @Test func aDeactivatedLabelersLeaseReturns() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    _ = try opened.claim(labeler)
    try Directory.deactivate(labeler.username, site.owner())
    #expect(try opened.next(labeler).status == 401)
    try opened.expire()
    #expect(try opened.slots() == ["open 0 0 of 3"])
  }
}
