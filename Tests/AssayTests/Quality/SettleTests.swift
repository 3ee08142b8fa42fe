import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

/// The original that a copy's result names, and the score from which it is flagged.
@Suite("Duplicates that results name")
struct SettleTests {
  private let inspected: Inspected
  private var site: TestSite { inspected.site }

  /// Four pictures that are not similar; each test says which are.
  init() throws {
    inspected = try Inspected(.inline)
    try inspected.uploadDistinct(4)
    try inspected.run()
  }

  /// The names of the original and the score of a picture's result; nil without an original.
  private func result(_ name: String) throws -> (original: String?, score: Double) {
    try site.owner().one(
      """
      select o.filename, c.duplicate_score from item_check c join item i using (item_id)
      left join item o on o.item_id = (c.evidence->'duplicate'->>'image_id')::uuid
      where i.filename = \(name)
      """
    ) { row throws(PostgresError) in (try row.next(String?.self), try row.next(Double.self)) }
  }

  /// Settles all pictures again, as a change of any of them does.
  private func settle() throws {
    try site.owner().run(
      """
      select settle_duplicates(organization_id, array_agg(sha256), 0.5)
      from item group by organization_id
      """)
  }

  private func original(_ name: String) throws -> String? { try result(name).original }

  private func exclude(_ name: String, because reason: String) throws {
    try site.owner().run(
      """
      update item set state = 'excluded', excluded_because = \(reason)
      where filename = \(name)
      """)
  }

  @Test(arguments: [(0.5, true), (0.4999, false), (0.9, true), (0.1, false)])
  func halfIsFlagged(score: Double, isFlagged: Bool) throws {
    try inspected.liken("0.png", "1.png", score: score)
    try inspected.run()
    let checked = try inspected.checked()
    for name in ["0.png", "1.png"] {
      let one = try #require(checked[name])
      #expect(one.flags == (isFlagged ? ["near_duplicate", "ai_unknown"] : ["ai_unknown"]))
      #expect(one.duplicate == score)
    }
    #expect(try inspected.clusters().json.elements.count == (isFlagged ? 1 : 0))
  }

  @Test func theMostProbableOriginalIsNamed() throws {
    try inspected.liken("0.png", "3.png", score: 0.6)
    try inspected.liken("1.png", "3.png", score: 0.8)
    try inspected.liken("2.png", "3.png", score: 0.7)
    try inspected.run()
    #expect(try original("3.png") == "1.png")
    #expect(try result("3.png").score == 0.8)
  }

  @Test func theOldestOfEqualsIsNamed() throws {
    for name in ["2.png", "0.png", "1.png"] {
      try inspected.liken(name, "3.png", score: 0.8)
    }
    try inspected.run()
    #expect(try original("3.png") == "0.png")
  }

  /// The same project comes before an older picture of another one, but not before a better score.
  @Test func thePictureOfTheSameProjectIsNamed() throws {
    let later = try Inspected(site, by: inspected.customer)
    try later.upload(["a.png": Pictures.png(seed: 10), "b.png": Pictures.png(seed: 11)])
    try later.run()
    func liken(_ one: String, _ other: String, _ score: Double) throws {
      try site.owner().run(
        """
        insert into resemblance (
          organization_id, first, second, score, distance, correlation, detail, orientation,
          first_part, second_part)
        select a.organization_id, least(a.sha256, b.sha256), greatest(a.sha256, b.sha256),
          \(score), 30, 0.9, 0.8, 1, '{0,0,1,1}', '{0,0,1,1}'
        from item a, item b where a.filename = \(one) and b.filename = \(other)
        """)
    }
    try liken("0.png", "b.png", 0.8)
    try liken("a.png", "b.png", 0.8)
    try later.run()
    #expect(try original("b.png") == "a.png")
    try liken("1.png", "b.png", 0.85)
    try later.run()
    #expect(try original("b.png") == "1.png")
  }

  @Test func anExcludedPictureIsNobodysOriginal() throws {
    try inspected.liken("0.png", "3.png", score: 0.9)
    try inspected.liken("1.png", "3.png", score: 0.6)
    try exclude("0.png", because: "manual")
    try settle()
    #expect(try original("3.png") == "1.png")
    try exclude("1.png", because: "duplicate")
    try settle()
    #expect(try original("3.png") == nil)
    #expect(try result("3.png").score == 0)
  }

  @Test func anExcludedCopyKeepsAResult() throws {
    try inspected.liken("0.png", "1.png", score: 0.9)
    try exclude("1.png", because: "duplicate")
    try settle()
    #expect(try original("1.png") == "0.png")
    #expect(try original("0.png") == nil)
  }

  @Test func anUncheckedPictureIsNobodysOriginal() throws {
    try inspected.liken("0.png", "3.png", score: 0.9)
    let first = try #require(try inspected.ids()["0.png"])
    try site.owner().run("delete from item_check where item_id = \(first)::uuid")
    try settle()
    #expect(try original("3.png") == nil)
  }
}
