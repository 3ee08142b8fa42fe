import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing

@Suite("Previews")
struct PreviewTests {
  @Test func bothSizesAreMadeUprightAndWithoutMetadata() throws {
    let gallery = try Gallery()
    try gallery.upload([Vips.photograph(width: 1920, height: 1280, orientation: 6)])
    let url = try gallery.urls()[at: 0]
    #expect(url.contains("-320.jpg?expires=") && url.contains("&sig="))
    for (size, expected) in [(320, "213x320"), (1280, "853x1280")] {
      let path = try gallery.path(url, size: size)
      #expect(try Vips.size(path) == expected)
      // The head, tables, frame and scan.
      #expect(try Vips.markers(path) == [0xE0, 0xDB, 0xC0, 0xC4, 0xDA])
      #expect(try !String(decoding: Files.bytes(path), as: UTF8.self).contains("52.52"))
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    }
    #expect(try Files.names(in: gallery.site.site.config.store + "/tmp").isEmpty)
  }

  @Test func aSmallPictureIsNotEnlarged() throws {
    let gallery = try Gallery()
    try gallery.upload(1)
    let url = try gallery.urls()[at: 0]
    for size in [320, 1280] {
      #expect(try Vips.size(gallery.path(url, size: size)) == "48x32")
    }
  }

  @Test func filesHaveBothAddresses() throws {
    let gallery = try Gallery()
    let picture = [(name: "a.png", bytes: Pictures.png(seed: 1))]
    let sent = try gallery.site.send(
      "POST", "/api/upload?project=\(gallery.request)", as: gallery.customer, form: Form(picture))
    let file = try sent.json["files"][0]
    #expect(try file["preview_url"].string.contains("-320.jpg?"))
    #expect(try file["large_preview_url"].string.contains("-1280.jpg?"))
    let user = try gallery.site.send("GET", "/auth/me", as: gallery.customer).json["id"].string
    let list = try gallery.site.send("GET", "/api/files/\(user)", as: gallery.customer)
    let listed = try list.json["files"][0]
    #expect(try listed["preview_url"].string.contains("-320.jpg?"))
    #expect(try listed["large_preview_url"].string.contains("-1280.jpg?"))
  }

  @Test func labelersSeeTheOriginal() throws {
    let site = try TestSite()
    let work = try Commission(site, pictures: 1)
    try site.work()
    let task = try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json
    #expect(try task["images"][0]["url"].string.contains(".png?"))
  }

  @Test func anUploadHasPreviewsWithoutAJob() throws {
    let gallery = try Gallery()
    try gallery.upload(40)
    #expect(try gallery.arePreviews() == [Bool](repeating: true, count: 40))
    #expect(try gallery.jobs() == [])
    #expect(try Files.names(in: gallery.site.site.config.store + "/tmp").isEmpty)
  }

  @Test func manyUploadsMakeOneJobWithSmallChunks() throws {
    let gallery = try Gallery()
    for upload in 0..<10 { try gallery.uploadWithoutPreviews(2, from: UInt64(upload * 2)) }
    #expect(try gallery.jobs() == ["queued queued 0"])
    let worker = Worker(gallery.site.site)
    var made: [Int] = []
    try worker.runAll { made.append(try gallery.arePreviews().count { $0 }) }
    #expect(made == [8, 16, 20])
    #expect(try gallery.jobs() == ["completed completed 1"])
    try gallery.uploadWithoutPreviews(1, from: 20)
    #expect(try gallery.jobs() == ["completed completed 1", "queued queued 0"])
  }

  @Test func previewsDoNotDelayOtherWork() throws {
    let gallery = try Gallery()
    try gallery.uploadWithoutPreviews(20)
    let status = "/requests/\(gallery.request)"
    #expect(
      try gallery.site.send("GET", status, as: gallery.customer).json["status"].string
        == "uploading")
    let worker = Worker(gallery.site.site)
    #expect(try worker.runNext())
    // The previews were queued first, but the run comes first, because a person waits for it.
    let run = try gallery.site.send("POST", status + "/qc/run", as: gallery.customer)
    #expect(run.status == 200)
    for done in [8, 16, 20] {
      #expect(try worker.runNext())
      let progress = try gallery.site.send("GET", status + "/qc", as: gallery.customer).json
      #expect(try progress["done"].int == done)
    }
    #expect(try gallery.arePreviews().count { $0 } == 8)
    #expect(
      try gallery.site.send("GET", status, as: gallery.customer).json["status"].string == "ready")
    try gallery.site.work()
    #expect(try gallery.arePreviews().allSatisfy { $0 })
  }

  @Test func inlineQualityControlMakesNoPreviews() throws {
    let gallery = try Gallery(.inline)
    try gallery.uploadWithoutPreviews(2)
    let run = try gallery.site.send(
      "POST", "/requests/\(gallery.request)/qc/run", as: gallery.customer)
    #expect(run.status == 200)
    #expect(try gallery.jobs() == ["queued queued 0"])
    #expect(try gallery.arePreviews() == [false, false])
    try gallery.site.work()
    #expect(try gallery.arePreviews() == [true, true])
  }

  @Test func aFailedUploadStartsNoPreviews() throws {
    let gallery = try Gallery()
    try gallery.site.owner().run("update organization set quota_items = 1")
    let files = [(name: "a", bytes: Pictures.png(seed: 1)), ("b", Pictures.png(seed: 2))]
    let answer = try gallery.site.send(
      "POST", "/requests/\(gallery.request)/uploads", as: gallery.customer, form: Form(files))
    #expect(answer.status == 413)
    #expect(try gallery.jobs() == [])
  }

  @Test func picturesUploadedDuringTheLastChunkGetPreviews() throws {
    // The decoder crashes when an upload examines these pictures, so only the job makes previews.
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let decoder = try PoisonedDecoder(
      in: folder.path, before: Products.path("assay-decode"), poison: "nightshade",
      victim: .decoder)
    let gallery = try Gallery(settings: ["ASSAY_DECODE": decoder.path])
    func picture(_ seed: Int) -> [UInt8] {
      Pictures.png(seed: UInt64(seed), width: 48, height: 32, text: "Comment\u{0}nightshade")
    }
    // The critical moment is between the last statement of an upload and its commit.
    try gallery.site.owner().script(
      """
      create function linger() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.1); return null; end $$;
      create constraint trigger linger after insert on item deferrable initially deferred
        for each row execute function linger()
      """)
    let (customer, site) = (gallery.customer, gallery.site.site)
    let path = "/requests/\(gallery.request)/uploads"
    for round in 0..<8 {
      try gallery.upload([picture(round * 2)])
      let picture = picture(round * 2 + 1)
      _ = try gallery.site.race(2) { client, thread in
        if thread == 0 {
          let answer = try client.send("POST", path, as: customer, form: Form([("a", picture)]))
          #expect(answer.status == 200)
        } else {
          try Worker(site).runAll()
        }
      }
      try gallery.site.work()
      #expect(try gallery.arePreviews() == [Bool](repeating: true, count: round * 2 + 2))
    }
    #expect(try decoder.deaths == 16)
  }
}
