import Assay
import Glibc
import Postgres
import Site
import Storage
import Support
import Testing

@Suite("Life of blobs")
struct BlobLifeTests {
  private let shelf: Shelf
  private let bytes = Pictures.png(seed: 1)
  init() throws { shelf = try Shelf() }

  @Test func deletingTheLastItemDeletesTheFile() throws {
    let second = try shelf.site.request(by: shelf.customer)
    let files = try [shelf.upload(bytes), shelf.upload(bytes, to: second)]
    #expect(try shelf.delete(files[0]).status == 200)
    #expect(try shelf.sweep() == 0)
    #expect(try shelf.download(files[1]).status == 200)
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.delete(files[1]).status == 200)
    #expect(try shelf.rows(bytes) == 0)
    #expect(try shelf.sweep() == 1)
    #expect(!shelf.hasFile(bytes))
    #expect(try shelf.findings() == [])
  }

  @Test func anotherOrganizationsItemKeepsTheFile() throws {
    let other = try Shelf(shelf.site)
    let files = try (shelf.upload(bytes), other.upload(bytes))
    #expect(try shelf.delete(files.0).status == 200)
    #expect(try shelf.rows(bytes) == 1)
    #expect(try shelf.sweep() == 0)
    #expect(try other.download(files.1).status == 200)
    #expect(shelf.hasFile(bytes))
    #expect(try other.delete(files.1).status == 200)
    #expect(try shelf.sweep() == 1)
    #expect(!shelf.hasFile(bytes))
  }

  @Test func aDeletedFileCanBeUploadedAgain() throws {
    let file = try shelf.upload(bytes)
    for isSwept in [false, true] {
      #expect(try shelf.delete(file).status == 200)
      if isSwept { #expect(try shelf.sweep() == 1) }
      #expect(try shelf.upload(bytes) == file)
      #expect(shelf.hasFile(bytes))
      #expect(try shelf.sweep() == 0)
      #expect(shelf.hasFile(bytes))
      #expect(try shelf.findings() == [])
    }
  }

  @Test func anItemDeletedBySQLReleasesItsFile() throws {
    try shelf.upload(bytes)
    try shelf.owner.run("delete from item")
    #expect(try shelf.rows(bytes) == 0)
    #expect(try shelf.sweep() == 1)
    #expect(try shelf.findings() == [])
  }

  /// Many threads upload and delete the same bytes while a sweeper runs all the time.
  @Test func concurrentDeletionsLoseNoUploadedFile() throws {
    let others = try [shelf, Shelf(shelf.site), Shelf(shelf.site)]
    let senders = others.map { (request: $0.request, customer: $0.customer) }
    let (site, bytes) = (shelf.site.site, bytes)
    let worker = site.config.database(as: .worker)
    _ = try shelf.site.race(7) { client, index in
      guard index < 6 else {
        let db = Connection(worker)
        for _ in 0..<150 { _ = try StoreCheck(site.store, db) { _ in }.removeReleased() }
        return
      }
      let (request, customer) = senders[index % 3]
      for _ in 0..<25 {
        let answer = try client.send(
          "POST", "/api/upload?project=\(request)", as: customer,
          form: Form([(name: "a.png", bytes: bytes)]))
        #expect(answer.status == 201, "\(answer.text)")
        for file in try answer.json["files"].elements {
          // Another thread of the same customer may have been first.
          let deleted = try client.send(
            "DELETE", "/api/files/\(file["id"].string)", as: customer)
          #expect([200, 404, 409].contains(deleted.status), "\(deleted.text)")
        }
      }
    }
    #expect(try shelf.findings(age: 3600) == [])
    for shelf in others { try shelf.upload(bytes) }
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.findings() == [])
  }

  /// The sweeper runs between an upload's rename and its row.
  @Test func anUploadRestoresADoomedFile() throws {
    let (site, bytes, doomed) = (shelf.site.site, bytes, shelf.doomed(bytes))
    let (customer, request, path) = (shelf.customer, shelf.request, shelf.path(bytes))
    let sweeper = shelf.owner
    try sweeper.script("begin; select pg_advisory_xact_lock(hashtextextended('store', 0))")
    let statuses = try inThreads(1) { _ in
      try Client(site).send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.png", bytes: bytes)])
      ).status
    } meanwhile: {
      try shelf.site.waitForALock()
      #expect(shelf.hasFile(bytes))
      #expect(rename(path, doomed) == 0)
      try sweeper.script("commit")
    }
    #expect(statuses == [201])
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.findings() == [])
  }

  /// A removal on a slow disk may take longer than the usual timeout of a lock.
  @Test func anUploadWaitsForTheSweeper() throws {
    let (site, customer, request) = (shelf.site.site, shelf.customer, shelf.request)
    let (bytes, sweeper) = (bytes, shelf.owner)
    try sweeper.script("begin; select pg_advisory_xact_lock(hashtextextended('store', 0))")
    let statuses = try inThreads(1) { _ in
      try Client(site).send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.png", bytes: bytes)])
      ).status
    } meanwhile: {
      try shelf.site.waitForALock()
      try sweeper.script("select pg_sleep(4); commit")
    }
    #expect(statuses == [201])
    #expect(try shelf.findings() == [])
  }

  /// More texts than one statement takes; some come twice, and each is new to one upload only.
  @Test func thousandsOfConcurrentTextsAreCountedOnce() throws {
    let (customer, request) = (shelf.customer, shelf.request)
    let texts = (0..<1200).map { "text \($0)\n" }
    let counts = try shelf.site.race(3) { client, index in
      let order = Array(texts[(index * 300)...] + texts[..<(index * 300)] + texts[..<100])
      let lines = Array((index == 1 ? order.reversed() : order).joined().utf8)
      let answer = try client.send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.txt", bytes: lines)]))
      #expect(answer.status == 201)
      return [try answer.json["uploaded"].int, try answer.json["skipped"].int]
    }
    #expect(counts.map { $0[0] }.reduce(0, +) == 1200)
    #expect(counts.allSatisfy { $0[0] + $0[1] == 1300 })
    #expect(try shelf.findings() == [])
  }

  /// The bytes are gone for more than an hour, so the upload must be refused.
  @Test func anUploadWithAMissingFileIsRefused() throws {
    let (site, bytes, path) = (shelf.site.site, bytes, shelf.path(bytes))
    let (customer, request) = (shelf.customer, shelf.request)
    let sweeper = shelf.owner
    try sweeper.script("begin; select pg_advisory_xact_lock(hashtextextended('store', 0))")
    let statuses = try inThreads(1) { _ in
      try Client(site).send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.png", bytes: bytes)])
      ).status
    } meanwhile: {
      try shelf.site.waitForALock()
      unlink(path)
      try sweeper.script("commit")
    }
    #expect(statuses == [503])
    #expect(try shelf.rows(bytes) == 0)
    // Its previews are released with it.
    _ = try shelf.sweep()
    #expect(try shelf.findings(age: 0) == [])
  }

  @Test func aFileOfATaskIsKept() throws {
    let work = try Commission(shelf.site, pictures: 1)
    let answer = try shelf.site.send("DELETE", "/api/files/\(work.images[0])", as: work.customer)
    #expect(answer.status == 409)
  }

  @Test func doomedFilesAreRemovedAfterAnHour() throws {
    #expect(try shelf.delete(shelf.upload(bytes)).status == 200)
    #expect(try shelf.sweep() == 1)
    let doomed = "\(shelf.site.site.config.store)/doomed"
    #expect(try Files.names(in: doomed).count == 1)
    #expect(try shelf.site.site.store.removeDoomed(olderThan: 3600) == 0)
    #expect(try shelf.site.site.store.removeDoomed(olderThan: 0) == 1)
    #expect(try Files.names(in: doomed).isEmpty)
  }

  @Test func filesRefusedByTheQuotaAreRemoved() throws {
    try shelf.owner.run("update organization set quota_bytes = 100")
    #expect(try shelf.send(bytes).status == 413)
    #expect(try shelf.rows(bytes) == 0)
    #expect(try shelf.sweep() == 1)
    #expect(!shelf.hasFile(bytes))
    #expect(try shelf.findings(age: 0) == [])
  }
}
