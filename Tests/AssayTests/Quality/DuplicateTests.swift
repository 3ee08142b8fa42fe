import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

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

  /// The same scene, and one object that is elsewhere.
  @Test func statesOfASceneAreNotFlagged() throws {
    let (width, height) = (192, 128)
    let scene = Pictures.texture(seed: 1, width: width, height: height)
    func state(_ left: Int, _ top: Int) -> [UInt8] {
      var pixels = scene
      for y in top..<top + 20 { for x in left..<left + 20 { pixels[y * width + x] = 255 } }
      return Pictures.png(pixels, width, height)
    }
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "left.png": state(40, 50), "right.png": state(120, 60),
      "copy.png": Pictures.png(scene.map { $0 / 4 * 3 }, width, height),
      "original.png": Pictures.png(scene, width, height),
    ])
    try inspected.run()
    let checked = try inspected.checked()
    for name in ["left.png", "right.png"] {
      #expect(checked[name]?.flags == ["ai_unknown"], "\(name)")
    }
    for name in ["copy.png", "original.png"] {
      #expect(checked[name]?.flags == ["near_duplicate", "ai_unknown"], "\(name)")
    }
  }

  @Test func distinctPicturesAreNotFlagged() throws {
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

  @Test func aLaterCopyRaisesTheScoreOfTheEarlierOne() throws {
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

  @Test func equalBytesOfAnotherRequestAreExactDuplicates() throws {
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

  @Test func anExactDuplicateReplacesANearOne() throws {
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

  @Test func organizationsAreNotCompared() throws {
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

  /// Finer than the other pictures: a part of it must have enough detail.
  private static let width = 240, height = 180

  private static func picture(_ pixel: (Int, Int) -> (Int, Int), width: Int, height: Int)
    -> [UInt8]
  {
    let fine = Pictures.texture(seed: 7, width: 60, height: 45)
    let other = Pictures.texture(seed: 8, width: Self.width, height: Self.height)
    let luma = (0..<width * height).map { index in
      let (x, y) = pixel(index % width, index / width)
      // Tiles of the small texture, four in each direction, over the large one.
      return UInt8((Int(fine[y % 45 * 60 + x % 60]) + 3 * Int(other[y * Self.width + x])) / 4)
    }
    return Pictures.png(luma, width, height)
  }

  @Test(arguments: ["cut", "turned", "mirrored", "captioned"])
  func changedCopiesAreFound(change: String) throws {
    let (width, height) = (Self.width, Self.height)
    let original = Self.picture({ ($0, $1) }, width: width, height: height)
    let copy =
      switch change {
      case "cut":
        Self.picture({ ($0 + 40, $1 + 20) }, width: width * 4 / 5, height: height * 4 / 5)
      case "turned": Self.picture({ (width - 1 - $1, $0) }, width: height, height: width)
      case "mirrored": Self.picture({ (width - 1 - $0, $1) }, width: width, height: height)
      default:
        Self.picture({ $1 < 20 ? (0, 0) : ($0, $1) }, width: width, height: height)
      }
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "original.png": original, "copy.png": copy, "other.png": Pictures.png(seed: 99),
    ])
    try inspected.run()
    let checked = try inspected.checked()
    for name in ["original.png", "copy.png"] {
      #expect(try #require(checked[name]).duplicate >= 0.9, "\(name)")
      #expect(checked[name]?.flags == ["near_duplicate", "ai_unknown"], "\(name)")
    }
    #expect(try #require(checked["other.png"]).duplicate < 0.5)
  }

  @Test func plainPicturesAreNotCopies() throws {
    let inspected = try Inspected(.inline)
    let plain = [250, 251].map { [UInt8](repeating: $0, count: 96 * 64) }
    try inspected.upload([
      "one.png": Pictures.png(plain[0], 96, 64), "other.png": Pictures.png(plain[1], 96, 64),
    ])
    try inspected.run()
    #expect(try inspected.checked().values.allSatisfy { $0.duplicate == 0 })
  }

  /// The results do not depend on the number and order of chunks.
  @Test func theOrderDoesNotMatter() throws {
    func scores(_ names: [String]) throws -> [String: Checked] {
      let pictures = [
        "a.png": Self.small, "b.png": Self.large, "c.png": Pictures.png(seed: 1, width: 120),
        "d.png": Pictures.png(seed: 2), "e.png": Pictures.png(seed: 2, width: 192, height: 128),
      ]
      let inspected = try Inspected(.inline)
      for name in names {
        try inspected.upload([name: try #require(pictures[name])])
        try inspected.run()
      }
      return try inspected.checked()
    }
    let forth = try scores(["a.png", "b.png", "c.png", "d.png", "e.png"])
    #expect(try scores(["e.png", "c.png", "d.png", "b.png", "a.png"]) == forth)
    #expect(forth.values.allSatisfy { $0.duplicate > 0.9 })
  }

  @Test func theEvidenceNamesTheOtherPicture() throws {
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
    try #require(rows.count == 2)
    #expect(rows[0].0 == rows[1].1)
    #expect(rows[1].0 == rows[0].1)
    #expect(rows.allSatisfy { (0...34).contains($0.2) })
  }
}
