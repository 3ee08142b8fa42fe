import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /requests/{request}/gold") struct GoldTests {
  private let site: TestSite
  private let labeler: Person
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
  }

  private func add(_ opened: OpenedRequest, _ json: String) throws -> Answer {
    try site.send("POST", "/requests/\(opened.request)/gold", as: opened.customer, json: json)
  }

  @Test func goldHasItsAnswerAtOnce() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let image = try opened.images[at: 0]
    let answer = try add(opened, #"{"image_id": "\#(image)", "label": "cat"}"#)
    #expect(answer.status == 200)
    let row = try answer.json["items"][0]
    #expect(
      try row.keys == [
        "image_id", "filename", "labels", "text", "answers", "judged", "correct", "created_at",
      ])
    #expect(try row["labels"].strings == ["cat"])
    #expect(try opened.slots() == ["resolved 0 0 of 3", "open 0 0 of 3"])
    let result = try opened.result(image)
    #expect(try result["method"].string == "gold")
    #expect(try result["confidence"].double == 1)
  }

  @Test func anyNumberOfPeopleAnswersGold() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"labels_per_item": 1, "points_per_item": 3}"#)
    let image = try opened.images[at: 0]
    try opened.makeGold([image], "cat")
    let people = try ["cat", "dog", "cat"].map { label in
      let person = try site.person(.labeler)
      try opened.answer(image, label, as: person)
      return person
    }
    #expect(try opened.slots()[at: 0] == "resolved 3 0 of 1")
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [3, 0, 3])
    let gold = try site.send("GET", "/requests/\(opened.request)/gold", as: opened.customer).json[0]
    #expect(try [gold["answers"].int, gold["judged"].int, gold["correct"].int] == [3, 3, 2])
    try site.expectSoundPools()
  }

  @Test func labelersCannotTellGoldFromOthers() throws {
    let opened = try OpenedRequest(site, pictures: 4)
    try opened.makeGold([opened.images[at: 1]], "cat")
    let listed = try site.send("GET", "/tasks?scope=open", as: labeler).json[0]
    let task = try listed["id"].string
    let before = try site.send("GET", "/tasks/\(task)", as: labeler).json
    let answer = try opened.next(labeler)
    #expect(!answer.text.contains("gold"))
    let claimed = try answer.json
    #expect(
      try Set(before["images"].elements.map { try $0["image_id"].string }) == Set(opened.images))
    // Gold may be left out, as a picture that is decided meanwhile.
    let places = try claimed["images"].elements.map { image in
      try before["images"].elements.firstIndex { try $0["image_id"] == image["image_id"] }
    }
    #expect(try places.map { try #require($0) } == places.compactMap(\.self).sorted())
    #expect(try Set(claimed["images"].elements.map { try $0.keys }).count == 1)
  }

  @Test func aSecondCallChangesTheAnswerAndThePoints() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1, "points_per_item": 3}"#)
    let image = try opened.images[at: 0]
    try opened.makeGold([image], "cat")
    try opened.answer(image, "cat", as: labeler)
    try site.settlePoints()
    #expect(try site.points(labeler) == 3)
    try opened.makeGold([image], "dog")
    try site.settlePoints()
    #expect(try site.points(labeler) == 0)
    try site.expectSoundPools()
  }

  @Test func goldBeforeTheOpeningIsGoldInThePool() throws {
    let customer = try site.person(.customer)
    let request = try site.request(by: customer, classes: ["cat", "dog"])
    let images = try site.upload(
      [
        (name: "a.png", bytes: Pictures.png(seed: 1)),
        (name: "b.png", bytes: Pictures.png(seed: 2)),
      ],
      to: request, by: customer)
    let image = try images[at: 0]
    let added = try site.send(
      "POST", "/requests/\(request)/gold", as: customer,
      json: #"{"image_id": "\#(image)", "labels": ["cat", "dog"]}"#)
    #expect(added.status == 200)
    let misfit = try site.send("POST", "/requests/\(request)/open", as: customer)
    #expect(misfit.status == 409)
    let opening = try site.send(
      "POST", "/requests/\(request)/open", as: customer, json: #"{"answer": "multi"}"#)
    #expect(try opening.json["items"]["resolved"].int == 1)
    #expect(try opening.json["items"]["open"].int == 1)
    let listed = try site.send("GET", "/tasks", as: labeler).json[0]["id"].string
    let task = try site.send("POST", "/tasks/\(listed)/claim", as: labeler)
    #expect(try task.json["images"].elements.count == 2)
  }

  @Test func goldIsMixedInAtItsRate() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1, "items_per_task": 1, "gold_rate": 0.2}"#
    )
    try opened.addPictures(120)
    let ids = try opened.words(
      "select item_id::text from item where project_id = \(opened.request)::uuid order by item_id")
    try opened.makeGold(Array(ids.prefix(40)), "cat")
    for _ in 0..<60 { try opened.submit(opened.claim(labeler), as: labeler) }
    let counts = try opened.words(
      """
      select count(*) filter (where p.is_gold)::text from claim c
      join pool_item p on p.item_id = c.item_id
      """)
    let gold = try #require(Int(counts[at: 0]))
    // A fifth of 60, give or take four.
    #expect((8...16).contains(gold), "\(gold)")
  }

  @Test func nobodyGetsTheSameGoldTwice() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1, "items_per_task": 1, "gold_rate": 0.5}"#
    )
    try opened.addPictures(20)
    try opened.makeGold([opened.images[at: 0]], "cat")
    var seen: [String] = []
    for _ in 0..<20 {
      let task = try opened.claim(labeler)
      seen += try site.send("GET", "/tasks/\(task)", as: labeler).json["images"].elements.map {
        try $0["image_id"].string
      }
      try opened.submit(task, as: labeler)
    }
    #expect(seen.count == Set(seen).count)
  }

  @Test func badGoldChangesNothing() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let image = try opened.images[at: 0]
    let bodies = [
      BadBody(#"{}"#, "image_id"),
      BadBody(#"{"image_id": "\#(image)"}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "label": "cow"}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "labels": ["cat", "dog"]}"#, "labels"),
      BadBody(#"{"image_id": "\#(image)", "content": "cat"}"#, "labels"),
      BadBody(
        #"{"image_id": "\#(image)", "label": "cat", "items": [{"image_id": "\#(image)", "label": "cat"}]}"#,
        "items"),
      BadBody(
        #"{"items": [{"image_id": "\#(image)", "label": "cat"}, {"image_id": "\#(image)", "label": "dog"}]}"#,
        "items"),
    ]
    for body in bodies { try body.check(add(opened, body.json)) }
    for other in [
      try OpenedRequest(site, pictures: 1),
      try OpenedRequest(site, pictures: 1, by: opened.customer),
    ] {
      let foreign = try add(opened, #"{"image_id": "\#(other.images[at: 0])", "label": "cat"}"#)
      #expect(foreign.status == 404)
    }
    #expect(try opened.words("select item_id::text from gold_item") == [])
  }

  @Test func aReportDoesNotTellGoldFromOthers() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"labels_per_item": 2, "points_per_item": 3}"#)
    let (gold, task) = (try opened.images[at: 0], try opened.tasks()[at: 0])
    try opened.makeGold([gold], "cat")
    let answered = try site.person(.labeler)
    try opened.answer(gold, "cat", as: answered)
    for image in opened.images {
      let report = try site.send(
        "POST", "/tasks/report", as: labeler,
        json: #"{"task_id": "\#(task)", "image_id": "\#(image)", "reason": "Blurred"}"#)
      #expect(report.status == 200)
    }
    #expect(try opened.slots() == ["held 1 0 of 2", "held 0 0 of 2"])
    #expect(try site.send("GET", "/tasks/\(task)", as: site.person(.labeler)).status == 404)
    try site.settlePoints()
    #expect(try site.points(answered) == 0)
    // Changed gold stays held.
    try opened.makeGold([gold], "cat")
    #expect(try opened.slots()[at: 0] == "held 1 0 of 2")
    let path = "/requests/\(opened.request)/reports"
    for report in try site.send("GET", path, as: opened.customer).json.elements {
      _ = try site.send("POST", "\(path)/\(report["id"].string)/dismiss", as: opened.customer)
    }
    #expect(try opened.slots() == ["resolved 1 0 of 2", "open 0 0 of 2"])
    try site.settlePoints()
    #expect(try site.points(answered) == 3)
    try site.expectSoundPools()
  }

  @Test func goldAndTheLastAnswerAtTheSameMomentAgree() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1, "items_per_task": 1}"#)
    try opened.addPictures(19)
    let (request, customer, labeler) = (opened.request, opened.customer, labeler)
    let tasks = try opened.words(
      "select task_id::text from pool_item where project_id = \(request)::uuid order by item_id")
    let images = try opened.words(
      "select item_id::text from pool_item where project_id = \(request)::uuid order by item_id")
    let rounds = try site.rounds(tasks.count, 2) { client, thread, round in
      thread == 0
        ? try client.send(
          "POST", "/tasks/\(tasks[round])/submit", as: labeler, json: #"{"label": "dog"}"#
        ).status
        : try client.send(
          "POST", "/requests/\(request)/gold", as: customer,
          json: #"{"image_id": "\#(images[round])", "label": "cat"}"#
        ).status
    }
    #expect(rounds == [[Int]](repeating: [200, 200], count: 20))
    #expect(try opened.results().allSatisfy { try $0["method"].string == "gold" })
    #expect(try opened.slots() == [String](repeating: "resolved 1 0 of 1", count: 20))
    try site.settlePoints()
    #expect(try site.points(labeler) == 0)
    try site.expectSoundPools()
  }

  @Test func goldAndTheOpeningAtTheSameMomentAgree() throws {
    let customer = try site.person(.customer)
    for number in 0..<10 {
      let request = try site.request(by: customer, classes: ["cat"])
      let image = try site.upload(
        [(name: "a.png", bytes: Pictures.png(seed: UInt64(number + 1)))], to: request, by: customer
      )[at: 0]
      let statuses = try site.race(2) { client, thread in
        thread == 0
          ? try client.send("POST", "/requests/\(request)/open", as: customer).status
          : try client.send(
            "POST", "/requests/\(request)/gold", as: customer,
            json: #"{"image_id": "\#(image)", "label": "cat"}"#
          ).status
      }
      #expect(statuses == [200, 200])
    }
    let states = try site.owner().all(
      "select state || ' ' || is_gold from pool_item"
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(states == [String](repeating: "resolved true", count: 10))
    #expect(try site.deadlocks() == 0)
  }
}

