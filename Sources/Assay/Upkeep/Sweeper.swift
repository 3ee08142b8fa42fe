package import Postgres
package import Site

internal import Glibc
internal import Logging
internal import Storage
internal import Vocabulary
internal import Web

/// Removes files that uploads and deletions have left, and stored answers after a day.
package struct Sweeper {
  private let site: Site
  /// The time from which the age of files is counted, in seconds since 1970; nil for the present.
  private let now: Int?

  /// Seconds after its expiry until an upload address without bytes is closed.
  private static let emptyPatience = 900
  /// Seconds until an incomplete upload is given up.
  private static let patience = 86_400
  /// Seconds until a doomed file is removed; no upload runs as long.
  private static let grace = 3600
  /// The number of stored answers that one statement removes.
  private static let removedAtOnce = 5000

  /// Makes a sweeper for a site.
  /// - Parameter now: another time than the present, in seconds since 1970.
  package init(_ site: Site, at now: Int? = nil) { (self.site, self.now) = (site, now) }

  /// Sweeps once.
  package func sweep(_ db: Connection) throws {
    let now = now ?? time(nil)
    try removeAnswers(db)
    let uploads = try expireUploads(db)
    let check = StoreCheck(site.store, db) { _ in }
    var files = try check.removeReleased()
    files += try site.store.sweepLeftovers(olderThan: Self.patience, at: now)
    files += try site.store.sweepLateArrivals()
    _ = try site.store.removeDoomed(olderThan: Self.grace, at: now)
    report(uploads: uploads, files: files)
  }

  /// Removes files without a row.
  func removeOrphans(_ db: Connection) throws {
    report(uploads: 0, files: try StoreCheck(site.store, db) { _ in }.removeOrphans())
  }

  private func report(uploads: Int, files: Int) {
    guard uploads + files > 0 else { return }
    Logger.assay.info("swept", metadata: ["uploads": "\(uploads)", "files": "\(files)"])
  }

  /// Removes the old answers to repeated requests, some at a time, so that no statement takes long.
  private func removeAnswers(_ db: Connection) throws(PostgresError) {
    while try RepeatedQueries.removeOld(limit: Self.removedAtOnce, db) == Self.removedAtOnce {}
    while try RepeatedQueries.removeSurplus(
      over: Repeated.mostKept, limit: Self.removedAtOnce, db) == Self.removedAtOnce
    {}
  }

  /// Expires announced uploads that were not completed, and removes their bytes.
  ///
  /// Uploads without bytes expire sooner, because they count towards a quota.
  private func expireUploads(_ db: Connection) throws -> Int {
    let late = try BlobQueries.lateUploads(olderThan: Self.patience, limit: 100, db)
    let recent = try BlobQueries.lateUploads(
      olderThan: Self.emptyPatience, youngerThan: Self.patience, limit: 5000, db)
    guard !(late.isEmpty && recent.isEmpty) else { return 0 }
    let store = try site.uploadStore()
    // When the store does not answer, the next sweep tries again.
    let gone = (late + recent.filter(store.isEmpty)).prefix { store.discard($0) }
    return try BlobQueries.expire(Array(gone), db)
  }
}
