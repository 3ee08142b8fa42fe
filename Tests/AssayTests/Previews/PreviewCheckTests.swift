import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("Previews in assay fsck and the sweeper")
struct PreviewCheckTests {
  private let gallery: Gallery
  init() throws {
    gallery = try Gallery()
    try gallery.upload(2)
  }

  private func check(repairs: Bool = false, age: Int? = nil) throws -> [String] {
    let lines = Lines()
    let check = StoreCheck(gallery.site.site.store, gallery.site.owner()) { lines.all.append($0) }
    #expect(try check.compare(repairs: repairs, age: age) == lines.all.count)
    return lines.all
  }

  private final class Lines { var all: [String] = [] }

  @Test func aLostPreviewIsReportedAndMadeAgain() throws {
    #expect(try check() == [])
    let url = try gallery.urls()[at: 0]
    let path = try gallery.path(url, size: 1280)
    Files.remove(path)
    let found = try check()
    #expect(found.count == 1 && found.first?.hasPrefix("lost ") == true)
    #expect(try gallery.arePreviews() == [true, true])
    #expect(try check(repairs: true) == found)
    // Until the preview is made again, the link leads to the original.
    #expect(try gallery.arePreviews() == [false, true])
    try gallery.site.work()
    #expect(try gallery.arePreviews() == [true, true])
    #expect(access(path, F_OK) == 0)
    #expect(try check() == [])
  }

  @Test func olderPicturesGetPreviews() throws {
    try gallery.site.owner().script(
      "delete from job_chunk; delete from job; update blob set previewed_at = null")
    #expect(try check(repairs: true) == [])
    #expect(try gallery.jobs() == ["queued queued 0"])
    #expect(try check(repairs: true) == [])
    #expect(try gallery.jobs() == ["queued queued 0"])
    try gallery.site.work()
    #expect(try gallery.arePreviews() == [true, true])
  }

  /// Makes a file so old that it counts as abandoned.
  @Test func previewsAreRemovedWithTheirBlob() throws {
    let url = try gallery.urls()[at: 0]
    let previews = try [320, 1280].map { try gallery.path(url, size: $0) }
    let blob = try gallery.path(url)
    // A blob in use keeps its previews, even old ones.
    #expect(try check(repairs: true, age: 0) == [])
    try gallery.site.owner().script(
      "delete from item where item_id = (select min(item_id::text)::uuid from item)")
    // A released blob is not a finding.
    #expect(try check(repairs: true) == [])
    for path in previews + [blob] { #expect(access(path, F_OK) != 0, "\(path)") }
    #expect(try gallery.arePreviews() == [true])
  }

  @Test func oldPreviewsWithoutABlobAreRemoved() throws {
    let folder = gallery.site.site.config.store + "/previews/00"
    mkdir(folder, 0o750)
    let path = "\(folder)/\(String(repeating: "0", count: 62))-200.webp"
    try Files.write(path, [1, 2, 3])
    // A worker may be making it.
    #expect(try check(repairs: true) == [])
    #expect(try check(age: 0).map { $0.hasPrefix("orphan 0000") } == [true])
    #expect(access(path, F_OK) == 0)
    let worker = gallery.site.connection(as: .worker)
    #expect(try StoreCheck(gallery.site.site.store, worker) { _ in }.removeOrphans(age: 0) == 1)
    #expect(access(path, F_OK) != 0)
  }
}
