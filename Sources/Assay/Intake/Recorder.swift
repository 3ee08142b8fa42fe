internal import Cryptography
internal import HTTP
internal import Logging
internal import Postgres

/// Makes items of stored bytes, inside a transaction of the caller's.
struct ItemDesk {
  private let project: ID<Project>
  private let organization: ID<Organization>
  private let account: ID<Account>
  private let store: Store
  private let db: Connection

  init(
    project: ID<Project>, organization: ID<Organization>, account: ID<Account>, _ store: Store,
    _ db: Connection
  ) {
    self.project = project
    self.organization = organization
    self.account = account
    self.store = store
    self.db = db
  }

  /// Runs a transaction that records bytes; when it fails, what was stored for them is given up.
  func transaction<Result>(
    recording stored: [StoredBytes], _ body: (Connection) throws -> Result
  ) throws -> Result {
    do {
      return try db.transaction(body)
    } catch {
      do {
        try BlobQueries.release(stored.map(\.sha256), of: organization, db)
      } catch let fault {
        // The daily look for files without a row finds them.
        Logger.assay.warning("files left behind", metadata: ["error": "\(fault)"])
      }
      throw error
    }
  }

  /// A statement for each would cost ten thousand texts half a minute.
  private static let batch = 500

  /// Records the bytes; tells how many are new to the project.
  /// - Throws: 413 when the organization may not store as much.
  func record(_ stored: [StoredBytes]) throws -> Int {
    try BlobQueries.lockAgainstRemoval(db)
    var (items, bytes) = (0, 0)
    var rest = Self.inOrder(stored)[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(Self.batch))
      rest = rest.dropFirst(some.count)
      for (_, blob) in some { try store.confirm(blob.sha256) }
      bytes += try recordBlobs(some.map(\.blob))
      items += try ItemQueries.insertItems(
        some, in: project, of: organization, by: account, db)
    }
    guard items + bytes > 0 else { return 0 }
    // The last lock: from here on the sums include the amounts of all other transactions.
    let room = try ItemQueries.count(bytes: bytes, items: items, in: organization, db)
    let announced = try UploadQueries.announced(to: organization, db)
    try room.expect(
      announced, adding: Room.Amount(bytes: bytes, items: items),
      note: announced.bytes == 0
        ? nil : "Announced uploads that are not completed count \(announced.bytes) bytes.")
    if stored.contains(where: \.isPicture) {
      try StandingJobQueries.wake(
        PreviewJob.kind, on: project, of: organization, by: account, db)
    }
    return items
  }

  /// Ids in the order of the upload, rows in an order that all keep, the first of equal ones: two
  /// uploads of the same bytes cannot wait for each other.
  private static func inOrder(_ stored: [StoredBytes]) -> [(id: ID<Item>, blob: StoredBytes)] {
    var seen: Set<Digest> = []
    return stored.filter { seen.insert($0.sha256).inserted }.map { (id: ID<Item>.new(), blob: $0) }
      .sorted { $0.blob.sha256 < $1.blob.sha256 }
  }

  /// Records blobs; how many bytes the organization did not have.
  private func recordBlobs(_ blobs: [StoredBytes]) throws -> Int {
    var (bytes, rest) = (0, blobs)
    for _ in 0..<10 {
      let outcomes = zip(rest, try ItemQueries.insertBlobs(rest, of: organization, db))
      rest = []
      for (blob, outcome) in outcomes {
        switch outcome {
        case .new: bytes += blob.size
        case .held: break
        case .released: rest.append(blob)
        }
      }
      if rest.isEmpty { return bytes }
    }
    throw PostgresError.conflict("the blobs come and go")
  }
}
