import Assay
import Cryptography
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("assay fsck and assay scrub")
struct StoreCheckTests {
  private let shelf: Shelf
  private let bytes = Pictures.png(seed: 1)
  private let file: String
  init() throws {
    shelf = try Shelf()
    file = try shelf.upload(bytes)
    try shelf.upload(Pictures.png(seed: 2))
  }

  private var name: String { Hex.encode(SHA256.digest(bytes)) }

  /// Changes one bit in the middle of the stored file.
  private func flip() throws {
    var changed = try Files.bytes(shelf.path(bytes))
    changed[changed.count / 2] ^= 1
    try Files.write(shelf.path(bytes), changed)
  }

  private func status() throws -> String {
    let user = try shelf.site.send("GET", "/auth/me", as: shelf.customer).json["id"].string
    let page = try shelf.site.send("GET", "/api/files/\(user)", as: shelf.customer).json
    return try page["files"].elements.first { try $0["id"].string == file }?["status"].string ?? ""
  }

  @Test func aConsistentStoreHasNoFindings() throws {
    #expect(try shelf.findings(age: 0) == [])
    #expect(try shelf.scrub() == [])
    #expect(try status() == "new")
  }

  @Test func aMissingFileIsReportedAndCanBeUploadedAgain() throws {
    Files.remove(shelf.path(bytes))
    #expect(try shelf.findings() == ["missing \(name): has no file"])
    #expect(try shelf.scrub() == ["missing \(name): has no file"])
    #expect(try shelf.findings(repairs: true).count == 1)
    #expect(try status() == "damaged")
    try shelf.upload(bytes)
    #expect(try shelf.findings() == [])
    #expect(try status() == "new")
  }

