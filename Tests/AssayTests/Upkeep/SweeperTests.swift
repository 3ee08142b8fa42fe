import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing

/// The sweeper leaves files alone for a time, and removes them soon after it.
@Suite("Grace of the sweeper")
struct SweeperTests {
  private let shelf: Shelf
  private let bytes = Pictures.png(seed: 1)
  private var store: String { shelf.site.site.config.store }
  init() throws { shelf = try Shelf() }

  /// Sweeps at a time so many seconds from now.
  private func sweep(in seconds: Int = 0) throws {
    let sweeper = Sweeper(shelf.site.site, at: time(nil) + seconds)
    try sweeper.sweep(shelf.site.connection(as: .worker))
  }

  private func names(_ folder: String) throws -> [String] {
    try Files.names(in: "\(store)/\(folder)")
  }

  /// An upload whose file was doomed may still need it.
  @Test func aDoomedFileStaysForAnHour() throws {
    #expect(try shelf.delete(shelf.upload(bytes)).status == 200)
    try sweep()
    #expect(try names("doomed").count == 1)
    try sweep(in: 3590)
    #expect(try names("doomed").count == 1)
    try sweep(in: 3610)
    #expect(try names("doomed").isEmpty)
  }

  @Test func aBrokenUploadStaysForADay() throws {
    for folder in ["tmp", "incoming", "arriving"] {
      try Files.write("\(store)/\(folder)/part", bytes)
      try sweep(in: 86_390)
      #expect(try names(folder) == ["part"])
      try sweep(in: 86_410)
      #expect(try names(folder).isEmpty)
    }
  }

  private func announce() throws -> String {
    let answer = try shelf.site.send(
      "POST", "/uploads/presign", as: shelf.customer,
      json: """
        {"request_id": "\(shelf.request)",
         "files": [{"filename": "a.png", "content_type": "image/png"}]}
        """)
    return try #require(answer.json["uploads"].elements.first)["key"].string
  }

  /// The state of the only upload after a sweep so many seconds after its expiry.
  private func state(after seconds: Int) throws -> String {
    try shelf.owner.run(
      "update upload set expires_at = now() - \(seconds)::int * interval '1 second'")
    try sweep()
    return try shelf.owner.one("select state::text from upload") { row throws(PostgresError) in
      try row.next()
    }
  }

  @Test func anAddressWithoutBytesStaysOpenForAQuarterOfAnHour() throws {
    _ = try announce()
    #expect(try state(after: 890) == "presigned")
    #expect(try state(after: 910) == "expired")
  }

  @Test func anAddressWithBytesStaysOpenForADay() throws {
    let key = try announce()
    try Files.write("\(store)/incoming/\(key)", bytes)
    #expect(try state(after: 86_340) == "presigned")
    #expect(try names("incoming") == [key])
    #expect(try state(after: 86_410) == "expired")
    #expect(try names("incoming") == ["\(key).closed"])
  }
}
