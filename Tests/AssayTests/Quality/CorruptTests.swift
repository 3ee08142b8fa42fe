import Assay
import HTTP
import Site
import Support
import Testing

@Suite("Pictures that were damaged in the store")
struct CorruptTests {
  private let inspected: Inspected
  init() throws {
    inspected = try Inspected()
    try inspected.upload([
      "good.png": Pictures.png(seed: 1), "damaged.png": Pictures.png(seed: 2),
      "empty.png": Pictures.png(seed: 3), "head.png": Pictures.png(seed: 4),
      "half.png": Pictures.png(seed: 5), "other.png": Pictures.png(seed: 6),
    ])
    try inspected.forgetInspections()
  }

  /// The path of a picture's bytes.
  private func file(_ name: String) throws -> String {
    let rows = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/uploads", as: inspected.customer
    ).json.elements
    let row = try #require(try rows.first { try $0["filename"].string == name })
    let digest = try row["etag"].string.filter { $0 != "\"" }
    return "\(inspected.site.site.config.store)/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"
  }

  @Test func damagedFilesStopNoOther() throws {
    for (name, length) in [("empty.png", 0), ("head.png", 100), ("half.png", 3000)] {
      let path = try file(name)
      try Files.write(path, Array(Files.bytes(path).prefix(length)))
    }
    try Files.write(file("damaged.png"), [UInt8](repeating: 0x5A, count: 10_000))
    try inspected.run()
    #expect(try inspected.progress()["state"] == .string("completed"))
    #expect(try inspected.progress()["done"].int == 6)
    let checked = try inspected.checked()
    for name in ["empty.png", "head.png", "half.png", "damaged.png"] {
      #expect(checked[name]?.flags == ["ai_unknown", "corrupt"], "\(name)")
      #expect(checked[name]?.duplicate == 0)
    }
    #expect(checked["good.png"]?.flags == ["ai_unknown"])
    #expect(checked["other.png"]?.flags == ["ai_unknown"])
  }
}
