import Assay
import Postgres
import Site
import Support
import Testing
import Web

@Suite("assay fsck: sums of points")
struct PointsCheckTests {
  private let site: TestSite
  private let crowd: PaidCrowd

  init() throws {
    site = try TestSite()
    crowd = try PaidCrowd(site, pictures: 2)
    let ada = try site.person(.labeler, named: "ada")
    let bob = try site.person(.labeler, named: "bob")
    try crowd.answer(ada, 0, ["cat"])
    try crowd.answer(bob, 0, ["cat"])
    try crowd.resolve(0, ["cat"], votes: 2)
    try crowd.settle()
  }

  private func findings() throws -> [String] {
    var findings: [String] = []
    _ = try StoreCheck(site.site.store, site.connection(as: .worker)) {
      findings.append($0)
    }.compare()
    return findings
  }

  @Test func equalSumsAreNoFinding() throws {
    #expect(try findings() == [])
  }

  @Test func aCompensationIsNoFinding() throws {
    try crowd.answer(site.person(.labeler, named: "eve"), 1, ["dog"])
    try crowd.owner.run("select compensate(array(select item_id from claim))")
    let entries = try crowd.owner.run("select from points_entry where kind = 'compensation'")
    #expect(entries == 1)
    #expect(try findings() == [])
  }

  @Test(arguments: [
    "update points_total set points = points + 1", "update points_day set points = points + 1",
    "update points_total set provisional = 1", "update points_day set labeled = 0",
    "update points_total set correct = 0", "update claim set paid = 0",
    "delete from points_entry where kind = 'settled'", "delete from points_total",
    "update claim set is_right = false",
  ])
  func aDriftIsReported(statement: String) throws {
    try crowd.owner.run(
      """
      \(unsafeRaw: statement)
      \(unsafeRaw: statement.contains("where") ? "and" : "where") account_id =
        (select account_id from account where username = 'ada')
      """)
    let findings = try findings()
    #expect(findings.count == 1)
    #expect(findings.first?.hasPrefix("points ") == true)
  }
}
