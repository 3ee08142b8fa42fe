package import Logging

internal import Glibc

/// The journal of systemd, which reads a line's priority from a prefix such as `<3>`.
package enum Journal {
  /// Whether standard error is connected to the journal.
  package static let hasErrors = isConnected(2)
  /// Whether standard output is connected to the journal.
  package static let hasOutput = isConnected(1)

  /// Returns the prefix of a line with this level: empty when standard error is not the journal.
  package static func prefix(_ level: Logger.Level) -> String {
    hasErrors ? mark(level) : ""
  }

  /// Prints a finding of a check, which is an error in the journal.
  package static func printFinding(_ text: String) {
    print((hasOutput ? mark(.error) : "") + text)
  }

  /// Returns the prefix with the priority of syslog(3).
  static func mark(_ level: Logger.Level) -> String {
    switch level {
    case .critical: "<2>"
    case .error: "<3>"
    case .warning: "<4>"
    case .notice: "<5>"
    case .info: "<6>"
    case .debug, .trace: "<7>"
    }
  }

  /// Compares a descriptor with `JOURNAL_STREAM`, in which systemd gives device and inode.
  private static func isConnected(_ descriptor: Int32) -> Bool {
    var facts = stat()
    guard let stream = getenv("JOURNAL_STREAM"), fstat(descriptor, &facts) == 0 else {
      return false
    }
    return String(cString: stream) == "\(facts.st_dev):\(facts.st_ino)"
  }
}
