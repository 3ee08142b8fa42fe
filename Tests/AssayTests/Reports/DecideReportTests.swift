import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite(
  """
  POST /requests/{request}/reports/{report}/uphold, \
  POST /requests/{request}/reports/{report}/dismiss, POST /admin/reports/{report}/uphold, \
  POST /admin/reports/{report}/dismiss
  """)
struct DecideReportTests {
  private let pool: ReportedPool
  private let task: String
  private let labeler: Person
  private var site: TestSite { pool.site }
  private var image: String { pool.images[0] }
  init() throws {
    pool = try ReportedPool()
    task = try pool.tasks()[at: 0]
    labeler = try pool.site.person(.labeler)
  }

  private func actions() throws -> [String] {
    try pool.texts(
      "select action from audit_entry where action like 'report.%' order by number")
  }

  @Test func anUpheldReportExcludesItsPicture() throws {
    let before = try pool.items()
    let report = try pool.reported(task, image, by: labeler)
    let answer = try pool.decide(report, "uphold")
    #expect(answer.status == 200)
    let row = try answer.json
    #expect(try row["id"].string == report)
    #expect(try row["status"].string == "upheld")
    #expect(try row["decided_by"].string == pool.customer.username)
    #expect(try pool.items() == ["excluded reported", before[1]])
    #expect(try pool.states() == ["excluded", "open"])
    #expect(try actions() == ["report.upheld"])
    let entry = try site.send("GET", "/admin/audit", as: pool.admin).text
    #expect(entry.contains(report) && entry.contains(pool.customer.username))
  }

