internal import Glibc
internal import Logging
internal import Postgres

/// Throws away, now and then, what uploads have left behind, and starts what was forgotten.
struct Sweeper {
  private var nextAt = 0
  private var orphansAt = 0

  /// Seconds between sweeps.
  private static let pause = 300
  /// Seconds after which nobody comes back for half an upload.
  private static let patience = 86_400

  /// Sweeps when it is time to.
  mutating func sweepIfDue(_ store: Store, _ db: Connection) throws {
    guard time(nil) >= nextAt else { return }
    nextAt = time(nil) + Self.pause
    try SignInQueries.sweep(db)
    let uploads = try BlobQueries.expireUploads(db)
    var files = try store.sweepLeftovers(olderThan: Self.patience)
    if time(nil) >= orphansAt {
      orphansAt = time(nil) + Self.patience
      files += try StoreCheck(store, db) { _ in }.removeOrphans()
    }
    try PreviewJob.wakeForgotten(db)
    guard uploads + files > 0 else { return }
    Logger.assay.info("swept", metadata: ["uploads": "\(uploads)", "files": "\(files)"])
  }
}
