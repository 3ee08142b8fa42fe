import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing
import Web

@Suite("Settlement of points")
struct SettlementTests {
  private let site: TestSite
  private let ada: Person
  private let bob: Person
  private let eve: Person

  init() throws {
    site = try TestSite()
    ada = try site.person(.labeler, named: "ada")
    bob = try site.person(.labeler, named: "bob")
    eve = try site.person(.labeler, named: "eve")
  }

  private func me(_ person: Person) throws -> JSON {
    try site.send("GET", "/auth/me", as: person).json
  }

  private func points(_ person: Person) throws -> [Int] {
    [try me(person)["points"].int, try me(person)["points_provisional"].int]
  }

  /// Ada and Bob say cat, Eve says dog.
  private func answered(_ crowd: PaidCrowd, _ image: Int = 0) throws {
    try crowd.answer(ada, image, ["cat"])
    try crowd.answer(bob, image, ["cat"])
    try crowd.answer(eve, image, ["dog"])
  }

  @Test func agreementPaysAndDisagreementDoesNot() throws {
    let crowd = try PaidCrowd(site)
    try answered(crowd)
    #expect(try points(ada) == [0, 10])
    #expect(try crowd.settle() == 0)
    try crowd.resolve(0, ["cat"])
    #expect(try crowd.settle() == 1)
    #expect(try points(ada) == [10, 0])
    #expect(try points(bob) == [10, 0])
    #expect(try points(eve) == [0, 0])
    #expect(try crowd.entries(ada) == ["provisional 10", "provisional -10", "settled 10"])
    #expect(try crowd.entries(eve) == ["provisional 10", "provisional -10"])
    #expect(try me(ada)["accuracy"].double == 1)
    #expect(try me(eve)["accuracy"].double == 0)
    try Recomputed(site).expectEqual()
  }

  @Test func settlingAgainChangesNothing() throws {
    let crowd = try PaidCrowd(site)
    try answered(crowd)
    try crowd.resolve(0, ["cat"])
    try crowd.settle()
    #expect(try crowd.settle() == 0)
    try site.owner().run("update pool_item set is_settled = false")
    #expect(try crowd.settle() == 1)
    #expect(try points(ada) == [10, 0])
    #expect(try crowd.entries(ada).count == 3)
    #expect(try crowd.entries(eve).count == 2)
    try Recomputed(site).expectEqual()
  }

  @Test func aCorrectedResultEntersTheDifference() throws {
    let crowd = try PaidCrowd(site)
    try answered(crowd)
    try crowd.resolve(0, ["cat"])
    try crowd.settle()
    try site.age(days: 3)
    try crowd.resolve(0, ["dog"], method: "review")
    try crowd.settle()
    #expect(try points(ada) == [0, 0])
    #expect(try points(eve) == [10, 0])
    #expect(try crowd.entries(ada).last == "settled -10")
    #expect(try me(ada)["accuracy"].double == 0)
    #expect(try me(eve)["accuracy"].double == 1)
    try Recomputed(site).expectEqual()
    // The correction belongs to the day of the answer.
    #expect(try site.send("GET", "/leaderboard?period=day", as: ada).json.elements.isEmpty)
    try crowd.resolve(0, ["cat"], method: "review")
    try crowd.settle()
    #expect(try points(ada) == [10, 0])
    #expect(try points(eve) == [0, 0])
    try Recomputed(site).expectEqual()
  }

  @Test func aSingleAnswerIsSettledByAReviewOnly() throws {
    let crowd = try PaidCrowd(site, slots: 1)
    try crowd.answer(ada, 0, ["cat"])
    try crowd.resolve(0, ["cat"], votes: 1)
    #expect(try crowd.settle() == 1)
    #expect(try crowd.settle() == 0)
    #expect(try points(ada) == [0, 10])
    #expect(try site.send("GET", "/auth/me", as: ada).text.contains(#""accuracy":null"#))
    try crowd.resolve(0, ["cat"], method: "review", votes: 1)
    try crowd.settle()
    #expect(try points(ada) == [10, 0])
    try Recomputed(site).expectEqual()
  }

