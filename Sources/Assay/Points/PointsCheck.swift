package import Postgres

/// Compares the sums of points with the ledger and the claims.
package struct PointsCheck {
  private let db: Connection
  private let report: (String) -> Void

  /// Makes a check, over the owner's or the worker's connection.
  /// - Parameter report: called with a sentence for each finding.
  package init(_ db: Connection, report: @escaping (String) -> Void) {
    (self.db, self.report) = (db, report)
  }

  /// Returns the number of people whose sums differ.
  package func compare() throws -> Int {
    var (findings, last) = (0, UUIDBytes?.none)
    while let page = try PointsCheckQueries.drifts(after: last, limit: 1000, db) {
      last = page.last
      findings += page.drifts.count
      for drift in page.drifts {
        report(
          "points \(drift.account): \(drift.total) in total, \(drift.days) by day,"
            + " \(drift.rows) by entries and claims"
            + " (points, provisional, answers, judged, right)")
      }
    }
    return findings
  }
}
