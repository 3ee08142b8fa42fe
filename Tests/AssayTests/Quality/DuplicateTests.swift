import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("Duplicates")
struct DuplicateTests {
  private static let (small, large) = (
    Pictures.png(seed: 1), Pictures.png(seed: 1, width: 150, height: 100)
  )

  @Test func bothOfANearPairAreFlagged() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "small.png": Self.small, "large.png": Self.large, "other.png": Pictures.png(seed: 2),
    ])
    try inspected.run()
    let checked = try inspected.checked()
    for name in ["small.png", "large.png"] {
      let one = try #require(checked[name])
      #expect(one.duplicate >= 0.9)
      #expect(one.flags == ["near_duplicate", "ai_unknown"])
    }
    let other = try #require(checked["other.png"])
    #expect(other.duplicate < 0.5)
    #expect(other.flags == ["ai_unknown"])
  }

  @Test func distinctPicturesStayApart() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(24)
    try inspected.run()
    let checked = try inspected.checked()
    #expect(checked.count == 24)
    for (name, one) in checked {
      #expect(one.duplicate < 0.5, "\(name)")
      #expect(one.flags == ["ai_unknown"], "\(name)")
    }
  }

  @Test func aLaterCopyRaisesTheEarlierOne() throws {
    let first = try Inspected(.inline)
    try first.upload(["small.png": Self.small])
    try first.run()
    #expect(try first.checked()["small.png"]?.duplicate == 0)
    try first.upload(["large.png": Self.large])
    let second = try Inspected(first.site, by: first.customer)
    try second.upload(["again.png": Self.large])
    try second.run()
    let raised = try #require(try first.checked()["small.png"])
    #expect(raised.duplicate >= 0.9)
    #expect(raised.flags == ["near_duplicate", "ai_unknown"])
    let later = try #require(try second.checked()["again.png"])
    #expect(later.duplicate == raised.duplicate)
    #expect(later.flags == ["near_duplicate", "ai_unknown"])
  }

  @Test func equalBytesInAnotherRequestAreExact() throws {
    let first = try Inspected(.inline)
    let second = try Inspected(first.site, by: first.customer)
    try first.upload(["a.png": Self.small, "x.png": Pictures.png(seed: 2)])
    try second.upload(["b.png": Self.small, "y.png": Pictures.png(seed: 3)])
    try first.run()
    #expect(try first.checked()["a.png"]?.flags == ["ai_unknown"])
    try second.run()
    for (inspected, name) in [(first, "a.png"), (second, "b.png")] {
      let one = try #require(try inspected.checked()[name])
      #expect(one.duplicate == 1)
      #expect(one.flags == ["exact_duplicate", "ai_unknown"])
    }
    #expect(try first.checked()["x.png"]?.flags == ["ai_unknown"])
    #expect(try second.checked()["y.png"]?.flags == ["ai_unknown"])
  }

  @Test func exactReplacesNear() throws {
    let first = try Inspected(.inline)
    try first.upload(["small.png": Self.small, "large.png": Self.large])
    try first.run()
    let second = try Inspected(first.site, by: first.customer)
    try second.upload(["again.png": Self.small])
    try second.run()
    let raised = try #require(try first.checked()["small.png"])
    #expect(raised.duplicate == 1)
    #expect(raised.flags == ["exact_duplicate", "ai_unknown"])
    let before = try first.checked()
    try first.run()
    #expect(try first.checked() == before)
  }

  @Test func neverAcrossOrganizations() throws {
    let first = try Inspected(.inline)
    let second = try Inspected(first.site, by: first.site.person(.customer))
    try first.upload(["a.png": Self.small])
    try second.upload(["b.png": Self.small, "c.png": Pictures.png(seed: 3)])
    try first.run()
    try second.run()
    for one in [try first.checked()["a.png"], try second.checked()["b.png"]] {
      #expect(one?.duplicate ?? 1 < 0.5)
      #expect(one?.flags == ["ai_unknown"])
    }
  }

  @Test func theEvidenceNamesTheOther() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload(["small.png": Self.small, "large.png": Self.large])
    try inspected.run()
    let rows = try inspected.site.owner().all(
      """
      select c.item_id::text, c.evidence->'duplicate'->>'image_id',
        (c.evidence->'duplicate'->>'distance')::int
      from item_check c order by c.item_id
      """
    ) { row throws(PostgresError) in
      (try row.next(String.self), try row.next(String.self), try row.next(Int.self))
    }
    #expect(rows.count == 2)
    #expect(rows[0].0 == rows[1].1)
    #expect(rows[1].0 == rows[0].1)
    #expect(rows.allSatisfy { (0...34).contains($0.2) })
  }
}
