import Assay
import Postgres
import Site
import Support
import Testing

/// A worker has the maximum number of pictures that are compared with all others.
@Suite struct BandedTests {
  private static let bound = ["ASSAY_COMPARED": "2"]

  private func upload(_ seeds: Range<UInt64>, to inspected: Inspected) throws {
    let files = seeds.map { (name: "\($0).png", bytes: Pictures.png(seed: $0)) }
    _ = try inspected.site.upload(files, to: inspected.request, by: inspected.customer)
    try inspected.run()
  }

  private func numbers(_ site: TestSite) throws -> [Int: Bool] {
    let rows = try site.owner().all(
      "select number, is_banded from likeness where number is not null"
    ) { row throws(PostgresError) in (try row.next(Int.self), try row.next(Bool.self)) }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  @Test func copiesOfEarlyAndLatePicturesAreFound() throws {
    let inspected = try Inspected(.inline, settings: Self.bound)
    try upload(0..<6, to: inspected)
    let before = try numbers(inspected.site)
    #expect(before.values.filter { $0 }.count == 4)
    // Larger, so that the bytes differ; a copy of every picture, compared with all or by bands.
    let copies = (0..<6).map {
      (name: "copy \($0).png", bytes: Pictures.png(seed: UInt64($0), width: 150, height: 100))
    }
    _ = try inspected.site.upload(copies, to: inspected.request, by: inspected.customer)
    try inspected.run()
    let checked = try inspected.checked()
    for seed in 0..<6 {
      #expect(try #require(checked["\(seed).png"]).duplicate >= 0.9)
      #expect(try #require(checked["copy \(seed).png"]).duplicate >= 0.9)
    }
    // Pictures that were there before keep their numbers.
    #expect(try before.allSatisfy { try numbers(inspected.site)[$0.key] == $0.value })
  }

  @Test func distinctPicturesAreNotFlagged() throws {
    let inspected = try Inspected(.inline, settings: Self.bound)
    try upload(0..<12, to: inspected)
    for (name, one) in try inspected.checked() { #expect(one.duplicate < 0.5, "\(name)") }
  }

  @Test func bandsAreDeletedWithThePicture() throws {
    let inspected = try Inspected(.inline, settings: Self.bound)
    try upload(0..<4, to: inspected)
    func bands() throws -> Int {
      try inspected.site.owner().one("select count(*) from likeness_band") {
        row throws(PostgresError) in try row.next()
      }
    }
    #expect(try bands() == 32)
    try inspected.site.owner().run("delete from resemblance")
    try inspected.site.owner().run("delete from likeness where is_banded")
    #expect(try bands() == 0)
  }
}