  /// As after the restore of a dump that is older than a deletion.
  @Test func aDoomedFileWithARowComesBack() throws {
    try #require(rename(shelf.path(bytes), shelf.doomed(bytes)) == 0)
    #expect(try shelf.findings(repairs: true) == ["missing \(name): has no file"])
    #expect(try status() == "new")
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.findings() == [])
  }

  @Test func aWrongSizeIsReportedAndTheFileMovedAside() throws {
    try Files.write(shelf.path(bytes), Array(bytes.prefix(100)))
    let finding = "wrong size \(name): 100 bytes instead of \(bytes.count)"
    #expect(try shelf.findings() == [finding])
    #expect(try shelf.findings(repairs: true) == [finding])
    #expect(try status() == "damaged")
    #expect(try shelf.findings() == ["damaged \(name): its bytes have changed"])
  }

  @Test func anOrphanIsReportedAndRemoved() throws {
    let stray = Pictures.png(seed: 3)
    try Files.write(shelf.path(stray), stray)
    #expect(try shelf.findings() == [])
    let digest = Hex.encode(SHA256.digest(stray))
    let orphan = "orphan \(digest): \(stray.count) bytes that the database does not list"
    #expect(try shelf.findings(age: 0) == [orphan])
    #expect(try shelf.findings(repairs: true, age: 0) == [orphan])
    #expect(!shelf.hasFile(stray))
    #expect(try shelf.findings(age: 0) == [])
  }

  @Test func aLeftoverIsReportedAndRemoved() throws {
    let path = "\(shelf.site.site.config.store)/tmp/broken-off"
    try Files.write(path, bytes)
    #expect(try shelf.findings() == [])
    let leftover = "leftover \(path): \(bytes.count) bytes of an interrupted upload"
    #expect(try shelf.findings(repairs: true, age: 0) == [leftover])
    #expect(try shelf.findings(age: 0) == [])
  }

  @Test func aWrongCounterIsReportedAndCorrected() throws {
    try shelf.owner.run(
      "update organization set used_bytes = used_bytes + 5, used_items = 9 where used_items > 0")
    let findings = try shelf.findings(repairs: true)
    try #require(findings.count == 1 && findings[0].hasPrefix("counter "), "\(findings)")
    #expect(findings[0].hasSuffix("9 items counted, \(bytes.count * 2) and 2 stored"))
    #expect(try shelf.findings() == [])
  }

  @Test func bitRotIsReportedNotServedAndRepaired() throws {
    let link = try shelf.download(file)
    #expect(link.status == 200)
    try flip()
    #expect(try shelf.scrub() == ["damaged \(name): its bytes have changed"])
    #expect(!shelf.hasFile(bytes))
    let answer = try shelf.download(file)
    #expect(answer.status == 410 && answer.keys == ["detail", "request_id"])
    #expect(try status() == "damaged")
    #expect(try Files.names(in: "\(shelf.site.site.config.store)/damaged") == [name])
    // It is reported until it is repaired.
    #expect(
      try shelf.scrub() == ["damaged \(name): already known; upload the file again to repair it"])
    #expect(try shelf.findings() == ["damaged \(name): its bytes have changed"])

    let again = try shelf.send(bytes)
    #expect(try again.json["skipped"].int == 1)
    #expect(try shelf.download(file).status == 200)
    #expect(try status() == "new")
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.scrub() == [])
    #expect(try shelf.findings() == [])
  }

  @Test func anotherOrganizationsUploadRepairsTheFile() throws {
    try flip()
    #expect(try shelf.scrub().count == 1)
    try Shelf(shelf.site).upload(bytes)
    #expect(try status() == "new")
    #expect(try shelf.download(file).status == 200)
  }

  /// A scrub has read the damaged file and waits while the same bytes are uploaded again.
  @Test func aRepairedFileIsNotMovedAside() throws {
    try flip()
    let (site, path) = (shelf.site.site, shelf.path(bytes))
    let (worker, uploader) = (site.config.database(as: .worker), shelf.owner)
    try uploader.script("begin; select pg_advisory_xact_lock_shared(hashtextextended('store', 0))")
    let found = try inThreads(1) { _ in
      try StoreCheck(site.store, Connection(worker)) { _ in }.scrub(rate: 1 << 30)
    } meanwhile: {
      try shelf.site.waitForALock()
      try Files.write(path + ".new", bytes)
      #expect(rename(path + ".new", path) == 0)
      try uploader.script("commit")
    }
    #expect(found == [0])
    #expect(shelf.hasFile(bytes))
    #expect(try status() == "new")
  }

  /// Scrubs run while uploads repair the same files.
  @Test func concurrentScrubsKeepGoodFiles() throws {
    let (site, bytes, path) = (shelf.site.site, bytes, shelf.path(bytes))
    let (customer, request) = (shelf.customer, shelf.request)
    let worker = site.config.database(as: .worker)
    _ = try shelf.site.race(4) { client, index in
      for round in 0..<40 {
        guard index > 0 else {
          _ = try StoreCheck(site.store, Connection(worker)) { _ in }.scrub(rate: 1 << 30)
          continue
        }
        if index == 1 {
          // Damages the current file, as a disk could.
          let spoiled = open(path, O_WRONLY)
          if spoiled >= 0 { pwrite(spoiled, "rot", 3, round) }
          close(spoiled)
          continue
        }
        let answer = try client.send(
          "POST", "/api/upload?project=\(request)", as: customer,
          form: Form([(name: "a.png", bytes: bytes)]))
        // When it is damaged between its rename and its row, the upload may fail with 503.
        #expect([201, 503].contains(answer.status), "\(answer.text)")
      }
    }
    try shelf.upload(bytes)
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.findings() == [])
    #expect(try shelf.scrub() == [])
    #expect(try status() == "new")
  }

  @Test func qualityControlReportsDamage() throws {
    try shelf.owner.script(Undecoded.script)
    try flip()
    let path = "/requests/\(shelf.request)/qc/run"
    #expect(try shelf.site.send("POST", path, as: shelf.customer).status == 200)
    try shelf.site.work()
    #expect(try status() == "damaged")
    #expect(!shelf.hasFile(bytes))
    func flags() throws -> [[String]] {
      try shelf.site.send("GET", "/requests/\(shelf.request)/qc/results", as: shelf.customer)
        .json.elements.map { try $0["flags"].strings }
    }
    #expect(try flags() == [["ai_unknown"], ["ai_unknown", "corrupt"]])
    try shelf.upload(bytes)
    #expect(try flags() == [["ai_unknown"], ["ai_unknown"]])
  }
}
