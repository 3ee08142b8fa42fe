import Assay
import Glibc
import HTTP
import Postgres
import Site
import Storage
import Support
import Synchronization
import Testing
import Vocabulary
import Web

/// A store whose disk is not mounted, another store, and the first use of a store.
@Suite struct StoreWatchTests {
  private let shelf: Shelf
  private let root: String
  private let picture = Pictures.png(seed: 1)
  init() throws {
    shelf = try Shelf()
    root = shelf.site.site.config.store
  }

  private static let sentence =
    "The store of the pictures is not there: the operator must mount its disk."

  /// Makes the store look like the mount point of a disk that is not mounted.
  private func unmount() throws {
    try #require(rename(root, root + ".disk") == 0 && mkdir(root, 0o750) == 0)
  }

  private func mount() throws {
    try #require(rmdir(root) == 0 && rename(root + ".disk", root) == 0)
  }

  private final class Questions: Sendable {
    private let number = Atomic<Int>(0)
    func next() -> Int { number.add(1, ordering: .relaxed).newValue }
  }

  private func named() throws -> String? {
    try shelf.owner.one("select store_id::text from site_store") { row throws(PostgresError) in
      try row.next()
    }
  }

  private func forgetName() throws {
    try shelf.owner.run("update site_store set store_id = null")
    try #require(unlink(root + "/store.id") == 0)
  }

  /// The reason why a process that starts now uses no store; nil for none.
  private func absence() throws -> StoreAbsence? {
    do {
      try StoreWatch(Store(root)).expect(shelf.site.connection(as: .worker))
      return nil
    } catch let absence as StoreAbsence {
      return absence
    }
  }

  private func expectRefused(_ answer: Answer) throws {
    #expect(answer.status == 503)
    #expect(try answer.detail == Self.sentence)
    #expect(answer.headers["Retry-After"] == "10")
  }

  @Test func theFirstUseNamesTheStoreOnce() throws {
    let first = try #require(try named())
    #expect(try Files.text(root + "/store.id") == first + "\n")
    #expect(try absence() == nil)
    #expect(try named() == first)
  }

  @Test func aMissingStoreIs503AndNothingIsWritten() throws {
    let file = try shelf.upload(picture)
    try unmount()
    for path in ["/health", "/api/v1/health", "/api/files/\(file)/download", "/requests"] {
      try expectRefused(shelf.site.send("GET", path, as: shelf.customer))
    }
    try expectRefused(shelf.send(Pictures.png(seed: 2)))
    #expect(try absence() == .notMounted)
    #expect(try Files.names(in: root) == [])
    try mount()
    #expect(try shelf.site.send("GET", "/health").status == 200)
    #expect(try shelf.download(file).status == 200)
    #expect(try shelf.send(Pictures.png(seed: 2)).status == 201)
  }

  @Test func aWorkerTakesNothingWithoutTheStore() throws {
    try shelf.upload(picture)
    let answer = try shelf.site.send(
      "POST", "/requests/\(shelf.request)/qc/run", as: shelf.customer)
    #expect(answer.status < 300)
    try unmount()
    // Each thread takes a step before it asks again.
    let questions = Questions()
    Workers.run(shelf.site.site, while: { questions.next() < 12 })
    let isUntouched = try shelf.owner.one(
      "select bool_and(state in ('pending', 'queued')) from job_chunk"
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    #expect(isUntouched)
    try mount()
    try shelf.site.work()
    let results = try shelf.site.send(
      "GET", "/requests/\(shelf.request)/qc/results", as: shelf.customer)
    #expect(results.status == 200)
    let isDone = try shelf.owner.one(
      "select bool_and(state = 'completed') from job where kind = 'qc'"
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    #expect(isDone)
  }

  /// A backup may leave out folders whose contents can be made again.
  @Test func aRestoredStoreGetsItsFolders() throws {
    let folders = ["tmp", "arriving", "previews"]
    for folder in folders { try #require(rename("\(root)/\(folder)", root + ".\(folder)") == 0) }
    #expect(try absence() == nil)
    #expect(try Set(folders).isSubset(of: folderNames()))
  }

  private func folderNames() throws -> [String] {
    ["tmp", "arriving", "previews"].filter { access("\(root)/\($0)", X_OK) == 0 }
  }

  @Test func anotherStoreIsRefused() throws {
    try shelf.upload(picture)
    let other = try Shelf()
    #expect(try StoreWatch.examine(Store(other.site.site.config.store), shelf.owner) == .another)
    try #require(rename(root + "/store.id", root + "/kept") == 0)
    try Files.write(root + "/store.id", Array("\(ID<Store>.new())\n".utf8))
    try expectRefused(shelf.send(Pictures.png(seed: 2)))
    #expect(try absence() == .another)
    try #require(rename(root + "/kept", root + "/store.id") == 0)
    #expect(try shelf.send(Pictures.png(seed: 2)).status == 201)
  }

  /// A store of the previous version has no name, and its database neither.
  @Test func anUpgradeNamesAStoreOnlyIfTheFilesAreThere() throws {
    try shelf.upload(picture)
    try forgetName()
    try unmount()
    #expect(try absence() == .filesMissing)
    #expect(try Files.names(in: root) == [])
    #expect(try named() == nil)
    try mount()
    #expect(try absence() == nil)
    #expect(try named() != nil)
  }

  @Test func anEmptyDatabaseDoesNotTakeAStoreWithFiles() throws {
    try shelf.upload(picture)
    try forgetName()
    let fresh = try TestSite()
    try fresh.owner().run("update site_store set store_id = null")
    let error = #expect(throws: StoreAbsence.self) {
      try StoreWatch(Store(root)).expect(fresh.owner())
    }
    #expect(error == .filesUnknown)
  }

  @Test func processesThatStartAtOnceAgree() throws {
    try forgetName()
    let (config, root) = (shelf.site.site.config, root)
    _ = try inThreads(6) { _ in
      try StoreWatch(Store(root)).expect(Connection(config.database(as: .application)))
    }
    #expect(try Files.text(root + "/store.id").dropLast() == named() ?? "")
    #expect(try Files.names(in: root).filter { $0.hasPrefix("store.id") } == ["store.id"])
  }

  @Test func anOperatorAdoptsAStore() throws {
    try shelf.upload(picture)
    try #require(unlink(root + "/store.id") == 0)
    #expect(try absence() == .notMounted)
    #expect(try StoreWatch.evidence(for: Store(root), shelf.owner).isConvincing)
    #expect(
      try !StoreWatch.evidence(for: Store(root + "/tmp"), shelf.owner).isConvincing)
    let id = try StoreAdoption.adopt(Store(root), shelf.owner)
    #expect(try named() == id.description)
    #expect(try shelf.send(Pictures.png(seed: 2)).status == 201)
    let log = try shelf.site.send("GET", "/admin/audit", as: shelf.site.person(.admin)).text
    #expect(log.contains("store.adopted"))
  }

  /// An attacker who has taken over a process cannot name another store.
  @Test(arguments: [DatabaseRole.application, .worker])
  func theServiceCannotRenameTheStore(role: DatabaseRole) throws {
    let before = try named()
    let db = shelf.site.connection(as: role)
    #expect(throws: PostgresError.self) { try db.run("update site_store set store_id = null") }
    let id = ID<Store>.new()
    let inForce = try db.one("select claim_store(\(id))::text") { row throws(PostgresError) in
      try row.next(String?.self)
    }
    #expect(inForce == before)
  }
}