  @Test func anUpheldReportOfATaskExcludesAllPictures() throws {
    let report = try pool.reported(task, by: labeler)
    #expect(
      try site.send("POST", "/admin/reports/\(report)/uphold", as: pool.admin).status == 200)
    #expect(try pool.items() == ["excluded reported", "excluded reported"])
    #expect(try pool.texts("select state::text from task") == ["cancelled"])
  }

  @Test func everybodyWhoAnsweredIsPaid() throws {
    let (counted, saved, idle) = (
      labeler, try site.person(.labeler), try site.person(.labeler)
    )
    for person in [counted, saved, idle] { try pool.claim(task, by: person) }
    try pool.answer(image, by: counted)
    try pool.save(image, by: saved)
    #expect(try pool.entries(of: counted) == ["provisional 5"])
    try pool.decide(pool.reported(task, image, by: counted), "uphold")
    #expect(
      try pool.entries(of: counted) == ["provisional 5", "provisional -5", "compensation 5"])
    #expect(try pool.entries(of: saved) == ["compensation 5"])
    #expect(try pool.entries(of: idle) == [])
    #expect(try pool.claim(of: counted, on: image) == "counted")
    #expect(try pool.claim(of: saved, on: image) == "surplus")
    #expect(try pool.claim(of: idle, on: image) == "returned")
    #expect(
      try pool.number("select sum(paid)::int from claim where item_id = \(image)::uuid") == 10)
    #expect(try pool.wrongSums() == [])
    #expect(try pool.number("select sum(points)::int from points_total") == 10)
    #expect(try pool.number("select sum(provisional)::int from points_total") == 0)
  }

  @Test func onlyTheUnpaidPartIsPaid() throws {
    try pool.claim(task, by: labeler)
    try pool.answer(image, by: labeler)
    // A settlement has paid a part of the answer.
    try site.owner().script(
      """
      insert into points_entry (account_id, organization_id, project_id, item_id, kind, points)
      select account_id, organization_id, project_id, item_id, 'provisional', -5 from points_entry;
      insert into points_entry (account_id, organization_id, project_id, item_id, kind, points)
      select account_id, organization_id, project_id, item_id, 'settled', 2 from claim
      where state = 'counted';
      update claim set paid = 2 where state = 'counted';
      update points_day set points = 2, provisional = 0;
      update points_total set points = 2, provisional = 0
      """)
    try pool.decide(pool.reported(task, image, by: labeler), "uphold")
    #expect(try pool.entries(of: labeler).last == "compensation 3")
    #expect(try pool.wrongSums() == [])
  }

  @Test func aRepeatedDecisionChangesNothing() throws {
    try pool.claim(task, by: labeler)
    try pool.answer(image, by: labeler)
    let report = try pool.reported(task, image, by: labeler)
    let first = try pool.decide(report, "uphold")
    #expect(try pool.decide(report, "uphold").text == first.text)
    let byAdmin = try site.send("POST", "/admin/reports/\(report)/uphold", as: pool.admin)
    #expect(byAdmin.text == first.text)
    #expect(try pool.entries(of: labeler).count == 3)
    #expect(try actions() == ["report.upheld"])
  }

  @Test func aDismissedReportGivesItsPictureBack() throws {
    let before = try pool.items()
    try pool.claim(task, by: labeler)
    let report = try pool.reported(task, image, by: labeler)
    try pool.answer(image, by: labeler)
    #expect(try pool.claim(of: labeler, on: image) == "surplus")
    #expect(try pool.decide(report, "dismiss").status == 200)
    #expect(try pool.states() == ["open", "open"])
    #expect(try pool.items() == before)
    // The answer that came meanwhile counts now.
    #expect(try pool.claim(of: labeler, on: image) == "counted")
    #expect(try pool.number("select max(open_slots)::int from task") == 2)
    #expect(try actions() == ["report.dismissed"])
    let images = try pool.texts(
      "select facts->>'images' from audit_entry where action = 'report.dismissed'")
    #expect(images == ["1"])
  }

  @Test func aPictureStaysHeldWhileAnotherReportIsOpen() throws {
    let one = try pool.reported(task, image, by: labeler)
    let whole = try pool.reported(task, by: site.person(.labeler))
    try pool.decide(one, "dismiss")
    #expect(try pool.states() == ["held", "held"])
    try pool.decide(whole, "dismiss")
    #expect(try pool.states() == ["open", "open"])
  }

  @Test func anUpheldReportCanBeDismissed() throws {
    let before = try pool.items()
    try pool.claim(task, by: labeler)
    try pool.answer(image, by: labeler)
    let report = try pool.reported(task, image, by: labeler)
    try pool.decide(report, "uphold")
    let answer = try pool.decide(report, "dismiss")
    #expect(answer.status == 200)
    #expect(try answer.json["status"].string == "dismissed")
    #expect(try pool.items() == before)
    #expect(try pool.states() == ["open", "open"])
    // The payment stays, and another decision does not pay again.
    try pool.decide(report, "uphold")
    #expect(try pool.items() == ["excluded reported", before[1]])
    #expect(
      try pool.entries(of: labeler) == ["provisional 5", "provisional -5", "compensation 5"])
    #expect(try pool.wrongSums() == [])
    #expect(try actions() == ["report.upheld", "report.dismissed", "report.upheld"])
  }

  @Test func aPictureStaysExcludedWhileAnotherReportIsUpheld() throws {
    let one = try pool.reported(task, image, by: labeler)
    let whole = try pool.reported(task, by: site.person(.labeler))
    try pool.decide(one, "uphold")
    try pool.decide(whole, "uphold")
    try pool.decide(one, "dismiss")
    #expect(try pool.items() == ["excluded reported", "excluded reported"])
    try pool.decide(whole, "dismiss")
    #expect(try pool.states() == ["open", "open"])
  }

  @Test func aPictureThatComesBackIsHeldByAnOpenReport() throws {
    let one = try pool.reported(task, image, by: labeler)
    _ = try pool.reported(task, image, by: site.person(.labeler))
    try pool.decide(one, "uphold")
    try pool.decide(one, "dismiss")
    #expect(try pool.states() == ["held", "open"])
  }

  @Test func aResolvedPictureIsSettledAgain() throws {
    let report = try pool.reported(task, image, by: labeler)
    try site.owner().run("update pool_item set state = 'resolved', is_settled = false")
    try site.owner().run(
      """
      insert into item_label (
        item_id, organization_id, project_id, labels, confidence, method, votes)
      select item_id, organization_id, project_id, '{cat}', 1, 'majority', 1 from pool_item
      """)
    func unsettled() throws -> [String] {
      try pool.texts(
        "select state::text from pool_item where not is_settled and item_id = \(image)::uuid")
    }
    try pool.decide(report, "uphold")
    #expect(try unsettled() == [])
    try pool.decide(report, "dismiss")
    #expect(try unsettled() == ["resolved"])
  }

  @Test func othersReportsAreHidden() throws {
    let report = try pool.reported(task, image, by: labeler)
    let other = try site.person(.customer)
    let own = try site.request(by: other)
    let sibling = try site.request(by: pool.customer)
    for verb in ["uphold", "dismiss"] {
      try expectHidden(
        site, "POST", { "/requests/\(own)/reports/\($0)/\(verb)" }, foreign: report, as: other)
      try expectHidden(
        site, "POST", { "/requests/\(sibling)/reports/\($0)/\(verb)" }, foreign: report,
        as: pool.customer)
      let foreign = "/requests/\(pool.request)/reports/\(report)/\(verb)"
      #expect(try site.send("POST", foreign, as: other).status == 404)
      try expectGuarded(site, "POST", foreign, against: labeler)
      try expectGuarded(
        site, "POST", "/admin/reports/\(report)/\(verb)", against: pool.customer)
      let missing = try site.send("POST", "/admin/reports/\(unknownID)/\(verb)", as: pool.admin)
      #expect(missing.status == 404)
    }
    #expect(try pool.texts("select state::text from task_report") == ["open"])
  }

  /// The function has the owner's rights, so it checks those of the caller itself.
  @Test func aLabelerCannotDecideInTheDatabase() throws {
    try pool.claim(task, by: labeler)
    let report = try pool.reported(task, image, by: labeler)
    let db = site.connection(as: .application)
    func outcome(_ name: String, _ role: String) throws -> String {
      let (account, organization) = try site.owner().one(
        "select account_id, organization_id from account where username = \(name)"
      ) { row throws(PostgresError) in
        (try row.next(UUIDBytes.self), try row.next(UUIDBytes?.self))
      }
      try db.run("select admit_account(\(account), \(role)::account_role, \(organization))")
      return try db.one("select outcome from decide_report(\(report)::uuid, 'upheld', 'open')") {
        row throws(PostgresError) in try row.next()
      }
    }
    // The claim has put the project into the labeler's scope.
    #expect(try outcome(labeler.username, "labeler") == "unknown")
    #expect(try outcome(site.person(.customer).username, "customer") == "unknown")
    #expect(try outcome(pool.customer.username, "customer") == "done")
  }

  @Test func originalsOfCopiesAreRecomputed() throws {
    let inspected = try Inspected(.inline)
    let site = inspected.site
    try inspected.upload([
      "a.png": Pictures.png(seed: 1),
      "b.png": Pictures.png(seed: 1, width: 120, height: 80),
      "c.png": Pictures.png(seed: 2),
    ])
    try inspected.run()
    let ids = try inspected.ids()
    let (admin, labeler) = (try site.person(.admin), try site.person(.labeler))
    let task = try site.assign(inspected.request, to: labeler, by: admin)
    let original = try #require(ids["b.png"])
    #expect(try inspected.change("\(#require(ids["a.png"]))/resolve").status == 200)
    let before = try inspected.checked()
    let report = try site.send(
      "POST", "/tasks/report", as: labeler,
      json: #"{"task_id": "\#(task)", "image_id": "\#(original)", "reason": "Torn"}"#)
    let path = try "/admin/reports/\(report.json["report_id"].string)"
    func states() throws -> [String] {
      try site.owner().all(
        "select concat_ws(' ', filename, excluded_because) from item order by filename"
      ) { row throws(PostgresError) in try row.next() }
    }
    #expect(try states() == ["a.png duplicate", "b.png", "c.png"])
    #expect(try site.send("POST", "\(path)/uphold", as: admin).status == 200)
    // The copy has no other original, so it comes back and is no copy any more.
    #expect(try states() == ["a.png", "b.png reported", "c.png"])
    #expect(try inspected.checked()["a.png"]?.duplicate == 0)
    #expect(before["a.png"]?.duplicate != 0)
    #expect(try site.send("POST", "\(path)/dismiss", as: admin).status == 200)
    #expect(try states() == ["a.png", "b.png", "c.png"])
    #expect(try inspected.checked()["a.png"]?.duplicate != 0)
  }
}
