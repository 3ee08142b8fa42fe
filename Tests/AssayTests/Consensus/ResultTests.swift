import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /requests/{request}/consensus") struct ResultListTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func resultsOfDecidedPicturesAreListed() throws {
    let opened = try OpenedRequest(
      site, pictures: 3, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    try opened.answer(opened.images[at: 0], ["cat", "cat"])
    try opened.answer(opened.images[at: 1], ["cat", "dog"])
    let rows = try opened.results()
    #expect(
      try rows[at: 0].keys == [
        "image_id", "filename", "state", "label", "labels", "text", "confidence", "calibrated",
        "calibrated_on", "method", "votes", "decided_at",
      ])
    let found = try rows.map {
      "\(try $0["image_id"].string == opened.images[at: 0]) \(try $0["state"].string)"
    }
    #expect(found == ["false contested", "true resolved"])
    let sure = try #require(rows.last)
    #expect(try sure["label"].string == "cat")
    #expect(try sure["labels"].strings == ["cat"])
    #expect(try sure["text"] == .null)
    #expect(try sure["votes"].int == 2)
    #expect(try sure["method"].string == "majority")
    #expect(try sure["calibrated"] == .bool(false))
  }

  @Test func statesAndConfidencesFilter() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    try opened.answer(opened.images[at: 0], ["cat", "cat"])
    try opened.answer(opened.images[at: 1], ["cat", "dog"])
    #expect(try opened.results("?state=resolved").count == 1)
    #expect(try opened.results("?state=contested").count == 1)
    #expect(try opened.results("?min_confidence=0.9").count == 1)
    #expect(try opened.results("?max_confidence=0.6").count == 1)
    #expect(try opened.results("?min_confidence=0.6&max_confidence=0.9").isEmpty)
    #expect(try opened.results("?state=contested&limit=1&min_confidence=0.1").count == 1)
  }

  @Test(arguments: [
    ("state=open", "state"), ("min_confidence=2", "min_confidence"),
    ("max_confidence=nan", "max_confidence"), ("min_confidence=", "min_confidence"),
    ("after=x", "after"),
  ])
  func badFiltersAreRefused(query: String, name: String) throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let answer = try site.send(
      "GET", "/requests/\(opened.request)/consensus?\(query)", as: opened.customer)
    #expect(answer.status == 400)
    #expect(try answer.json["detail"].string.contains(name))
  }

  @Test func aRequestThatWasNeverOpenedHasNone() throws {
    let customer = try site.person(.customer)
    let request = try site.request(by: customer)
    let answer = try site.send("GET", "/requests/\(request)/consensus", as: customer)
    #expect(answer.status == 200)
    #expect(try answer.json.elements.isEmpty)
  }

  @Test func excludedPicturesAreLeftOut() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    try opened.answer(opened.images[at: 0], ["cat"])
    try site.owner().run("update item set state = 'excluded', excluded_because = 'person'")
    #expect(try opened.results().isEmpty)
  }
}

@Suite("GET /requests/{request}/consensus/{image}") struct ResultTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func everyAnswerIsShownWithItsWeight() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 3}"#)
    try opened.answer(opened.images[at: 0], ["cat", "cat", "dog"])
    let result = try opened.result(opened.images[at: 0])
    #expect(try result["label"].string == "cat")
    let answers = try result["answers"].elements
    #expect(try answers.map { try $0["labels"].strings } == [["cat"], ["cat"], ["dog"]])
    #expect(try answers.allSatisfy { try $0["state"].string == "counted" })
    #expect(try answers.allSatisfy { try $0["weight"].double > 0 })
    #expect(try answers.allSatisfy { try $0["server_seconds"].double >= 0 })
    #expect(try result["decisions"].elements.isEmpty)
  }

  @Test func anOpenPictureShowsItsAnswersSoFar() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 3}"#)
    try opened.answer(opened.images[at: 0], ["cat"])
    let result = try opened.result(opened.images[at: 0])
    #expect(try result["state"].string == "open")
    #expect(try result["confidence"] == .null)
    #expect(try result["answers"].elements.count == 1)
  }

  @Test func aPictureOfAnotherRequestIsUnknown() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let second = try OpenedRequest(site, pictures: 1, by: opened.customer)
    let answer = try site.send(
      "GET", "/requests/\(opened.request)/consensus/\(second.images[at: 0])", as: opened.customer)
    #expect(answer.status == 404)
  }

  @Test func labelersSeeNoResults() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let labeler = try site.person(.labeler)
    _ = try opened.claim(labeler)
    for path in ["consensus", "consensus/\(try opened.images[at: 0])", "gold"] {
      #expect(
        try site.send("GET", "/requests/\(opened.request)/\(path)", as: labeler).status == 403)
    }
    let customer = try site.person(.customer)
    for path in ["consensus", "consensus/\(try opened.images[at: 0])"] {
      #expect(
        try site.send("GET", "/requests/\(opened.request)/\(path)", as: customer).status == 404)
    }
  }
}

