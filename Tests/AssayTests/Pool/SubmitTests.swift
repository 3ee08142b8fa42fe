import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /tasks/{task}/submit")
struct SubmitTests {
  private let site: TestSite
  private let labeler: Person
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
  }

  /// Answers to pictures, as the member `answers`.
  private func answers(_ pairs: [(image: String, label: String)]) -> String {
    let list = pairs.map { #"{"image_id": "\#($0.image)", "labels": ["\#($0.label)"]}"# }
    return #"{"answers": [\#(list.joined(separator: ","))]}"#
  }

  private func images(of task: String) throws -> [String] {
    try site.send("GET", "/tasks/\(task)", as: labeler).json["images"].elements
      .map { try $0["image_id"].string }
  }

  @Test func oneLabelAnswersATaskOfOnePicture() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try opened.claim(labeler)
    let answer = try opened.submit(task, as: labeler)
    #expect(answer.status == 200)
    let image = opened.images[0]
    #expect(
      answer.text
        == #"{"task_id":"\#(task)","status":"submitted","message":"Submission recorded.","#
        + #""late":false,"counted":1,"surplus":0,"returned":0,"#
        + #""answers":[{"image_id":"\#(image)","status":"counted"}]}"#)
    #expect(try opened.slots() == ["open 1 0 of 3"])
    let list = try site.send("GET", "/tasks", as: labeler).json.elements
    #expect(try list.map { try $0["status"].string } == ["completed"])
    #expect(try list.map { try $0["lease_expires_at"] } == [.null])
    let shown = try site.send("GET", "/tasks/\(task)", as: labeler).json
    #expect(try shown["lease_expires_at"] == .null)
  }

  @Test func answersToSeveralPicturesAreCounted() throws {
    let opened = try OpenedRequest(site, pictures: 3)
    let task = try opened.claim(labeler)
    let images = try images(of: task)
    let answer = try opened.submit(
      task, as: labeler, answers(images.prefix(2).map { ($0, "cat") }))
    #expect(try answer.json["counted"].int == 2)
    #expect(try answer.json["returned"].int == 1)
    #expect(
      try opened.slots().sorted() == ["open 0 0 of 3", "open 1 0 of 3", "open 1 0 of 3"])
    #expect(try self.images(of: task) == Array(images.prefix(2)))
  }

  @Test func anUnclaimedTaskIsClaimed() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try site.send("GET", "/tasks", as: labeler).json[0]["id"].string
    let shown = try site.send("GET", "/tasks/\(task)", as: labeler).json
    #expect(try shown["scope"] == .string("open"))
    #expect(try shown["images"].elements.count == 1)
    let link = try site.send(
      "GET", "/tasks/\(task)/links?image_id=\(opened.images[0])", as: labeler)
    #expect(try link.json["links"].elements.count == 1)
    #expect(try opened.submit(task, as: labeler).status == 200)
    #expect(try opened.slots() == ["open 1 0 of 3"])
  }

  @Test func labelsAreComparedInNormalFormWithoutSpacesAtTheEnds() throws {
    let customer = try site.person(.customer)
    let request = try site.request(by: customer, classes: ["caf\u{E9}"])
    _ = try site.upload([(name: "a.png", bytes: Pictures.png(seed: 1))], to: request, by: customer)
    #expect(try site.send("POST", "/requests/\(request)/open", as: customer).status == 200)
    let task = try site.send("POST", "/tasks/next", as: labeler).json["id"].string
    func submit(_ label: String) throws -> Answer {
      try site.send("POST", "/tasks/\(task)/submit", as: labeler, json: #"{"label": "\#(label)"}"#)
    }
    for other in ["Caf\u{E9}", "CAF\u{C9}", "cafe", "caf\u{E9}\u{200B}", "ca f\u{E9}"] {
      let refused = try submit(other)
      #expect(refused.status == 400)
      #expect(try refused.detail.contains("must be classes of the request"))
    }
    let answer = try submit(" cafe\u{301} ")
    #expect(answer.status == 200)
    #expect(try answer.json["counted"].int == 1)
  }

  @Test(arguments: ["\u{200B}", " \u{2060} ", "\u{FE0F}", "\u{AD}"])
  func aTextThatShowsNothingIsNoAnswer(text: String) throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"answer": "text"}"#)
    let task = try opened.claim(labeler)
    let refused = try opened.submit(task, as: labeler, #"{"content": "\#(text)"}"#)
    #expect(refused.status == 400)
    #expect(try refused.detail == "content must contain a visible character.")
    #expect(try opened.slots() == ["open 0 1 of 3"])
  }

  @Test func savedLabelsCountAtSubmit() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    try opened.save(["dog"], of: opened.images[0], in: task, as: labeler)
    #expect(try opened.slots() == ["open 0 1 of 3", "open 0 1 of 3"])
    let answer = try opened.submit(task, as: labeler, "{}")
    #expect(try answer.json["counted"].int == 1)
    #expect(try opened.slots() == ["open 1 0 of 3", "open 0 0 of 3"])
  }

  @Test func aTaskWithoutAnyAnswerIsNotSubmitted() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try site.send("GET", "/tasks", as: labeler).json[0]["id"].string
    let unclaimed = try opened.submit(task, as: labeler, "{}")
    #expect(unclaimed.status == 409)
    #expect(try unclaimed.detail == "No picture of the task is answered yet.")
    #expect(try opened.slots() == ["open 0 0 of 3", "open 0 0 of 3"])
    #expect(try opened.claim(labeler) == task)
    #expect(try opened.submit(task, as: labeler, #"{"answers": []}"#).status == 409)
    #expect(try opened.slots() == ["open 0 1 of 3", "open 0 1 of 3"])
    try opened.expire()
    #expect(try opened.submit(task, as: labeler, "{}").status == 409)
    #expect(try opened.claim(labeler) == task)
  }

  @Test func aSecondSubmissionIsNotLate() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try opened.claim(labeler)
    let first = try opened.submit(task, as: labeler)
    for body in [#"{"label": "cat"}"#, #"{"label": "dog"}"#, "{}"] {
      #expect(try opened.submit(task, as: labeler, body).text == first.text)
    }
  }

  @Test func theLastPictureSubmitsUnlessTheClientWaits() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    for image in opened.images {
      let saved = try site.send(
        "POST", "/tasks/\(task)/labels", as: labeler,
        json: #"{"image_id": "\#(image)", "labels": ["cat"], "submit": false}"#)
      #expect(saved.status == 200)
    }
    #expect(try opened.slots() == ["open 0 1 of 3", "open 0 1 of 3"])
    try opened.save(["dog"], of: opened.images[1], in: task, as: labeler)
    #expect(try opened.slots() == ["open 1 0 of 3", "open 1 0 of 3"])
  }

  @Test func anAnswerMayChangeUntilThePictureIsDecided() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 2}"#)
    let task = try opened.claim(labeler)
    try opened.submit(task, as: labeler)
    #expect(
      try opened.save(["dog"], of: opened.images[0], in: task, as: labeler).status == 200)
    let again = try opened.submit(task, as: labeler, #"{"label": "dog"}"#)
    #expect(again.status == 200)
    #expect(try again.json["late"] == .bool(false))
    let other = try site.person(.labeler)
    try opened.submit(opened.claim(other), as: other, #"{"label": "dog"}"#)
    #expect(try opened.words("select array_to_string(labels, '+') from item_label") == ["dog"])
    let late = try opened.save(["cat"], of: opened.images[0], in: task, as: labeler)
    #expect(late.status == 409)
    #expect(
      try late.detail
        == "The picture \(opened.images[0]) is decided: its answers cannot change.")
    let revisions = try opened.words(
      "select revision || ' ' || labels[1] from annotation order by annotation_id")
    #expect(revisions == ["1 cat", "2 dog", "1 dog"])
  }

  @Test func textsAreAnswersToo() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"answer": "text", "labels_per_item": 3}"#)
    for text in ["Hello  world", "Hello world", "Hallo"] {
      let person = try site.person(.labeler)
      let task = try opened.claim(person)
      let answer = try opened.submit(task, as: person, #"{"content": "\#(text)"}"#)
      #expect(answer.status == 200)
      let shown = try site.send("GET", "/tasks/\(task)", as: person).json["images"][0]
      #expect(try shown["content"] == .string(text))
      #expect(try shown["labels"] == .null)
    }
    #expect(try opened.words("select content from item_label") == ["Hello  world"])
    let list = try site.send("GET", "/requests/\(opened.request)/labels", as: opened.customer)
    #expect(try list.json.elements.map { try $0["content"].string }.sorted().first == "Hallo")
  }

  @Test func anAppointedTaskIsSubmittedWhenItIsComplete() throws {
    let work = try Commission(site, pictures: 2)
    let path = "/tasks/\(work.task)/submit"
    let incomplete = try site.send("POST", path, as: work.labeler)
    #expect(incomplete.status == 409)
    #expect(try incomplete.detail == "2 pictures of the task are not answered yet.")
    let answer = try site.send(
      "POST", path, as: work.labeler, json: answers(work.images.map { ($0, "cat") }))
    #expect(answer.status == 200)
    #expect(try answer.json["status"] == .string("submitted"))
    let status = try site.send("GET", "/requests/\(work.request)", as: work.customer)
    #expect(try status.json["status"] == .string("completed"))
  }

  @Test func twoLabelersOfOneRequestAnswerAppointedAndOpenTasks() throws {
    let work = try Commission(site, pictures: 1)
    _ = try site.send(
      "POST", "/requests/\(work.request)/open", as: work.customer,
      json: #"{"labels_per_item": 2}"#)
    // The appointed labeler cannot claim what the own task has once it is answered.
    try work.save(["cat"], of: work.images[0], site.client)
    #expect(try site.send("POST", "/tasks/next", as: work.labeler).status == 204)
    let task = try site.send("POST", "/tasks/next", as: labeler).json["id"].string
    let answer = try site.send(
      "POST", "/tasks/\(task)/submit", as: labeler, json: #"{"label": "cat"}"#)
    #expect(answer.status == 200)
    let pool = try site.send("GET", "/requests/\(work.request)/pool", as: work.customer)
    #expect(try pool.json["items"]["answers"].int == 2)
    #expect(try pool.json["items"]["resolved"].int == 1)
  }

  @Test func aSavedAnswerOfAnAppointedTaskIsNotAskedForAgain() throws {
    let work = try Commission(site, pictures: 2)
    try work.save(["cat"], of: work.images[0], site.client)
    _ = try site.send("POST", "/requests/\(work.request)/open", as: work.customer)
    let task = try site.send("POST", "/tasks/next", as: work.labeler).json
    let images = try task["images"].elements.map { try $0["image_id"].string }
    #expect(images == [work.images[1]])
  }

  @Test func anAnswerThatIsSentTwiceIsOneAnswer() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let task = try opened.claim(labeler)
    func send(_ label: String) throws -> Answer {
      try site.send(
        "POST", "/tasks/\(task)/submit", as: labeler, json: #"{"label": "\#(label)"}"#,
        headers: ["HTTP_IDEMPOTENCY_KEY": "first"])
    }
    let first = try send("cat")
    #expect(first.status == 200)
    let second = try send("cat")
    #expect(second.status == 200)
    #expect(second.text == first.text)
    #expect(try send("dog").status == 409)
    #expect(try opened.words("select labels[1] from annotation") == ["cat"])
  }

  @Test func invalidAnswersChangeNothing() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    let image = opened.images[0]
    let long = String(repeating: "x", count: 10_001)
    let bodies = [
      BadBody(#"{"label": "cow"}"#, "answers"),
      BadBody(answers([(image, "cow")]), "labels"),
      BadBody(answers([(image, "cat"), (image, "dog")]), "answers"),
      BadBody(#"{"answers": [{"image_id": "\#(image)"}]}"#, "answers"),
      BadBody(#"{"answers": [{"image_id": "\#(image)", "labels": ["cat", "dog"]}]}"#, "labels"),
      BadBody(#"{"answers": [{"image_id": "\#(image)", "content": "x"}]}"#, "labels"),
      BadBody(#"{"answers": [{"image_id": "\#(image)", "content": " "}]}"#, "answers"),
      BadBody(#"{"answers": [{"image_id": "\#(image)", "content": "\#(long)"}]}"#, "answers"),
      BadBody(
        #"{"answers": [{"image_id": "\#(image)", "labels": [], "seconds": -1}]}"#, "answers"),
      BadBody(#"{"answers": {}}"#, "answers"),
      BadBody(#"{"label": "cat", "labels": ["dog"]}"#, "labels"),
      BadBody(
        #"{"label": "cat", "answers": [{"image_id": "\#(image)", "labels": []}]}"#, "answers"),
    ]
    for body in bodies { try body.check(opened.submit(task, as: labeler, body.json)) }
    let foreign = try opened.submit(task, as: labeler, answers([(unknownID, "cat")]))
    #expect(foreign.status == 404)
    #expect(try foreign.detail == "No such image in this task.")
    #expect(try opened.slots() == ["open 0 1 of 3", "open 0 1 of 3"])
    #expect(try opened.words("select annotation_id::text from annotation") == [])
  }

  /// PostgreSQL refuses numbers that are too small for single precision.
  @Test(arguments: ["1e-50", "4.9e-324", "-0.0", "86400"])
  func anyNumberOfSecondsUpToADayIsKept(seconds: String) throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let answer = try opened.submit(
      opened.claim(labeler), as: labeler, #"{"label": "cat", "seconds": \#(seconds)}"#)
    #expect(answer.status == 200, "\(answer.text)")
    let isLong = seconds == "86400"
    #expect(try opened.words("select (seconds > 0)::text from claim") == ["\(isLong)"])
  }

  @Test func picturesThatWentBackAreNoPartOfTheTask() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let task = try opened.claim(labeler)
    let gone = opened.images[0]
    try site.owner().run(
      """
      update item set state_before = state, state = 'excluded', excluded_because = 'test'
      where item_id = \(gone)::uuid
      """)
    for image in opened.images {
      let links = try site.send("GET", "/tasks/\(task)/links?image_id=\(image)", as: labeler)
      #expect(try links.json["links"].elements.count == (image == gone ? 0 : 1))
    }
    #expect(try opened.submit(task, as: labeler).status == 200)
    #expect(try opened.slots() == ["excluded 0 0 of 3", "open 1 0 of 3"])
  }

  @Test func theKindOfAnswerIsChecked() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"answer": "text"}"#)
    let task = try opened.claim(labeler)
    let body = BadBody(#"{"label": "cat"}"#, "content")
    try body.check(opened.submit(task, as: labeler, body.json))
  }

  @Test func othersAreRefused() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    let task = try opened.claim(labeler)
    let taken = try opened.submit(task, as: site.person(.labeler))
    #expect(taken.status == 409)
    #expect(try taken.detail == "All slots of the task are taken.")
    #expect(try opened.submit(unknownID, as: labeler).status == 404)
    try expectGuarded(site, "POST", "/tasks/\(task)/submit", against: opened.customer)
    #expect(try opened.submit(task, as: labeler, "[]").status == 400)
  }
}
