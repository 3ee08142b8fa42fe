internal import Logging
package import Postgres

extension ServerWatch {
  /// Logs when the database goes away and when it comes back.
  package func log() {
    report { report in
      switch report {
      case .away(let error):
        Logger.assay.error("database away", metadata: ["error": "\(error)"])
      case .back(let duration):
        let seconds = Double(duration / .milliseconds(1)) / 1000
        Logger.assay.notice("database back", metadata: ["seconds": "\(seconds)"])
      }
    }
  }
}

extension PostgresError {
  /// Whether the log already says that the database is away, which explains this error.
  package var isExplained: Bool {
    if case .unavailable = self { ServerWatch.shared.isAway } else { false }
  }
}
