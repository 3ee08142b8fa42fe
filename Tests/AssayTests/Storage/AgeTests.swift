import Assay
import Glibc
import Site
import Storage
import Support
import Testing

/// nginx gives a file that comes by PUT the time in the client's header `Date`.
@Suite("Age of stored files")
struct AgeTests {
  private let shelf: Shelf
  private var store: String { shelf.site.site.config.store }
  init() throws { shelf = try Shelf() }

  /// Sets a file's modification time to one that a client chose.
  private func date(_ path: String, _ seconds: Int) {
    let time = timeval(tv_sec: seconds, tv_usec: 0)
    #expect(utimes(path, [time, time]) == 0)
  }

  @Test(arguments: ["tmp", "incoming", "arriving"])
  func theAgeOfAnUploadBeginsAtItsArrival(_ folder: String) throws {
    let (old, new) = ("\(store)/\(folder)/old", "\(store)/\(folder)/new")
    for path in [old, new] { try Files.write(path, Array("bytes".utf8)) }
    date(old, 786_000_000)  // in 1994
    date(new, 4_000_000_000)  // in 2096
    #expect(try shelf.site.site.store.sweepLeftovers(olderThan: 86_400) == 0)
    #expect(try Files.names(in: "\(store)/\(folder)").count == 2)
    #expect(try shelf.site.site.store.sweepLeftovers(olderThan: -1) == 2)
  }

  /// A file that an upload has just named has no row until the upload commits.
  @Test func theAgeOfAStoredFileBeginsAtItsRename() throws {
    let bytes = Pictures.png(seed: 3)
    try Files.write(shelf.path(bytes), bytes)
    date(shelf.path(bytes), 786_000_000)
    #expect(try shelf.findings(repairs: true).isEmpty)
    #expect(shelf.hasFile(bytes))
    #expect(try shelf.findings(age: 0).count == 1)
  }
}
