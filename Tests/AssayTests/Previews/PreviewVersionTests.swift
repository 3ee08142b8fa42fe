import Assay
import Glibc
import HTTP
import Postgres
import Site
import Storage
import Support
import Testing
import Web

@Suite("Versions of previews")
struct PreviewVersionTests {
  private let gallery: Gallery
  private static let old: [UInt8] = Array("as it was made before".utf8)

  init() throws { gallery = try Gallery() }

  /// Changes the rows and files of a gallery's only picture to those of the previous version.
  private func age(_ gallery: Gallery) throws {
    let url = try gallery.urls()[at: 0]
    try gallery.site.owner().run(
      """
      update blob set preview_version = 2
      where organization_id = (
        select organization_id from project where project_id::text = \(gallery.request))
      """)
    for size in [320, 1280] {
      Files.remove(try gallery.path(url, size: size))
      Files.remove(try former(url, size: size))
      try Files.write(gallery.path(url, size: size, version: 2), Self.old)
    }
  }

  private func isNew(_ gallery: Gallery) throws -> Bool {
    try gallery.urls()[at: 0].contains("-v3-320.jpg?expires=")
  }

  private func isOld(_ gallery: Gallery) throws -> Bool {
    try gallery.urls()[at: 0].contains("-v2-320.webp?expires=")
  }

  private func exists(_ gallery: Gallery, version: Int) throws -> Bool {
    try access(gallery.path(gallery.urls()[at: 0], size: 320, version: version), F_OK) == 0
  }

  private func removeOrphans() throws -> Int {
    let worker = gallery.site.connection(as: .worker)
    return try StoreCheck(gallery.site.site.store, worker) { _ in }.removeOrphans()
  }

  @Test func oldPreviewsAreShownUntilNewOnesExist() throws {
    try gallery.upload(1)
    #expect(try isNew(gallery))
    try age(gallery)
    #expect(try isOld(gallery))
    // No new previews were asked for.
    try gallery.site.work()
    #expect(try isOld(gallery))
    #expect(
      try PreviewRemake.ask(for: .request(gallery.request), gallery.site.owner()) == 1)
    #expect(try isOld(gallery))
    #expect(try gallery.jobs().last == "queued queued 0")
    try gallery.site.work()
    #expect(try isNew(gallery) && exists(gallery, version: 3))
    // Links that were made before still lead to the same previews.
    let path = try gallery.path(gallery.urls()[at: 0], size: 320, version: 2)
    #expect(try Files.bytes(path) == Self.old)
    #expect(try PreviewRemake.ask(for: .all, gallery.site.owner()) == 0)
    let check = StoreCheck(gallery.site.site.store, gallery.site.owner()) { _ in }
    #expect(try check.compare() == 0)
  }

  /// The name under which processes of the previous version look for the newest previews.
  private func former(_ url: String, size: Int) throws -> String {
    try gallery.path(url, size: size).replacing(".jpg", with: ".webp")
  }

  @Test func thePreviousVersionFindsNewPreviews() throws {
    try gallery.upload(1)
    let url = try gallery.urls()[at: 0]
    for size in [320, 1280] {
      #expect(
        try Files.bytes(gallery.path(url, size: size))
          == Files.bytes(former(url, size: size)))
    }
  }

  /// Workers of the previous version find nothing to do and end the job.
  @Test func picturesThatAnOlderWorkerSkippedGetPreviews() throws {
    try gallery.upload(1)
    try age(gallery)
    _ = try PreviewRemake.ask(for: .all, gallery.site.owner())
    try gallery.site.owner().script(
      "update job_chunk set state = 'completed'; update job set state = 'completed'")
    try gallery.site.work()
    #expect(try isOld(gallery))
    let check = StoreCheck(gallery.site.site.store, gallery.site.owner()) { _ in }
    #expect(try check.compare(repairs: true) == 0)
    try gallery.site.work()
    #expect(try isNew(gallery))
  }

  @Test func aFailedRemakeKeepsTheOldPreviews() throws {
    try gallery.upload(1)
    try age(gallery)
    try Files.write(gallery.path(gallery.urls()[at: 0]), [UInt8](repeating: 0x5A, count: 500))
    _ = try PreviewRemake.ask(for: .all, gallery.site.owner())
    try gallery.site.work()
    #expect(try isOld(gallery))
    #expect(try gallery.jobs().last == "completed completed 1")
  }

  @Test func organizationsMayHaveDifferentVersionsOfOnePicture() throws {
    try gallery.upload(1)
    try age(gallery)
    let other = try Gallery(gallery.site, by: gallery.site.person(.customer))
    try other.upload(1)
    #expect(try isOld(gallery) && isNew(other))
    // After this time, the row of one picture still names the old files.
    try gallery.site.owner().run("update blob set previewed_at = now() - interval '77 minutes'")
    #expect(try removeOrphans() == 0)
    #expect(try exists(gallery, version: 2) && exists(other, version: 3))
    let stranger = try gallery.site.person(.customer)
    #expect(
      try PreviewRemake.ask(
        for: .organization(of: stranger.username), gallery.site.owner()) == 0)
    #expect(
      try PreviewRemake.ask(
        for: .organization(of: gallery.customer.username), gallery.site.owner()) == 1)
    try gallery.site.work()
    #expect(try isNew(gallery))
    // Links to the old files are valid for up to 75 minutes.
    try gallery.site.owner().run("update blob set previewed_at = now() - interval '75 minutes'")
    #expect(try removeOrphans() == 0)
    #expect(try exists(gallery, version: 2))
    try gallery.site.owner().run("update blob set previewed_at = now() - interval '77 minutes'")
    #expect(try removeOrphans() == 1)
    #expect(try !exists(gallery, version: 2) && exists(gallery, version: 3))
    let doomed = try Files.names(in: gallery.site.site.config.store + "/doomed")
    #expect(doomed.count == 2)
    #expect(try gallery.site.site.store.removeDoomed(olderThan: 0) == 2)
  }

  @Test func bothVersionsAreRemovedWithTheirBlob() throws {
    try gallery.upload(1)
    let url = try gallery.urls()[at: 0]
    try Files.write(gallery.path(url, size: 320, version: 2), Self.old)
    let paths = try [
      gallery.path(url, size: 320, version: 2), gallery.path(url, size: 320),
      former(url, size: 320),
    ]
    for path in paths { #expect(access(path, F_OK) == 0) }
    try gallery.site.owner().script("delete from item")
    let check = StoreCheck(gallery.site.site.store, gallery.site.owner()) { _ in }
    _ = try check.compare(repairs: true)
    for path in paths { #expect(access(path, F_OK) != 0) }
  }

  @Test func lostOldPreviewsAreReportedAndMadeInTheNewVersion() throws {
    try gallery.upload(1)
    try age(gallery)
    Files.remove(try gallery.path(gallery.urls()[at: 0], size: 1280, version: 2))
    let check = StoreCheck(gallery.site.site.store, gallery.site.owner()) { _ in }
    #expect(try check.compare(repairs: true) == 1)
    try gallery.site.work()
    #expect(try isNew(gallery))
    #expect(try check.compare() == 0)
  }

  @Test func missingObjectsAreReported() throws {
    let owner = gallery.site.owner()
    for pictures: PreviewRemake.Pictures in [
      .organization(of: "nobody"), .request("x"),
      .request("00000000-0000-7000-8000-000000000000"),
    ] {
      #expect(throws: PreviewRemake.Refusal.self) {
        try PreviewRemake.ask(for: pictures, owner)
      }
    }
  }
}
