import Assay
import Postgres
import Queue
import Site
import Support
import Testing
import Web

@Suite("Bonus for consistency")
struct BonusTests {
  private let site: TestSite
  private let request: String
  private let ada: Person

  init() throws {
    site = try TestSite()
    request = try site.request(by: site.person(.customer))
    ada = try site.person(.labeler, named: "ada")
  }

  /// The Monday of a week; 0 is the current one.
  private func monday(_ weeksAgo: Int) -> SQL {
    "date_trunc('week', now() at time zone 'UTC')::date - 7 * \(weeksAgo)::integer"
  }

  /// Enters 100 points of a week, on its Wednesday.
  private func earn(
    _ person: Person, settled: Int, correct: Int, points: Int = 100, weeksAgo: Int = 1
  ) throws {
    try site.earn(
      person, points: points, settled: settled, correct: correct, in: request,
      day: "\(monday(weeksAgo)) + 2")
  }

  private func grant() throws {
    let worker = Worker(site.site)
    try worker.openSchedules()
    try site.owner().run("update job_chunk set run_after = now()")
    try worker.runAll()
  }

  private func bonuses(_ person: Person, weeksAgo: Int = 1) throws -> [Int] {
    try site.owner().all(
      """
      select points from points_entry join account using (account_id)
      where username = \(person.username) and kind = 'bonus'
        and earned_on = \(monday(weeksAgo)) + 6
      order by points_entry_id
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test(arguments: [
    (49, 49, []), (50, 44, []), (50, 45, [10]), (100, 96, [10]), (100, 97, [20]), (50, 50, [20]),
  ])
  func theTableOfNumbersDecides(settled: Int, correct: Int, bonus: [Int]) throws {
    try earn(ada, settled: settled, correct: correct)
    try grant()
    #expect(try bonuses(ada) == bonus)
    let points = try site.send("GET", "/auth/me", as: ada).json["points"].int
    #expect(points == 100 + bonus.reduce(0, +))
  }

  @Test func grantingAgainChangesNothing() throws {
    try earn(ada, settled: 50, correct: 50)
    for _ in 1...3 { try grant() }
    #expect(try bonuses(ada) == [20])
    #expect(try site.send("GET", "/auth/me", as: ada).json["points"].int == 120)
  }

  @Test func aBonusFollowsCorrectionsForFourWeeks() throws {
    for week in 0...5 { try earn(ada, settled: 50, correct: 50, weeksAgo: week) }
    try grant()
    #expect(try (0...5).map { try bonuses(ada, weeksAgo: $0) } == [[], [20], [20], [20], [20], []])
    // A corrected result takes away half of the points, and of the right answers.
    for week in 1...4 { try earn(ada, settled: 0, correct: -25, points: -50, weeksAgo: week) }
    try grant()
    #expect(try bonuses(ada, weeksAgo: 1) == [20, -20])
    #expect(try bonuses(ada, weeksAgo: 4) == [20, -20])
    try earn(ada, settled: 0, correct: 20, points: 50)
    try grant()
    #expect(try bonuses(ada) == [20, -20, 10])
  }

  @Test func compensationsEarnNoBonus() throws {
    try earn(ada, settled: 50, correct: 50)
    try earn(ada, settled: 0, correct: 0, points: 1000)
    try site.owner().run("update points_entry set kind = 'compensation' where points = 1000")
    try grant()
    #expect(try bonuses(ada) == [20])
  }

  @Test func theOperatorChangesTheNumbers() throws {
    try site.owner().run("update consistency_bonus set percent = 50, answers = 10")
    try earn(ada, settled: 10, correct: 9)
    try grant()
    #expect(try bonuses(ada) == [50])
  }

  @Test func workersAtOnceGrantOnce() throws {
    let people = try (0..<6).map { try site.person(.labeler, named: "labeler\($0)") }
    for person in people { try earn(person, settled: 50, correct: 50) }
    let database = site.site.config.database(as: .worker)
    _ = try inThreads(3) { _ in try ConsistencyBonus.grant(Connection(database)) }
    for person in people { #expect(try bonuses(person) == [20]) }
  }

  /// Another worker grants the bonus after this one has found that it is due.
  @Test func aBonusIsDecidedUnderTheLock() throws {
    try earn(ada, settled: 50, correct: 50)
    let blocker = site.owner()
    try blocker.script(
      """
      begin;
      select from points_total for update;
      insert into points_entry (account_id, kind, points, earned_on)
      select account_id, 'bonus', 20, date_trunc('week', now() at time zone 'UTC')::date - 1
      from account where username = 'ada'
      """)
    let database = site.site.config.database(as: .worker)
    _ = try inThreads(1) { _ in
      try ConsistencyBonus.grant(Connection(database))
    } meanwhile: {
      try site.waitForABlockedStatement()
      try blocker.script("commit")
    }
    #expect(try bonuses(ada) == [20])
  }
}
