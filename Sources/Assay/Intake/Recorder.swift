internal import Cryptography
internal import Logging
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary
internal import Web

/// The last stage: makes items from kept bytes, in one transaction.
struct Recorder {
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let account: ID<Account>
  private let keeper: Keeper
  private let db: Connection

  init(
    _ context: Context, _ project: ID<Project>, of organization: ID<Organization>,
    by account: ID<Account>
  ) {
    self.project = project
    self.organization = organization
    self.account = account
    keeper = Keeper(context.site.store)
    db = context.db
  }

  /// Records kept bytes in a transaction; returns the number of items that are new to the project.
  /// - Throws: 413 when the organization's limits are exceeded.
  func record(_ kept: [StoredBytes]) throws -> Int {
    try transaction(recording: kept) { _ in try insert(kept) }
  }

  /// Runs a transaction that records bytes; when it fails, their files are released.
  func transaction<Result>(
    recording kept: [StoredBytes], _ body: (Connection) throws -> Result
  ) throws -> Result {
    do {
      return try db.transaction(body)
    } catch {
      do {
        try BlobQueries.release(kept.map(\.sha256), of: organization, db)
      } catch let fault {
        // The daily job for orphans removes them.
        Logger.assay.warning("files not released", metadata: ["error": "\(fault)"])
      }
      throw error
    }
  }

  /// The number of rows per statement; one statement per row takes half a minute for ten thousand
  /// texts.
  private static let batch = 500

  /// Records kept bytes inside `transaction`; returns the number of items that are new to the
  /// project.
  /// - Throws: 413 when the organization's limits are exceeded.
  func insert(_ kept: [StoredBytes]) throws -> Int {
    try BlobQueries.lockAgainstRemoval(db)
    var (items, bytes, lacksPreviews) = (0, 0, false)
    var rest = Self.inOrder(kept)[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(Self.batch))
      rest = rest.dropFirst(some.count)
      let added = try keeper.record(some.map(\.blob), of: organization, db)
      bytes += added.bytes
      lacksPreviews = lacksPreviews || added.lacksPreviews
      items += try ItemQueries.insert(some, in: project, of: organization, by: account, db)
    }
    guard items + bytes > 0 else { return 0 }
    // The last lock: from here on the sums include the amounts of all other transactions.
    let room = try UsageQueries.add(bytes: bytes, items: items, to: organization, db)
    let announced = try UsageQueries.announced(to: organization, db)
    try room.expect(
      announced, adding: Room.Amount(bytes: bytes, items: items),
      note: announced.bytes == 0
        ? nil : "Announced uploads that are not completed have \(announced.bytes) bytes.")
    if lacksPreviews { try PreviewJob.wake(on: project, of: organization, by: account, db) }
    return items
  }

  /// Assigns ids in the order of the upload, then sorts by digest and drops repeated digests.
  ///
  /// All transactions use this order, so that two uploads of the same bytes cannot deadlock.
  private static func inOrder(_ kept: [StoredBytes]) -> [(id: ID<Item>, blob: StoredBytes)] {
    var seen: Set<Digest> = []
    return kept.filter { seen.insert($0.sha256).inserted }.map { (id: ID<Item>.new(), blob: $0) }
      .sorted { $0.blob.sha256 < $1.blob.sha256 }
  }
}
