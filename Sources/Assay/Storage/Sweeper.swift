internal import Glibc
internal import Logging
internal import Postgres

/// Throws away, now and then, what uploads and deletions have left behind, and starts what was
/// forgotten.
struct Sweeper {
  private let site: Site
  private var orphansAt = 0

  /// Seconds between sweeps.
  static let pause = 60
  /// Seconds after which nobody comes back for half an upload.
  private static let patience = 86_400
  /// Seconds after which no upload can be under way any more that wants a doomed file back.
  private static let grace = 3600

  init(_ site: Site) { self.site = site }

  /// Sweeps once.
  mutating func sweep(_ db: Connection) throws {
    try SignInQueries.sweep(db)
    let uploads = try expireUploads(db)
    let check = StoreCheck(site.store, db) { _ in }
    var files = try check.removeReleased()
    files += try site.store.sweepLeftovers(olderThan: Self.patience)
    if time(nil) >= orphansAt {
      orphansAt = time(nil) + Self.patience
      files += try check.removeOrphans()
    }
    _ = try site.store.removeDoomed(olderThan: Self.grace)
    try PreviewJob.wakeForgotten(db)
    guard uploads + files > 0 else { return }
    Logger.assay.info("swept", metadata: ["uploads": "\(uploads)", "files": "\(files)"])
  }

  /// Gives announced uploads up that nobody completes, and their bytes, wherever they arrived.
  private func expireUploads(_ db: Connection) throws -> Int {
    let late = try BlobQueries.lateUploads(limit: 100, db)
    guard !late.isEmpty else { return 0 }
    let store = try site.uploadStore()
    // A store that does not answer is asked again by the next sweep.
    let gone = late.prefix { store.discard($0) }
    return try BlobQueries.expire(Array(gone), db)
  }
}