@Suite("DELETE /requests/{request}/gold/{image}") struct GoldRemovalTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func remove(_ image: String, _ opened: OpenedRequest) throws -> Answer {
    try site.send("DELETE", "/requests/\(opened.request)/gold/\(image)", as: opened.customer)
  }

  @Test func theAnswersOfAFormerGoldPictureDecideIt() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"labels_per_item": 2, "points_per_item": 5}"#)
    let image = try opened.images[at: 0]
    try opened.makeGold([image], "dog")
    let people = try opened.answer(image, ["cat", "cat", "cat"])
    try site.settlePoints()
    #expect(try site.points(people[at: 0]) == 0)
    #expect(try remove(image, opened).status == 200)
    #expect(try opened.result(image)["label"].string == "cat")
    #expect(try opened.result(image)["method"].string == "majority")
    try site.settlePoints()
    #expect(try site.points(people[at: 0]) == 5)
    try site.expectSoundPools()
  }

  @Test func anUnansweredFormerGoldPictureIsOpen() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let image = try opened.images[at: 0]
    try opened.makeGold([image], "dog")
    #expect(try site.send("POST", "/tasks/next", as: site.person(.labeler)).status == 204)
    #expect(try remove(image, opened).status == 200)
    #expect(try opened.slots() == ["open 0 0 of 3"])
    #expect(try opened.claim(site.person(.labeler)).isEmpty == false)
  }

  @Test func aDecisionOutlivesGold() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 2}"#)
    let image = try opened.images[at: 0]
    try opened.answer(image, ["cat", "cat"])
    _ = try opened.decide(image, #"{"label": "dog", "reason": "It barks."}"#)
    try opened.makeGold([image], "cat")
    #expect(try remove(image, opened).status == 200)
    #expect(try opened.result(image)["label"].string == "dog")
    #expect(try opened.result(image)["method"].string == "review")
    try site.settlePoints()
    try site.expectSoundPools()
  }

  @Test func ordinaryAndForeignPicturesAreUnknown() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let other = try OpenedRequest(site, pictures: 1)
    try other.makeGold([other.images[at: 0]], "cat")
    #expect(try remove(opened.images[at: 0], opened).status == 404)
    #expect(try remove(other.images[at: 0], opened).status == 404)
    #expect(try opened.words("select item_id::text from gold_item").count == 1)
  }
}

@Suite("GET /requests/{request}/gold") struct GoldListTests {
  @Test func goldIsListedInPages() throws {
    let site = try TestSite()
    let opened = try OpenedRequest(site, pictures: 3)
    try opened.makeGold(opened.images, "cat")
    let path = "/requests/\(opened.request)/gold"
    let all = try site.send("GET", path, as: opened.customer).json.elements
    #expect(try all.map { try $0["image_id"].string } == opened.images.reversed())
    let page = try site.send("GET", "\(path)?limit=2", as: opened.customer)
    #expect(try page.json.elements.count == 2)
    #expect(page.headers["Link"]?.contains("limit=2&after=") == true)
    let other = try site.person(.customer)
    #expect(try site.send("GET", path, as: other).status == 404)
    #expect(try site.send("GET", path, as: site.person(.labeler)).status == 403)
  }
}
