import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing
import Web

@Suite("Failed previews and dead workers")
struct PreviewFaultTests {
  private let gallery: Gallery
  init() throws { gallery = try Gallery() }

  private func faults() throws -> [String] {
    try gallery.site.owner().all(
      "select preview_fault from blob where preview_fault is not null order by 1"
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func aCrashingPictureStopsNoOtherPreview() throws {
    try gallery.uploadWithoutPreviews(4)
    let urls = try gallery.urls()
    try Files.write(gallery.path(urls[0]), [UInt8](repeating: 0x5A, count: 5000))
    try Files.write(gallery.path(urls[1]), Array(Files.bytes(gallery.path(urls[1])).prefix(900)))
    Files.remove(try gallery.path(urls[2]))
    try gallery.site.work()
    #expect(try gallery.jobs() == ["completed completed 1"])
    #expect(try gallery.arePreviews() == [false, false, false, true])
    let found = try faults()
    #expect(found.count == 3 && found.contains("The stored file is missing."))
    // The addresses are the same as before, and no worker tries again.
    #expect(try gallery.urls().prefix(3) == urls.prefix(3))
    try gallery.uploadWithoutPreviews(1, from: 9)
    #expect(try Worker(gallery.site.site).runNext())
    #expect(try gallery.arePreviews() == [false, false, false, true, true])
    #expect(try faults() == found)
  }

  @Test func aPictureThatKillsWorkersGetsNoPreview() throws {
    try gallery.uploadWithoutPreviews(12)
    let worker = Worker(gallery.site.site)
    try #require(try worker.runNext())
    // Eight are made; two workers have died over the ninth, and now a third dies.
    try gallery.site.owner().run(
      """
      update job_chunk
      set state = 'running', deaths = 2, lease_expires_at = now() - interval '1 second',
        part = (select encode(sha256, 'hex') from blob order by sha256 offset 8 limit 1)
      where kind = 'previews'
      """)
    try gallery.site.work()
    #expect(try gallery.arePreviews().count { !$0 } == 1)
    let names = try gallery.site.owner().all(
      """
      select preview_fault from (
        select preview_fault, row_number() over (order by sha256) as place from blob) b
      where place = 9
      """
    ) { row throws(PostgresError) in try row.next(String?.self) }
    #expect(names == ["Processing the image crashed several times."])
    #expect(try faults().count == 1)
    #expect(try gallery.jobs() == ["completed completed 1"])
  }

  private func inode(_ url: String) throws -> UInt64 {
    var status = stat()
    guard stat(try gallery.path(url, size: 320), &status) == 0 else {
      throw Missing(description: url)
    }
    return UInt64(status.st_ino)
  }

  @Test func theNextWorkerContinuesWithTheNextPicture() throws {
    try gallery.uploadWithoutPreviews(12)
    let worker = Worker(gallery.site.site)
    #expect(try worker.runNext())
    let before = try gallery.urls().map { try? inode($0) }
    #expect(before.count { $0 != nil } == 8)
    // The worker is killed between a picture's files and its row, so the lease expires.
    let unrecorded = try #require(before.firstIndex { $0 != nil })
    try gallery.site.owner().run(
      """
      update blob set previewed_at = null
      where sha256 = (select sha256 from item order by item_id offset \(unrecorded) limit 1)
      """)
    try gallery.site.owner().run(
      """
      update job_chunk set state = 'running', attempts = 1, token = token + 1,
        lease_expires_at = now() - interval '1 second'
      where kind = 'previews'
      """)
    try gallery.site.work()
    #expect(try gallery.arePreviews().allSatisfy { $0 })
    let after = try gallery.urls().map { try inode($0) }
    for (old, new) in zip(before, after) where old != nil { #expect(old == new) }
  }

  @Test func aWorkerWithoutItsLeaseClosesNoJob() throws {
    try gallery.uploadWithoutPreviews(2)
    let holder = gallery.site.owner()
    // The worker makes the previews and then waits for running uploads.
    try holder.script(
      """
      begin;
      select pg_advisory_xact_lock_shared(hashtextextended('previews ' || project_id::text, 0))
      from project
      """)
    let site = gallery.site.site
    _ = try inThreads(1) { _ in
      try Worker(site).runNext()
    } meanwhile: {
      try gallery.site.waitForALock()
      try gallery.site.owner().run(
        "update job_chunk set token = token + 1, leased_by = 'another' where kind = 'previews'")
      try holder.script("commit")
    }
    #expect(try gallery.jobs() == ["running running 1"])
    #expect(try gallery.arePreviews() == [true, true])
  }

  @Test func aFailedWriteIsRetried() throws {
    try gallery.uploadWithoutPreviews(2)
    let tmp = gallery.site.site.config.store + "/tmp"
    #expect(rename(tmp, tmp + ".away") == 0)
    try gallery.site.work()
    #expect(try gallery.jobs() == ["running queued 1"])
    #expect(try gallery.arePreviews() == [false, false])
    #expect(try faults() == [])
    #expect(rename(tmp + ".away", tmp) == 0)
    try gallery.site.owner().run("update job_chunk set run_after = now()")
    try gallery.site.work()
    #expect(try gallery.arePreviews() == [true, true])
  }

  @Test func organizationsShareThePreviewsOfEqualBytes() throws {
    try gallery.upload(1)
    let before = try inode(gallery.urls()[at: 0])
    let other = try Gallery(gallery.site, by: gallery.site.person(.customer))
    try other.upload(1)
    // No wait shows that another organization has the picture.
    #expect(try other.arePreviews() == [true])
    // The stored files stay, because the other organization shows them.
    #expect(try inode(other.urls()[at: 0]) == before)
  }
}
