import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing

/// The database or the store refuses a write for one picture of ten.
@Suite("Errors of one item")
struct ItemFaultTests {
  private static let names = (0..<10).map { "\($0).png" }

  /// A request of ten pictures.
  private func inspected() throws -> Inspected {
    let inspected = try Inspected()
    try inspected.uploadDistinct(10)
    try inspected.forgetInspections()
    return inspected
  }

  private func bytes(of name: String, _ site: TestSite) throws -> [UInt8] {
    try site.owner().one("select sha256 from item where filename = \(name)") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Works until no chunk waits, and skips all pauses before another try.
  private func workToTheEnd(_ site: TestSite) throws {
    let db = site.owner()
    for _ in 0..<100 {
      try site.work()
      let waiting = try db.run("update job_chunk set run_after = now() where state = 'queued'")
      if waiting == 0 { return }
    }
    throw Missing(description: "a chunk is put off again and again")
  }

  /// Makes the database refuse rows of one picture where a condition holds.
  private func refuse(_ table: String, _ condition: String, _ site: TestSite) throws {
    try site.owner().script(
      "alter table \(table) add constraint poisoned check (not (\(condition))) not valid")
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func anUnrecordableInspectionMakesOnePictureCorrupt() throws {
    let inspected = try inspected()
    let poison = hex(try bytes(of: "3.png", inspected.site))
    try refuse(
      "blob", #"sha256 = '\x\#(poison)' and inspected_at is not null"#, inspected.site)
    try #require(try inspected.start().status == 200)
    try workToTheEnd(inspected.site)
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.progress()["done"].int == 10)
    let checked = try inspected.checked()
    for name in Self.names {
      let isPoison = name == "3.png"
      #expect(checked[name]?.flags == ["ai_unknown"] + (isPoison ? ["corrupt"] : []), "\(name)")
    }
    let id = try #require(try inspected.ids()["3.png"])
    let evidence = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/qc/results/\(id)", as: inspected.customer)
    #expect(try evidence.json["evidence"]["corrupt"].string == "The image could not be processed.")
    // The next run tries it again and succeeds, because the cause is gone.
    try inspected.site.owner().script("alter table blob drop constraint poisoned")
    try #require(try inspected.start().status == 200)
    try workToTheEnd(inspected.site)
    #expect(try inspected.checked().values.allSatisfy { $0.flags == ["ai_unknown"] })
  }

  @Test func anUnrecordableVerdictFailsOnePicture() throws {
    let inspected = try inspected()
    let poison = try #require(try inspected.ids()["3.png"])
    try refuse("item_check", "item_id = '\(poison)'", inspected.site)
    try #require(try inspected.start().status == 200)
    try workToTheEnd(inspected.site)
    // One of ten pictures has no result.
    #expect(try inspected.progress()["state"].string == "failed")
    #expect(try inspected.progress()["done"].int == 9)
    #expect(try inspected.progress()["failed"].int == 1)
    #expect(try Set(inspected.checked().keys) == Set(Self.names).subtracting(["3.png"]))
  }

  @Test func aMissingFileFailsOnePicture() throws {
    let inspected = try inspected()
    let name = hex(try bytes(of: "3.png", inspected.site))
    let store = inspected.site.site.config.store
    let path = "\(store)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
    try #require(rename(path, path + ".away") == 0)
    try #require(try inspected.start().status == 200)
    try inspected.site.work()
    // The other nine are done while this one is still retried.
    #expect(try Set(inspected.checked().keys) == Set(Self.names).subtracting(["3.png"]))
    #expect(try inspected.progress()["state"].string == "running")
    try #require(rename(path + ".away", path) == 0)
    try workToTheEnd(inspected.site)
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.checked().count == 10)
  }

  @Test func aServerErrorSplitsTheChunkBeforeItFails() throws {
    let inspected = try inspected()
    let poison = hex(try bytes(of: "3.png", inspected.site))
    // An error of the server itself, such as a full disk.
    try inspected.site.owner().script(
      """
      create function fail() returns trigger language plpgsql as
        $$ begin raise sqlstate '53100'; end $$;
      create trigger fail before update on blob for each row
        when (new.sha256 = '\\x\(poison)') execute function fail()
      """)
    try #require(try inspected.start().status == 200)
    try workToTheEnd(inspected.site)
    #expect(try inspected.progress()["state"].string == "failed")
    #expect(try inspected.progress()["done"].int == 9)
    #expect(try inspected.progress()["failed"].int == 1)
    #expect(try Set(inspected.checked().keys) == Set(Self.names).subtracting(["3.png"]))
  }

  @Test func anUnrecordablePreviewStopsNoOther() throws {
    let gallery = try Gallery()
    try gallery.uploadWithoutPreviews(10)
    let site = gallery.site
    let poison = try site.owner().one(
      "select encode(sha256, 'hex') from blob order by sha256 limit 1"
    ) {
      row throws(PostgresError) in try row.next(String.self)
    }
    try refuse(
      "blob", #"sha256 = '\x\#(poison)' and previewed_at is not null and preview_fault is null"#,
      site)
    try workToTheEnd(site)
    #expect(try gallery.arePreviews().count { $0 } == 9)
    #expect(try gallery.jobs() == ["completed completed 1"])
    let faults = try site.owner().all(
      "select preview_fault from blob where preview_fault is not null"
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(faults == ["The image could not be processed."])
  }

  @Test func anUnreadableFileStopsNoOtherPreview() throws {
    let gallery = try Gallery()
    try gallery.uploadWithoutPreviews(12)
    let site = gallery.site
    let first = try site.owner().one(
      "select encode(sha256, 'hex') from blob order by sha256 limit 1"
    ) {
      row throws(PostgresError) in try row.next(String.self)
    }
    // A folder instead of the file can be opened, but not read.
    let path = "\(site.site.config.store)/blobs/\(first.prefix(2))/\(first.dropFirst(2))"
    try #require(rename(path, path + ".away") == 0 && mkdir(path, 0o700) == 0)
    try site.work()
    #expect(try gallery.arePreviews().count { $0 } == 11)
    #expect(try gallery.jobs() == ["running queued 1"])
    try #require(rmdir(path) == 0 && rename(path + ".away", path) == 0)
    try workToTheEnd(site)
    #expect(try gallery.arePreviews().allSatisfy(\.self))
  }
}
