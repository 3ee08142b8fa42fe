import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Concurrent reports and decisions")
struct ReportRaceTests {
  private let pool: ReportedPool
  private let task: String
  private let labeler: Person
  private var site: TestSite { pool.site }
  private var image: String { pool.images[0] }
  init() throws {
    pool = try ReportedPool(slots: 10)
    task = try pool.tasks()[at: 0]
    labeler = try pool.site.person(.labeler)
  }

  /// Sends decisions that all have read an open report before the first of them is made.
  private func decideAtOnce(_ report: String, _ verbs: [String]) throws -> [Answer] {
    let blocker = site.owner()
    try blocker.script("begin; select from task_report for update")
    let sender = pool.sender
    return try inThreads(verbs.count) { index in
      try sender.decide(report, verbs[index], Client(sender.site))
    } meanwhile: {
      try wait(for: "all decisions at their locks") {
        try pool.number(
          """
          select count(*) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
          """) == verbs.count
      }
      try blocker.script("rollback")
    }
  }

  private func decisions() throws -> Int {
    try pool.number("select count(*) from audit_entry where action like 'report.%'")
  }

  @Test func equalDecisionsAreMadeOnce() throws {
    try pool.claim(task, by: labeler)
    try pool.answer(image, by: labeler)
    let report = try pool.reported(task, image, by: labeler)
    let answers = try decideAtOnce(report, [String](repeating: "uphold", count: 6))
    #expect(answers.map(\.status) == [Int](repeating: 200, count: 6))
    #expect(Set(answers.map(\.text)).count == 1)
    #expect(try pool.entries(of: labeler).count == 3)
    #expect(try decisions() == 1)
  }

  @Test(arguments: ["open_reports", "reported_items"])
  func ofTwoReportsAtTheLimitOneIsMade(limit: String) throws {
    try site.owner().run("update site_limits set \(unsafeRaw: limit) = 1")
    let (sender, task, images) = (pool.sender, task, pool.images)
    // A held picture cannot be claimed, so all claim first.
    let people = try (0..<5).map { _ in try site.person(.labeler) }
    for person in people { try pool.claim(task, by: person) }
    for person in people {
      let statuses = try site.race(2) { client, thread in
        try sender.report(task, images[thread], by: person, client).status
      }
      #expect(statuses.sorted() == [200, 409])
    }
    #expect(try pool.number("select count(*) from task_report") == 5)
    #expect(try site.deadlocks() == 0)
  }

  @Test func ofTwoDifferentDecisionsOneIsMade() throws {
    for verbs in [["uphold", "dismiss"], ["dismiss", "uphold"]] {
      let report = try pool.reported(task, image, by: site.person(.labeler))
      let before = try decisions()
      let answers = try decideAtOnce(report, verbs)
      #expect(answers.map(\.status).sorted() == [200, 409])
      let refused = try #require(answers.first { $0.status == 409 })
      #expect(try refused.detail.hasPrefix("Somebody else has just decided this report"))
      #expect(try decisions() == before + 1)
      // Somebody who has seen the decision can reverse it.
      #expect(try pool.decide(report, "dismiss").status == 200)
      #expect(try pool.states() == ["open", "open"])
    }
  }

  /// Each person answers both pictures while the report of all pictures is decided.
  @Test func aDecisionAndSubmitsLeaveRightSums() throws {
    let people = try (0..<6).map { _ in try site.person(.labeler) }
    for person in people { try pool.claim(task, by: person) }
    let report = try pool.reported(task, by: people[0])
    let (sender, images) = (pool.sender, pool.images)
    _ = try site.race(people.count + 1) { client, index in
      if index == people.count {
        #expect(try sender.decide(report, "uphold", client).status == 200)
      } else {
        let db = Connection(sender.database)
        for image in index.isMultiple(of: 2) ? images : images.reversed() {
          try sender.answer(image, by: people[index], db)
        }
      }
    }
    #expect(try pool.items() == ["excluded reported", "excluded reported"])
    #expect(try pool.number("select sum(leases)::int from pool_item") == 0)
    #expect(try pool.number("select count(*) from claim where state = 'surplus'") == 12)
    // Those who answered before the decision are paid; nobody is paid twice.
    #expect(
      try pool.number(
        """
        select count(*) from claim c
        where c.paid <> (
          select coalesce(sum(e.points), 0) from points_entry e
          where e.item_id = c.item_id and e.account_id = c.account_id)
        """) == 0)
    #expect(try pool.wrongSums() == [])
    #expect(try pool.number("select sum(labeled)::int from points_total") == 12)
    #expect(try site.deadlocks() == 0)
  }

  /// A picture is held exactly while a report of it is open.
  @Test func aReportAndADismissalLeaveTheRightState() throws {
    for _ in 1...5 {
      let (first, second) = (try site.person(.labeler), try site.person(.labeler))
      let report = try pool.reported(task, image, by: first)
      let (sender, task, image) = (pool.sender, task, image)
      let answers = try site.race(2) { client, index in
        index == 0
          ? try sender.decide(report, "dismiss", client)
          : try sender.report(task, image, by: second, client)
      }
      #expect(answers.map(\.status) == [200, 200])
      #expect(try pool.states() == ["held", "open"])
      let open = try answers[at: 1].json["report_id"].string
      try pool.decide(open, "dismiss")
      #expect(try pool.states() == ["open", "open"])
    }
    #expect(try site.deadlocks() == 0)
  }
}
