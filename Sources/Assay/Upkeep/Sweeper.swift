package import Postgres

internal import Logging

/// Removes files and announcements that uploads and deletions have left behind.
package struct Sweeper {
  private let site: Site

  /// Seconds after its expiry until an address is given up at which no byte arrived.
  private static let emptyPatience = 900
  /// Seconds after which nobody comes back for half an upload.
  private static let patience = 86_400
  /// Seconds after which no upload can be under way any more that wants a doomed file back.
  private static let grace = 3600

  /// A sweeper of that site.
  package init(_ site: Site) { self.site = site }

  /// Sweeps once.
  package func sweep(_ db: Connection) throws {
    let uploads = try expireUploads(db)
    let check = StoreCheck(site.store, db) { _ in }
    var files = try check.removeReleased()
    files += try site.store.sweepLeftovers(olderThan: Self.patience)
    files += try site.store.sweepLateArrivals()
    _ = try site.store.removeDoomed(olderThan: Self.grace)
    report(uploads: uploads, files: files)
  }

  /// Removes files that no row names.
  func removeOrphans(_ db: Connection) throws {
    report(uploads: 0, files: try StoreCheck(site.store, db) { _ in }.removeOrphans())
  }

  private func report(uploads: Int, files: Int) {
    guard uploads + files > 0 else { return }
    Logger.assay.info("swept", metadata: ["uploads": "\(uploads)", "files": "\(files)"])
  }

  /// Gives up announced uploads that are not completed, and removes their bytes.
  ///
  /// Those without a byte are given up sooner, since they count on a quota.
  private func expireUploads(_ db: Connection) throws -> Int {
    let late = try BlobQueries.lateUploads(olderThan: Self.patience, limit: 100, db)
    let recent = try BlobQueries.lateUploads(
      olderThan: Self.emptyPatience, youngerThan: Self.patience, limit: 5000, db)
    guard !(late.isEmpty && recent.isEmpty) else { return 0 }
    let store = try site.uploadStore()
    // A store that does not answer is asked again by the next sweep.
    let gone = (late + recent.filter(store.isEmpty)).prefix { store.discard($0) }
    return try BlobQueries.expire(Array(gone), db)
  }
}