  @Test func aSurplusAnswerIsPaidIfItIsRight() throws {
    let crowd = try PaidCrowd(site, slots: 2)
    let late = try site.person(.labeler, named: "late")
    for person in [eve, late] {
      try crowd.claim(person)
      try crowd.expire(person)
    }
    try crowd.answer(ada, 0, ["cat"])
    try crowd.answer(bob, 0, ["cat"])
    try crowd.resolve(0, ["cat"], votes: 2)
    try crowd.settle()
    try crowd.answer(late, 0, ["cat"])
    try crowd.answer(eve, 0, ["dog"])
    #expect(try points(late) == [0, 0])
    #expect(try crowd.settle() == 1)
    #expect(try points(late) == [10, 0])
    #expect(try points(eve) == [0, 0])
    #expect(try crowd.entries(late) == ["settled 10"])
    #expect(try me(eve)["labeled"].int == 1)
    try Recomputed(site).expectEqual()
  }

  @Test func textsThatDifferInSpacesAgree() throws {
    let crowd = try PaidCrowd(site)
    try crowd.answer(ada, 0, text: "  caf\u{E9}\n au  lait")
    try crowd.answer(bob, 0, text: "cafe\u{301} au lait")
    try crowd.answer(eve, 0, text: "cafe au lait")
    try crowd.resolve(0, text: "caf\u{E9} au lait")
    try crowd.settle()
    #expect(try [ada, bob, eve].map { try me($0)["points"].int } == [10, 10, 0])
    try Recomputed(site).expectEqual()
  }

  /// The item's resolution ended the lease, so that nobody counted the saved answer.
  @Test func anAnswerUnderAnEndedLeaseIsCountedAndPaid() throws {
    let crowd = try PaidCrowd(site)
    try answered(crowd)
    try crowd.resolve(0, ["cat"])
    try site.owner().run(
      """
      update points_day set labeled = 0, provisional = 0
      where account_id = (select account_id from account where username = 'ada')
      """)
    try site.owner().run(
      """
      update points_total set labeled = 0, provisional = 0
      where account_id = (select account_id from account where username = 'ada')
      """)
    try site.owner().run(
      """
      delete from points_entry
      where account_id = (select account_id from account where username = 'ada')
      """)
    try site.owner().run(
      """
      update claim set state = 'surplus', answered_at = null
      where account_id = (select account_id from account where username = 'ada')
      """)
    try crowd.settle()
    #expect(try points(ada) == [10, 0])
    #expect(try me(ada)["labeled"].int == 1)
    try Recomputed(site).expectEqual()
  }

  @Test func answersBeforeTheOpeningAreCountedAndPaid() throws {
    let work = try Commission(site, pictures: 2)
    for image in work.images { try work.save(["cat"], of: image, site.client) }
    let crowd = try PaidCrowd(
      site, opening: work.request, of: work.customer, images: work.images)
    #expect(try me(work.labeler)["labeled"].int == 2)
    #expect(try points(work.labeler) == [0, 0])
    try crowd.resolve(0, ["cat"])
    try crowd.resolve(1, ["dog"])
    try crowd.settle()
    #expect(try points(work.labeler) == [10, 0])
    #expect(try me(work.labeler)["accuracy"].double == 0.5)
    try Recomputed(site).expectEqual()
  }

  /// The item is excluded while its lease has a saved answer, and comes back.
  @Test func anAnswerOfAnExcludedItemIsCountedOnce() throws {
    let crowd = try PaidCrowd(site)
    try crowd.claim(ada)
    try crowd.save(ada, 0, ["cat"])
    try crowd.owner.run("update item set state = 'excluded'")
    #expect(try me(ada)["labeled"].int == 0)
    try crowd.owner.run("update item set state = 'ready'")
    try crowd.answer(bob, 0, ["cat"])
    try crowd.resolve(0, ["cat"], votes: 2)
    for _ in 1...2 { try crowd.settle() }
    #expect(try points(ada) == [10, 0])
    #expect(try me(ada)["labeled"].int == 1)
    try Recomputed(site).expectEqual()
  }