@Suite("POST /requests/{request}/consensus/{image}") struct DecisionTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aDecisionResolvesAContestedPicture() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 2, "points_per_item": 4}"#)
    let people = try opened.answer(opened.images[at: 0], ["cat", "dog"])
    let decided = try opened.decide(
      opened.images[at: 0], #"{"label": "dog", "reason": "It barks."}"#)
    #expect(decided.status == 200)
    #expect(try decided.json["state"].string == "resolved")
    #expect(try decided.json["method"].string == "review")
    #expect(try decided.json["confidence"] == .double(1))
    let decision = try decided.json["decisions"][0]
    #expect(try decision["reason"].string == "It barks.")
    #expect(try decision["state_before"].string == "contested")
    #expect(try decision["decided_by"].string == opened.customer.username)
    #expect(try opened.slots() == ["resolved 2 0 of 2"])
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [0, 4])
  }

  @Test func aSecondDecisionOverrulesTheFirstAndCorrectsThePoints() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 2, "points_per_item": 4}"#)
    let people = try opened.answer(opened.images[at: 0], ["cat", "cat"])
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [4, 4])
    #expect(
      try opened.decide(opened.images[at: 0], #"{"labels": ["dog"], "reason": "No."}"#).status
        == 200)
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [0, 0])
    let last = try opened.decide(opened.images[at: 0], #"{"labels": ["cat"], "reason": "Yes."}"#)
    #expect(try last.json["decisions"].elements.map { try $0["reason"].string } == ["Yes.", "No."])
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [4, 4])
    #expect(try opened.slots() == ["resolved 2 0 of 2"])
  }

  @Test func aDecisionEndsTheLeasesOfItsPicture() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 2}"#)
    let labeler = try site.person(.labeler)
    let task = try opened.claim(labeler)
    #expect(
      try opened.decide(opened.images[at: 0], #"{"label": "cat", "reason": "Clear."}"#).status
        == 200)
    #expect(try opened.slots() == ["resolved 0 0 of 2"])
    let late = try opened.submit(task, as: labeler)
    #expect(try late.json["surplus"].int == 1)
    #expect(try OpenedRequest.faults(site.owner()) == [])
  }

  @Test func badBodiesChangeNothing() throws {
    let bodies = [
      BadBody(#"{"label": "cat"}"#, "reason"),
      BadBody(#"{"reason": "x"}"#, "labels"),
      BadBody(#"{"label": "cat", "labels": ["cat"], "reason": "x"}"#, "labels"),
      BadBody(#"{"label": "cow", "reason": "x"}"#, "labels"),
      BadBody(#"{"labels": ["cat", "dog"], "reason": "x"}"#, "labels"),
      BadBody(#"{"content": "cat", "reason": "x"}"#, "labels"),
      BadBody(#"{"label": "cat", "reason": ""}"#, "reason"),
    ]
    let opened = try OpenedRequest(site, pictures: 1)
    for body in bodies { try body.check(opened.decide(opened.images[at: 0], body.json)) }
    #expect(try opened.words("select decision_id::text from decision") == [])
    #expect(try opened.slots() == ["open 0 0 of 3"])
  }

  @Test func excludedReportedAndGoldPicturesAreNotDecided() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"items_per_task": 1}"#)
    try opened.makeGold([opened.images[at: 0]], "cat")
    let body = #"{"label": "dog", "reason": "x"}"#
    #expect(try opened.decide(opened.images[at: 0], body).status == 409)
    try site.owner().run(
      "update pool_item set state = 'held' where item_id = \(opened.images[at: 1])::uuid")
    let held = try opened.decide(opened.images[at: 1], body)
    #expect(held.status == 409)
    #expect(try held.json["detail"].string.contains("report"))
    try site.owner().run(
      """
      update item set state = 'excluded', excluded_because = 'person'
      where item_id = \(opened.images[at: 1])::uuid
      """)
    #expect(try opened.decide(opened.images[at: 1], body).status == 409)
  }

  @Test func twoDecisionsAtOnceAreBothRecorded() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let (path, customer) = (
      "/requests/\(opened.request)/consensus/\(try opened.images[at: 0])", opened.customer
    )
    let statuses = try site.race(8) { client, thread in
      try client.send(
        "POST", path, as: customer,
        json: #"{"label": "\#(thread % 2 == 0 ? "cat" : "dog")", "reason": "x"}"#
      ).status
    }
    #expect(statuses == Array(repeating: 200, count: 8))
    let result = try opened.result(opened.images[at: 0])
    let decisions = try result["decisions"].elements
    #expect(decisions.count == 8)
    #expect(try decisions.first?["labels"] == result["labels"])
  }

  @Test func aDecisionAndTheLastAnswerAtTheSameMomentAgree() throws {
    let opened = try OpenedRequest(
      site, pictures: 20, settings: #"{"labels_per_item": 1, "items_per_task": 1}"#)
    let (labeler, customer, request) = (
      try site.person(.labeler), opened.customer, opened.request
    )
    let (tasks, images) = (try opened.tasks(), opened.images)
    let rounds = try site.rounds(tasks.count, 2) { client, thread, round in
      thread == 0
        ? try client.send(
          "POST", "/tasks/\(tasks[round])/submit", as: labeler, json: #"{"label": "cat"}"#
        ).status
        : try client.send(
          "POST", "/requests/\(request)/consensus/\(images[round])", as: customer,
          json: #"{"label": "dog", "reason": "x"}"#
        ).status
    }
    #expect(rounds.allSatisfy { $0[1] == 200 && ($0[0] == 200 || $0[0] == 409) })
    #expect(
      try opened.results().map { try $0["label"].string } == [String](repeating: "dog", count: 20))
    try site.settlePoints()
    try site.expectSoundPools()
  }
}
