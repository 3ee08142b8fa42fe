import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /tasks/report")
struct ReportTaskTests {
  private let pool: ReportedPool
  private let task: String
  private let labeler: Person
  private var site: TestSite { pool.site }
  init() throws {
    pool = try ReportedPool()
    task = try pool.tasks()[at: 0]
    labeler = try pool.site.person(.labeler)
  }

  private func openSlots() throws -> [Int] {
    try site.owner().all("select open_slots from task where in_pool order by task_id") {
      row throws(PostgresError) in try row.next()
    }
  }

  private func reports() throws -> Int { try pool.number("select count(*) from task_report") }

  @Test func aReportedPictureIsHeld() throws {
    try pool.claim(task, by: labeler)
    let answer = try site.send(
      "POST", "/tasks/report", as: labeler,
      json: """
        {"task_id": "\(task)", "image_id": "\(pool.images[0])", "reason": " Blurred ",
         "details": "Nothing can be seen.\\nReally."}
        """)
    #expect(answer.status == 200)
    #expect(
      answer.keys == ["message", "reason", "report_id", "task_id", "image_id", "status"])
    let json = try answer.json
    #expect(try json["message"].string == "Task reported")
    #expect(try json["reason"].string == "Blurred")
    #expect(try json["task_id"].string == task)
    #expect(try json["image_id"].string == pool.images[0])
    #expect(try json["status"].string == "open")
    #expect(try pool.states() == ["held", "open"])
    // The lease on the held picture stays.
    #expect(try pool.claim(of: labeler, on: pool.images[0]) == "leased")
    let other = try site.person(.labeler)
    try pool.claim(task, by: other)
    #expect(try pool.claim(of: other, on: pool.images[0]) == nil)
    #expect(try pool.claim(of: other, on: pool.images[1]) == "leased")
  }

  @Test func withoutAnImageAllPicturesAreHeld() throws {
    try pool.claim(task, by: labeler)
    let answer = try pool.report(task, by: labeler)
    #expect(try answer.json["image_id"] == .null)
    #expect(try pool.states() == ["held", "held"])
    #expect(try openSlots() == [0])
    #expect(try pool.texts("select state::text from task") == ["open"])
  }

  @Test func theOnlyPictureNeedsNoName() throws {
    let pool = try ReportedPool(perTask: 1)
    let task = try pool.texts(
      "select task_id::text from pool_item where item_id = \(pool.images[1])::uuid")[at: 0]
    let labeler = try pool.site.person(.labeler)
    let answer = try pool.report(task, by: labeler)
    #expect(try answer.json["image_id"].string == pool.images[1])
    #expect(try pool.states() == ["open", "held"])
    // The task cannot be claimed now, but a repeated report is still the same.
    #expect(try pool.report(task, pool.images[1], by: labeler).text == answer.text)
    #expect(try pool.report(task, by: pool.site.person(.labeler)).status == 404)
  }

  @Test func aTaskThatMayBeClaimedMayBeReported() throws {
    #expect(try pool.report(task, pool.images[0], by: labeler).status == 200)
    // The report gives the labeler nothing.
    #expect(try pool.number("select count(*) from assignment") == 0)
    #expect(try pool.number("select count(*) from project_member") == 0)
  }

  @Test func aSubmittedTaskMayBeReported() throws {
    try pool.claim(task, by: labeler)
    try site.owner().run("update assignment set state = 'submitted'")
    try site.owner().run("update pool set state = 'closed'")
    #expect(try pool.report(task, pool.images[0], by: labeler).status == 200)
  }

  @Test func anAnswerToAHeldPictureIsSurplus() throws {
    try pool.claim(task, by: labeler)
    try pool.report(task, pool.images[0], by: labeler)
    try pool.answer(pool.images[0], by: labeler)
    #expect(try pool.claim(of: labeler, on: pool.images[0]) == "surplus")
  }

  @Test func theQueryIsReadToo() throws {
    let path = "/tasks/report?task_id=\(task)&reason=Too%20dark&image_id=\(pool.images[0])"
    let answer = try site.send("POST", path, as: labeler)
    #expect(answer.status == 200)
    #expect(try answer.json["reason"].string == "Too dark")
    #expect(try answer.json["image_id"].string == pool.images[0])
  }

  @Test func theBodyTakesPrecedence() throws {
    let answer = try site.send(
      "POST", "/tasks/report?task_id=\(task)&reason=Dark&image_id=\(pool.images[0])", as: labeler,
      json: #"{"reason": "Blurred", "image_id": null}"#)
    #expect(answer.status == 200)
    #expect(try answer.json["reason"].string == "Blurred")
    #expect(try answer.json["image_id"] == .null)
  }

  @Test func theSameReportIsMadeOnce() throws {
    let first = try pool.report(task, pool.images[0], by: labeler)
    let again = try site.send(
      "POST", "/tasks/report", as: labeler,
      json: """
        {"task_id": "\(task)", "image_id": "\(pool.images[0])", "reason": "Another reason"}
        """)
    #expect(again.status == 200)
    #expect(again.text == first.text)
    #expect(try reports() == 1)
    let other = try pool.report(task, pool.images[0], by: site.person(.labeler))
    #expect(other.status == 200)
    #expect(other.text != first.text)
    let decided = try first.json["report_id"].string
    #expect(try pool.decide(decided, "dismiss").status == 200)
    let repeated = try pool.report(task, pool.images[0], by: labeler)
    #expect(repeated.status == 409)
    #expect(try repeated.detail.contains("was dismissed"))
    #expect(try reports() == 2)
  }

  @Test func aDismissedReportCoversItsPicturesInEveryForm() throws {
    try pool.decide(pool.reported(task, pool.images[0], by: labeler), "dismiss")
    // All of the task includes the picture; the other picture was not reported before.
    let whole = try pool.report(task, by: labeler)
    #expect(whole.status == 409)
    #expect(try whole.detail.contains("was dismissed"))
    #expect(try pool.states() == ["open", "open"])
    #expect(try pool.report(task, pool.images[1], by: labeler).status == 200)
    let other = try site.person(.labeler)
    try pool.decide(pool.reported(task, by: other), "dismiss")
    for image in pool.images {
      #expect(try pool.report(task, image, by: other).status == 409)
    }
  }

  @Test func aDismissedReportCoversItsPictureInAnotherTask() throws {
    let appointed = try site.send(
      "POST", "/admin/assign", as: pool.admin,
      json: #"{"request_id": "\#(pool.request)", "labeler_username": "\#(labeler.username)"}"#
    ).json["task_id"].string
    try pool.decide(pool.reported(task, pool.images[0], by: labeler), "dismiss")
    #expect(try pool.report(appointed, pool.images[0], by: labeler).status == 409)
    #expect(try pool.report(appointed, pool.images[1], by: labeler).status == 200)
  }

  @Test func aReportThatIsUpheldAfterItsDismissalIsNoLongerDismissed() throws {
    let report = try pool.reported(task, pool.images[0], by: labeler)
    try pool.decide(report, "dismiss")
    try pool.decide(report, "uphold")
    #expect(try pool.report(task, pool.images[0], by: labeler).status != 409)
  }

  @Test func theSameReportOnManyThreadsIsMadeOnce() throws {
    let (sender, task, image, labeler) = (pool.sender, task, pool.images[0], labeler)
    let answers = try site.race(8) { client, _ in
      try sender.report(task, image, by: labeler, client).text
    }
    #expect(Set(answers).count == 1)
    #expect(try reports() == 1)
    #expect(try site.deadlocks() == 0)
  }

  @Test func aPersonHasSomeOpenReports() throws {
    #expect(try pool.number("select open_reports from site_limits") == 50)
    try site.owner().run("update site_limits set open_reports = 1")
    let first = try pool.reported(task, pool.images[0], by: labeler)
    let full = try pool.report(task, pool.images[1], by: labeler)
    #expect(full.status == 409)
    #expect(try full.detail.hasPrefix("Your open reports are too many"))
    #expect(try pool.states() == ["held", "open"])
    #expect(try pool.report(task, pool.images[1], by: site.person(.labeler)).status == 200)
    try pool.decide(first, "dismiss")
    #expect(try pool.report(task, pool.images[1], by: labeler).status == 200)
  }

  @Test func theReportsOfAPersonHoldSomePictures() throws {
    #expect(try pool.number("select reported_items from site_limits") == 1000)
    try site.owner().run("update site_limits set reported_items = 1")
    let whole = try pool.report(task, nil, by: labeler)
    #expect(whole.status == 409)
    #expect(try pool.states() == ["open", "open"])
    #expect(try pool.report(task, pool.images[0], by: labeler).status == 200)
    #expect(try pool.report(task, pool.images[1], by: labeler).status == 409)
    #expect(try pool.states() == ["held", "open"])
  }

  @Test func aRepeatedRequestGetsTheFirstAnswer() throws {
    func send() throws -> Answer {
      try site.send(
        "POST", "/tasks/report", as: labeler, json: #"{"task_id": "\#(task)", "reason": "Dark"}"#,
        headers: ["HTTP_IDEMPOTENCY_KEY": "a-1"])
    }
    let first = try send()
    try pool.decide(first.json["report_id"].string, "dismiss")
    let again = try send()
    #expect(again.status == 200)
    #expect(again.text == first.text)
    #expect(try reports() == 1)
    #expect(try pool.states() == ["open", "open"])
  }

  @Test func anAppointedTaskHoldsNothing() throws {
    let work = try Commission(site)
    let answer = try site.send(
      "POST", "/tasks/report", as: work.labeler,
      json: #"{"task_id": "\#(work.task)", "image_id": "\#(work.images[0])", "reason": "Dark"}"#)
    #expect(answer.status == 200)
    #expect(try work.save(["cat"], of: work.images[0], site.client).status == 200)
  }

  @Test func anAppointedTaskIsReportedWholeBeyondTheLimit() throws {
    let work = try Commission(site)
    try site.owner().run("update site_limits set reported_items = 0")
    #expect(try pool.report(work.task, by: work.labeler).status == 200)
    // It counts nothing towards the pictures that the labeler's reports hold.
    try site.owner().run("update site_limits set reported_items = 1")
    #expect(try pool.report(task, pool.images[0], by: work.labeler).status == 200)
    #expect(try pool.report(task, pool.images[1], by: work.labeler).status == 409)
  }

  @Test func othersTasksAreHidden() throws {
    let work = try Commission(site)
    let missing = try pool.report(unknownID, by: labeler)
    #expect(missing.status == 404)
    #expect(try missing.detail == "No such task.")
    // Another tenant's, one that another labeler has, and one in a closed pool.
    #expect(try pool.report(work.task, by: labeler).text == missing.text)
    try site.owner().run("update pool set state = 'closed'")
    #expect(try pool.report(task, by: labeler).text == missing.text)
    #expect(try pool.report(work.task, by: pool.admin).text == missing.text)
    #expect(try reports() == 0)
  }

  @Test func aTaskThatWasTakenAwayIsHidden() throws {
    try pool.claim(task, by: labeler)
    try site.owner().run("delete from project_member where role = 'labeler'")
    #expect(try pool.report(task, by: labeler).status == 404)
  }

  @Test func aPictureOfAnotherTaskIsRefused() throws {
    let work = try Commission(site)
    for image in [unknownID, work.images[0]] {
      let answer = try pool.report(task, image, by: labeler)
      #expect(answer.status == 404)
      #expect(try answer.detail == "No such image in this task.")
    }
    #expect(try reports() == 0)
  }

  @Test func otherRolesAreRefused() throws {
    try expectGuarded(site, "POST", "/tasks/report", against: pool.customer)
  }

  private static let long = String(repeating: "é", count: 201)
  private static let longer = String(repeating: "x", count: 2001)
  private static let bad = [
    BadBody(#"{"reason": "x"}"#, "task_id"),
    BadBody(#"{"task_id": "x", "reason": "x"}"#, "task_id"),
    BadBody(#"{"task_id": "\#(unknownID)"}"#, "reason"),
    BadBody(#"{"task_id": "\#(unknownID)", "reason": " "}"#, "reason"),
    BadBody(#"{"task_id": "\#(unknownID)", "reason": "a\nb"}"#, "reason"),
    BadBody(#"{"task_id": "\#(unknownID)", "reason": "\#(long)"}"#, "reason"),
    BadBody(
      #"{"task_id": "\#(unknownID)", "reason": "x", "details": "\#(longer)"}"#, "details"),
    BadBody(#"{"task_id": "\#(unknownID)", "reason": "x", "image_id": "x"}"#, "image_id"),
  ]

  @Test(arguments: bad) func badInputIsRefused(body: BadBody) throws {
    try body.check(site.send("POST", "/tasks/report", as: labeler, json: body.json))
  }

  @Test func badInputInTheQueryIsRefused() throws {
    for query in ["", "?task_id=\(task)", "?reason=x", "?task_id=\(task)&reason=", "?task_id=%"] {
      #expect(try site.send("POST", "/tasks/report\(query)", as: labeler).status == 400)
    }
    #expect(try reports() == 0)
  }
}
