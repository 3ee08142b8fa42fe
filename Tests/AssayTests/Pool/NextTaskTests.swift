import Assay
import HTTP
import Postgres
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

  @Test func aLeaseWhosePicturesAreExcludedDoesNotComeBack() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"items_per_task": 1, "leases_per_person": 1}"#)
    let task = try opened.claim(labeler)
    try site.owner().run(
      """
      update item set state_before = state, state = 'excluded', excluded_because = 'customer'
      where item_id in (select item_id from task_item where task_id = \(task)::uuid)
      """)
    let next = try opened.next(labeler)
    #expect(next.status == 200)
    #expect(try next.json["id"].string != task)
    #expect(try next.json["images"].elements.count == 1)
  }

  /// PostgreSQL's table of locks is shared by all sessions, and small.
  @Test func poolsWithoutATaskForThePersonAreNotLocked() throws {
    let opened = try (0..<3).map { _ in try OpenedRequest(site, pictures: 1) }
    for request in opened { try request.submit(request.claim(labeler), as: labeler) }
    try site.owner().transaction { db in
      try db.run(
        """
        select set_config('assay.account', account_id::text, true) from account
        where username = \(labeler.username)
        """)
      let claimed = try db.one("select claim_next(null) is not null") {
        row throws(PostgresError) in try row.next(Bool.self)
      }
      let locks = try db.one(
        "select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'"
      ) { row throws(PostgresError) in try row.next(Int.self) }
      #expect(!claimed)
      #expect(locks == 0)
    }
  }

  @Test func aLiveLeaseOfAClosedRequestComesBack() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try opened.claim(labeler)
    try opened.close()
    #expect(try opened.claim(labeler) == task)
    #expect(try opened.next(site.person(.labeler)).status == 404)
  }

  @Test func noTaskIs204() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    _ = try opened.submit(opened.claim(labeler), as: labeler)
    let answer = try opened.next(labeler)
    #expect(answer.status == 204)
    #expect(answer.text == "")
  }

  @Test func halfDoneTasksComeFirst() throws {
    let opened = try OpenedRequest(
      site, pictures: 4, settings: #"{"items_per_task": 1, "labels_per_item": 2}"#)
    let task = try opened.claim(labeler)
    try opened.submit(task, as: labeler)
    #expect(try opened.claim(labeler) != task)
    #expect(try opened.claim(site.person(.reviewer)) == task)
  }

  @Test func pictureByPictureEverybodyGetsAllOfThem() throws {
    let opened = try OpenedRequest(
      site, pictures: 3, settings: #"{"items_per_task": 1, "labels_per_item": 2}"#)
    let people = [labeler, try site.person(.labeler)]
    for person in people {
      var seen: Set<String> = []
      for _ in 0..<3 {
        let task = try opened.claim(person)
        seen.insert(task)
        try opened.submit(task, as: person)
      }
      #expect(seen.count == 3)
      #expect(try opened.next(person).status == 204)
    }
    #expect(try opened.slots() == Array(repeating: "resolved 2 0 of 2", count: 3))
    #expect(try opened.next(site.person(.labeler)).status == 204)
    let status = try site.send("GET", "/requests/\(opened.request)", as: opened.customer)
    #expect(try status.json["status"] == .string("completed"))
  }

  @Test func aTieIsContested() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 2}"#)
    for label in ["cat", "dog"] {
      let person = try site.person(.labeler)
      try opened.submit(opened.claim(person), as: person, #"{"label": "\#(label)"}"#)
    }
    #expect(try opened.slots() == ["contested 2 0 of 2"])
    #expect(try opened.words("select state::text from item_label") == ["contested"])
    let status = try site.send("GET", "/requests/\(opened.request)", as: opened.customer)
    #expect(try status.json["status"] == .string("review"))
  }

  @Test func withoutARequestAllOpenOnesAreAsked() throws {
    let first = try OpenedRequest(site, pictures: 1)
    let second = try OpenedRequest(site, pictures: 1)
    var requests: Set<String> = []
    for _ in 0..<2 {
      let answer = try site.send("POST", "/tasks/next", as: labeler)
      try requests.insert(answer.json["request_id"].string)
      _ = try site.send(
        "POST", "/tasks/\(answer.json["id"].string)/submit", as: labeler,
        json: #"{"label": "cat"}"#)
    }
    #expect(requests == [first.request, second.request])
    #expect(try site.send("POST", "/tasks/next", as: labeler, json: "{}").status == 204)
  }

  @Test func anUnknownOrUnopenedRequestIs404() throws {
    let unopened = try site.request(by: site.person(.customer))
    for request in [unknownID, unopened] {
      let answer = try site.send(
        "POST", "/tasks/next", as: labeler, json: #"{"request_id": "\#(request)"}"#)
      #expect(answer.status == 404)
      #expect(try answer.detail == "No such request that is open to the crowd.")
    }
    let bad = try site.send("POST", "/tasks/next", as: labeler, json: #"{"request_id": 1}"#)
    #expect(bad.status == 400)
  }

  @Test func customersAreRefused() throws {
    try expectGuarded(site, "POST", "/tasks/next", against: site.person(.customer))
  }
}
