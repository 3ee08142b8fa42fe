import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /requests/{request}/open")
struct OpenRequestTests {
  private let site: TestSite
  private let labeler: Person
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
  }

  @Test func theDefaultsAskForThreeAnswers() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let answer = try opened.open()
    #expect(answer.status == 200)
    #expect(
      answer.keys == [
        "request_id", "status", "answer", "min_labels", "max_labels", "target_confidence",
        "lease_seconds", "points_per_item", "items_per_task", "leases_per_person", "gold_rate",
        "gold_floor", "text_forms", "instructions", "items",
      ])
    #expect(try answer.json["status"] == .string("open"))
    #expect(try answer.json["answer"] == .string("choice"))
    #expect(try answer.json["min_labels"].int == 3)
    #expect(try answer.json["max_labels"].int == 3)
    #expect(try answer.json["items"]["open"].int == 2)
    #expect(try opened.slots() == ["open 0 0 of 3", "open 0 0 of 3"])
    let tasks = try site.send("GET", "/tasks", as: labeler).json.elements
    #expect(tasks.count == 1)
    #expect(
      try site.send("GET", "/requests/\(opened.request)", as: opened.customer).json["status"]
        == .string("labeling"))
  }

  @Test func anOrganizationHasSomeOpenRequests() throws {
    try site.owner().run("update site_limits set open_pools = 2")
    let first = try OpenedRequest(site, pictures: 1)
    _ = try OpenedRequest(site, pictures: 1, by: first.customer)
    #expect(throws: Missing.self) {
      try OpenedRequest(site, pictures: 1, by: first.customer)
    }
    #expect(try first.open().status == 200)
    #expect(try first.close().status == 200)
    _ = try OpenedRequest(site, pictures: 1, by: first.customer)
    let again = try first.open()
    #expect(again.status == 409)
    #expect(try again.detail.contains("close one first"))
    _ = try OpenedRequest(site, pictures: 1)
  }

  @Test func settingsAreKeptUntilTheyChange() throws {
    let opened = try OpenedRequest(
      site, pictures: 1,
      settings: #"{"labels_per_item": 5, "points_per_item": 7, "instructions": "Look twice."}"#)
    let answer = try opened.open(#"{"min_labels": 2, "target_confidence": 0.75}"#).json
    #expect(try answer["min_labels"].int == 2)
    #expect(try answer["max_labels"].int == 5)
    #expect(try answer["points_per_item"].int == 7)
    #expect(try answer["instructions"] == .string("Look twice."))
    #expect(try answer["target_confidence"] == .double(0.75))
  }

  @Test func newSettingsReachWhatIsNotResolved() throws {
    let opened = try OpenedRequest(
      site, pictures: 3, settings: #"{"labels_per_item": 1, "items_per_task": 1}"#)
    _ = try opened.submit(opened.claim(labeler), as: labeler)
    let second = try opened.claim(labeler)
    #expect(try opened.open(#"{"labels_per_item": 2}"#).status == 200)
    #expect(
      try opened.slots().sorted() == ["open 0 0 of 2", "open 0 1 of 2", "resolved 1 0 of 1"])
    _ = try opened.submit(second, as: labeler)
    // The answer and the lease of somebody else fit into fewer slots; what is full is decided.
    #expect(try opened.open(#"{"labels_per_item": 1}"#).status == 200)
    #expect(
      try opened.slots().sorted() == ["open 0 0 of 1", "resolved 1 0 of 1", "resolved 1 0 of 1"])
  }

  @Test func laterUploadsJoinAndExcludedPicturesLeave() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"items_per_task": 1}"#)
    _ = try site.upload(
      [("late.png", Pictures.png(seed: 50))], to: opened.request, by: opened.customer)
    try site.keepPools()
    #expect(try opened.slots() == ["open 0 0 of 3", "open 0 0 of 3"])
    func tasks() throws -> Int {
      try site.send("GET", "/tasks?scope=open", as: labeler).json.elements.count
    }
    #expect(try tasks() == 2)
    let owner = site.owner()
    try owner.run(
      "update item set state_before = state, state = 'excluded', excluded_because = 'manual'")
    #expect(try tasks() == 0)
    #expect(try opened.next(labeler).status == 204)
    try owner.run(
      "update item set state = state_before, excluded_because = null where state = 'excluded'")
    #expect(try tasks() == 2)
    #expect(try opened.next(labeler).status == 200)
  }

  @Test func aPictureThatIsExcludedAtFirstJoinsWhenItComesBack() throws {
    let customer = try site.person(.customer)
    let request = try site.request(by: customer)
    _ = try site.upload([("a.png", Pictures.png(seed: 1))], to: request, by: customer)
    let owner = site.owner()
    try owner.run("update item set state = 'excluded', excluded_because = 'manual'")
    let path = "/requests/\(request)/open"
    let empty = try site.send("POST", path, as: customer)
    #expect(try empty.json["items"]["open"].int == 0)
    #expect(try site.send("POST", "/tasks/next", as: labeler).status == 204)
    try owner.run("update item set state = 'ready', excluded_because = null")
    try site.keepPools()
    #expect(try site.send("POST", "/tasks/next", as: labeler).status == 200)
  }

  @Test func answersFromBeforeTheOpeningCount() throws {
    let work = try Commission(site, pictures: 2)
    for image in work.images { try work.save(["cat"], of: image, site.client) }
    let path = "/requests/\(work.request)/open"
    let answer = try site.send(
      "POST", path, as: work.customer, json: #"{"labels_per_item": 2}"#)
    #expect(try answer.json["items"]["answers"].int == 2)
    // Nobody answers twice, in whichever task.
    #expect(try site.send("POST", "/tasks/next", as: work.labeler).status == 204)
    #expect(try site.send("GET", "/tasks?scope=open", as: work.labeler).text == "[]")
    let task = try site.send("POST", "/tasks/next", as: labeler).json["id"].string
    let images = try site.send("GET", "/tasks/\(task)", as: labeler).json["images"].elements
    let answers = try images.map {
      #"{"image_id": "\#(try $0["image_id"].string)", "labels": ["cat"]}"#
    }
    let submitted = try site.send(
      "POST", "/tasks/\(task)/submit", as: labeler,
      json: #"{"answers": [\#(answers.joined(separator: ","))]}"#)
    #expect(try submitted.json["counted"].int == 2)
    let pool = try site.send("GET", "/requests/\(work.request)/pool", as: work.customer)
    #expect(try pool.json["items"]["resolved"].int == 2)
  }

  @Test func aLargeRequestIsFilledInBatches() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    try site.owner().run(
      """
      with old as (select * from item limit 1), bytes as (
        insert into blob (organization_id, sha256, size_bytes, mime, width, height)
        select organization_id, sha256(convert_to(n::text, 'UTF8')), 1, 'image/png', 1, 1
        from old, generate_series(1, 4500) n
        returning organization_id, sha256
      )
      insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
      select uuid_v7(), b.organization_id, old.project_id, b.sha256, 'x.png', old.created_by
      from old, bytes b
      """)
    try site.owner().run("delete from pool_item where task_id is null")
    let answer = try opened.open()
    #expect(try answer.json["items"]["open"].int < 4501)
    try site.keepPools()
    #expect(try opened.slots().count == 4501)
    let loose = try opened.words(
      "select item_id::text from pool_item where task_id is null")
    #expect(loose == [])
  }

  @Test func invalidSettingsAreRefused() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let bodies = [
      BadBody(#"{"min_labels": 4, "max_labels": 3}"#, "min_labels"),
      BadBody(#"{"min_labels": 4}"#, "min_labels"),
      BadBody(#"{"labels_per_item": 0}"#, "labels_per_item"),
      BadBody(#"{"labels_per_item": 101}"#, "labels_per_item"),
      BadBody(#"{"max_labels": 9223372036854775807}"#, "max_labels"),
      BadBody(#"{"target_confidence": 0.5}"#, "target_confidence"),
      BadBody(#"{"target_confidence": 1}"#, "target_confidence"),
      BadBody(#"{"target_confidence": "high"}"#, "target_confidence"),
      BadBody(#"{"lease_seconds": 0}"#, "lease_seconds"),
      BadBody(#"{"lease_seconds": 604801}"#, "lease_seconds"),
      BadBody(#"{"points_per_item": -1}"#, "points_per_item"),
      BadBody(#"{"items_per_task": 1001}"#, "items_per_task"),
      BadBody(#"{"leases_per_person": 0}"#, "leases_per_person"),
      BadBody(#"{"gold_rate": 0.6}"#, "gold_rate"),
      BadBody(#"{"answer": "boxes"}"#, "answer"),
      BadBody(#"{"instructions": 1}"#, "instructions"),
    ]
    let before = try site.send("GET", "/requests/\(opened.request)/pool", as: opened.customer)
    for body in bodies { try body.check(opened.open(body.json)) }
    let after = try site.send("GET", "/requests/\(opened.request)/pool", as: opened.customer)
    #expect(after.text == before.text)
  }

  @Test func theKindOfAnswerCannotChangeAfterAnswers() throws {
    let opened = try OpenedRequest(site, pictures: 2, settings: #"{"items_per_task": 1}"#)
    #expect(try opened.open(#"{"answer": "multi"}"#).status == 200)
    _ = try opened.submit(opened.claim(labeler), as: labeler)
    let answer = try opened.open(#"{"answer": "text"}"#)
    #expect(answer.status == 409)
    #expect(
      try answer.detail
        == "Tasks of the kind multi are claimed or answered: it cannot change.")
    #expect(try opened.open(#"{"answer": "multi"}"#).status == 200)
  }

  @Test func theKindOfAnswerCannotChangeAfterASavedAnswer() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try opened.claim(labeler)
    let saved = try site.send(
      "POST", "/tasks/\(task)/labels", as: labeler,
      json: #"{"image_id": "\#(opened.images[0])", "labels": ["cat"], "submit": false}"#)
    #expect(saved.status == 200)
    #expect(try opened.open(#"{"answer": "text"}"#).status == 409)
  }

  @Test func othersAreRefused() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let path = "/requests/\(opened.request)/open"
    try expectGuarded(site, "POST", path, against: labeler)
    let stranger = try site.person(.customer)
    #expect(try site.send("POST", path, as: stranger).status == 404)
    #expect(try site.send("POST", path, as: site.person(.admin)).status == 200)
    #expect(
      try site.send("POST", "/requests/\(unknownID)/open", as: opened.customer).status == 404)
  }

  @Test func theAuditEntryNamesTheRequest() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    try opened.close()
    try opened.close()
    let entries = try opened.words(
      """
      select action from audit_entry where object = \(opened.request)
        and action like 'pool%' order by number
      """)
    #expect(entries == ["pool.opened", "pool.closed"])
  }
}
