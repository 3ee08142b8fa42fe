import Assay
import HTTP
import Postgres
import Queue
import Support
import Testing

@Suite("Pictures that crash decoders and workers")
struct PoisonTests {
  private static let poison = Pictures.png(seed: 50, text: "Comment\u{0}deadly nightshade")

  /// A request of nine good pictures and one that kills decoders, `most` times.
  private func poisoned(_ most: Int) throws -> (Inspected, PoisonedDecoder, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    let decoder = try PoisonedDecoder(
      in: folder.path, before: Products.path("assay-decode"), poison: "nightshade",
      victim: .decoder, most: most)
    let inspected = try Inspected(settings: ["ASSAY_DECODE": decoder.path])
    try inspected.uploadDistinct(9)
    try inspected.upload(["poison.png": Self.poison])
    return (inspected, decoder, folder)
  }

  @Test func aCrashingPictureStopsNoOther() throws {
    let (inspected, decoder, folder) = try poisoned(.max)
    defer { folder.remove() }
    // The upload verifies the picture alone after the first death.
    #expect(try decoder.deaths == 1)
    try inspected.run()
    #expect(try decoder.deaths == 4)
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.progress()["failed"].int == 0)
    for (name, checked) in try inspected.checked() {
      let flags = name == "poison.png" ? ["ai_unknown", "corrupt"] : ["ai_unknown"]
      #expect(checked.flags == flags, "\(name)")
    }
    let id = try #require(try inspected.ids()["poison.png"])
    let evidence = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/qc/results/\(id)", as: inspected.customer)
    #expect(
      try evidence.json["evidence"]["corrupt"].string == "The image crashed the decoder.")
    // The result is stored, so it is not tried again.
    try inspected.run()
    #expect(try decoder.deaths == 4)
  }

  /// A file that takes over its decoder claims to be a picture of another type.
  @Test func aDecoderThatLiesCostsItsPictureOnly() throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let decoder = try PoisonedDecoder(
      in: folder.path, before: Products.path("assay-decode"), poison: "nightshade", victim: .type)
    let inspected = try Inspected(settings: ["ASSAY_DECODE": decoder.path])
    let files = [
      (name: "before.png", bytes: Pictures.png(seed: 1)), ("poison.png", Self.poison),
      ("after.png", Pictures.png(seed: 2)),
    ]
    let answer = try inspected.site.send(
      "POST", "/requests/\(inspected.request)/uploads", as: inspected.customer, form: Form(files))
    #expect(answer.status == 200, "\(answer.text)")
    #expect(try answer.json["uploaded"].int == 2)
    let refused = try answer.json["errors"].elements.map { try $0["filename"].string }
    #expect(refused == ["poison.png"])
    #expect(try decoder.deaths == 2)
  }

  @Test func falsePreviewsAreNotStored() throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let decoder = try PoisonedDecoder(
      in: folder.path, before: Products.path("assay-decode"), poison: "nightshade",
      victim: .previews)
    let inspected = try Inspected(settings: ["ASSAY_DECODE": decoder.path])
    try inspected.upload(["poison.png": Self.poison])
    func isPreviewed() throws -> Bool {
      try inspected.site.owner().one("select previewed_at is not null from blob") {
        row throws(PostgresError) in try row.next()
      }
    }
    #expect(try decoder.deaths == 1)
    #expect(try !isPreviewed())
    // The worker asks for the previews alone.
    try inspected.site.work()
    #expect(try isPreviewed())
  }

  @Test func aKilledDecoderChangesNoResult() throws {
    let (inspected, decoder, folder) = try poisoned(2)
    defer { folder.remove() }
    try inspected.run()
    #expect(try decoder.deaths == 2)
    #expect(try inspected.checked().values.allSatisfy { $0.flags == ["ai_unknown"] })
  }

  /// Makes workers take every chunk with the picture and die, until it is isolated.
  private func killWorkers(_ item: String, _ site: TestSite) throws -> Int {
    var deaths = 0
    let db = site.owner()
    while case let taken = try db.run(
      """
      update job_chunk
      set deaths = deaths + (state = 'running')::int, state = 'running', attempts = attempts + 1,
        token = token + 1, lease_expires_at = now() - interval '1 second'
      where payload -> 'items' ? \(item)
        and (state = 'queued' or state = 'running' and deaths < 2)
      """), taken > 0
    {
      try db.run("update job set state = 'running', begun_at = now()")
      deaths += taken
    }
    return deaths
  }

  @Test func aPictureThatKillsWorkersIsFound() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(9)
    let copy = Pictures.png(seed: 1, width: 150, height: 100)
    try inspected.upload(["poison.png": copy])
    let poison = try #require(try inspected.ids()["poison.png"])
    try #require(try inspected.start().status == 200)
    var deaths = 0
    let worker = Worker(inspected.site.site)
    repeat {
      deaths += try killWorkers(poison, inspected.site)
    } while try deaths < 100 && worker.runNext()
    // Three deaths with the whole chunk, three with the picture alone.
    #expect(deaths == 6)
    let progress = try inspected.progress()
    #expect(try progress["state"].string == "completed")
    #expect(try progress["done"].int == 10 && progress["total"].int == 10)
    let checked = try inspected.checked()
    for (name, one) in checked {
      let flags = name == "poison.png" ? ["ai_unknown", "corrupt"] : ["ai_unknown"]
      #expect(one.flags == flags && one.duplicate == 0, "\(name)")
    }
    #expect(checked.count == 10)
    // The picture is not decoded again, not even to compare it.
    let again = try Inspected(inspected.site, by: inspected.customer)
    try again.upload(["again.png": copy, "other.png": Pictures.png(seed: 70)])
    try again.run()
    #expect(
      try again.checked()["again.png"]?.flags == ["exact_duplicate", "ai_unknown", "corrupt"])
    #expect(try inspected.checked()["1.png"]?.duplicate == 0)
  }

  @Test func oneDeadWorkerMarksNoPicture() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(3)
    try #require(try inspected.start().status == 200)
    try inspected.site.owner().run(
      """
      update job_chunk set state = 'running', deaths = 1, lease_expires_at = now() - interval '1 s'
      """)
    try inspected.site.work()
    #expect(try inspected.checked().values.allSatisfy { $0.flags == ["ai_unknown"] })
    let chunks = try ChunkRow.all(inspected.site)
    #expect(chunks == [ChunkRow(state: "completed", attempts: 1, token: 1)])
  }
}
