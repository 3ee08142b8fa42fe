import Assay
import HTTP
import Postgres
import Site
import Support
import Testing

/// `source_url`: where a picture, or the closest known copy of it, came from.
@Suite struct SourceTests {
  private static let address = "https://example.com/cat.jpg"

  private func sources(_ inspected: Inspected) throws -> [String: JSON] {
    let rows = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/uploads", as: inspected.customer
    ).json.elements
    let results = try inspected.results().json.elements
    return try Dictionary(
      uniqueKeysWithValues: zip(rows, results).map { upload, result in
        #expect(try upload["image_id"].string == result["image_id"].string)
        return (try upload["filename"].string, try result["source_url"])
      })
  }

  private func came(_ name: String, from address: String, _ inspected: Inspected) throws {
    try inspected.site.owner().run(
      "update item set source_url = \(address) where filename = \(name)")
  }

  private func inspected() throws -> Inspected {
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "known.png": Pictures.png(seed: 1),
      "copy.png": Pictures.png(seed: 1, width: 150, height: 100),
      "other.png": Pictures.png(seed: 2),
    ])
    return inspected
  }

  @Test func aCopyInheritsTheOriginOfItsOriginal() throws {
    let inspected = try inspected()
    try came("known.png", from: Self.address, inspected)
    try inspected.run()
    let sources = try sources(inspected)
    #expect(sources["known.png"] == .string(Self.address))
    #expect(sources["copy.png"] == .string(Self.address))
    #expect(sources["other.png"] == .null)
  }

  @Test func aDeclaredOriginTakesPrecedence() throws {
    let inspected = try inspected()
    try came("known.png", from: Self.address, inspected)
    try came("copy.png", from: "https://example.org/mine.png", inspected)
    try inspected.run()
    #expect(try sources(inspected)["copy.png"] == .string("https://example.org/mine.png"))
  }

  @Test func aLaterCopyGivesItsOriginToTheEarlierOne() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload(["first.png": Pictures.png(seed: 1)])
    try inspected.run()
    #expect(try sources(inspected)["first.png"] == .null)
    try inspected.upload(["known.png": Pictures.png(seed: 1, width: 150, height: 100)])
    try came("known.png", from: Self.address, inspected)
    try inspected.run()
    #expect(try sources(inspected)["first.png"] == .string(Self.address))
  }
}