  @Test func workersAtOncePayOnce() throws {
    let crowd = try PaidCrowd(site, pictures: 12)
    for image in 0..<12 {
      try answered(crowd, image)
      try crowd.resolve(image, ["cat"])
    }
    let counts = try inThreads(4) { _ in try crowd.settle() }
    #expect(counts.reduce(0, +) <= 12)
    try crowd.settle()
    #expect(try points(ada) == [120, 0])
    #expect(try points(eve) == [0, 0])
    #expect(try me(ada)["accuracy"].double == 1)
    try Recomputed(site).expectEqual()
  }

  @Test func aLockedItemIsLeftToTheNextRun() throws {
    let crowd = try PaidCrowd(site, pictures: 2)
    for image in 0..<2 {
      try answered(crowd, image)
      try crowd.resolve(image, ["cat"])
    }
    let other = site.owner()
    try other.transaction { db in
      try db.run("select from pool_item where item_id = \(crowd.images[0])::uuid for update")
      #expect(try crowd.settle() == 1)
      #expect(try points(ada) == [10, 10])
    }
    #expect(try crowd.settle() == 1)
    #expect(try points(ada) == [20, 0])
    try Recomputed(site).expectEqual()
  }

  @Test func anAnswerDuringSettlementIsPaidByTheNext() throws {
    let crowd = try PaidCrowd(site, slots: 2)
    try crowd.claim(eve)
    try crowd.expire(eve)
    try crowd.answer(ada, 0, ["cat"])
    try crowd.answer(bob, 0, ["cat"])
    try crowd.resolve(0, ["cat"], votes: 2)
    let (shared, eve) = (crowd, eve)
    let blocker = site.owner()
    // The settlement waits for Ada's total, and the late answer for the item.
    try blocker.script("begin; select from points_total for update")
    _ = try inThreads(2) { thread in
      if thread == 0 { return try shared.settle() }
      try wait(for: "the settlement") { try shared.waiting() == 1 }
      try shared.answer(eve, 0, ["cat"])
      return 0
    } meanwhile: {
      try wait(for: "both at the locks") { try shared.waiting() == 2 }
      try blocker.script("commit")
    }
    #expect(try points(ada) == [10, 0])
    #expect(try points(eve) == [0, 0])
    #expect(try crowd.settle() == 1)
    #expect(try points(eve) == [10, 0])
    try Recomputed(site).expectEqual()
  }

  @Test func theScheduleSettlesAllTenants() throws {
    let crowds = try (0..<2).map { _ in try PaidCrowd(site) }
    for crowd in crowds {
      try answered(crowd)
      try crowd.resolve(0, ["cat"])
    }
    let worker = Worker(site.site)
    try worker.openSchedules()
    try site.owner().run("update job_chunk set run_after = now()")
    try worker.runAll()
    #expect(try points(ada) == [20, 0])
    try Recomputed(site).expectEqual()
    let tenant = try site.send(
      "GET", "/leaderboard?request_id=\(crowds[0].request)", as: crowds[0].customer)
    #expect(try tenant.json.elements.map { try $0["points"].int } == [10, 10, 0])
  }

  @Test func theLedgerIsAppendOnly() throws {
    let crowd = try PaidCrowd(site)
    try answered(crowd)
    for role in [DatabaseRole.application, .worker] {
      let db = site.connection(as: role)
      for statement in [
        "update points_entry set points = 99", "delete from points_entry", "truncate points_entry",
      ] as [SQL] {
        #expect(refusal(db, statement) == "42501", "\(statement.text) as \(role)")
      }
    }
    let db = site.connection(as: .application)
    for statement in [
      "update points_total set points = 99", "insert into points_day (points) values (1)",
      "update consistency_bonus set percent = 99", "select points_sums(null, null)",
    ] as [SQL] {
      #expect(refusal(db, statement) == "42501", "\(statement.text)")
    }
  }
}
