/// Limits the time and the number of files for the archives and texts of one request.
///
/// Otherwise one client could occupy a thread until nginx ends the request.
package final class IntakeBudget {
  /// The error when the budget is used up.
  package struct Spent: Error {
    fileprivate let why: String

    /// Returns the sentence for the client about the part that was not read.
    package func sentence(_ what: String) -> String { "\(what) was not read: \(why)." }
  }

  private let end: ContinuousClock.Instant
  private var files = 0
  private var texts = 0

  /// The time limit in seconds; nginx waits for sixty, and the commit needs some of them.
  static let seconds = 40
  /// The maximum number of files in all archives of one request.
  static let files = 20_000
  /// The most texts of one upload.
  static let texts = 10_000

  /// Starts the time of a request.
  package init(seconds: Int = IntakeBudget.seconds) { end = .now + .seconds(seconds) }

  /// Counts one more file of an archive, taken or refused.
  package func spendFile() throws(Spent) {
    files += 1
    if files > Self.files {
      throw Spent(why: "an upload may contain at most \(Self.files) files in archives")
    }
    try spendTime()
  }

  /// Counts one more text.
  package func spendText() throws(Spent) {
    texts += 1
    if texts > Self.texts {
      throw Spent(why: "an upload may contain at most \(Self.texts) texts")
    }
    if texts.isMultiple(of: 64) { try spendTime() }
  }

  private func spendTime() throws(Spent) {
    guard .now < end else { throw Spent(why: "it took longer than \(Self.seconds) seconds") }
  }
}
