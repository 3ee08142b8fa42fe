/// Limits the time and the number of files that the archives and texts of one request take.
///
/// Without it one client could hold a thread of the pool until nginx gives up the request.
final class IntakeBudget {
  /// The budget is used up.
  struct Spent: Error {
    fileprivate let why: String

    /// A sentence that says what was not read, and why.
    func sentence(_ what: String) -> String { "\(what) was not read: \(why)." }
  }

  private let end: ContinuousClock.Instant
  private var files = 0
  private var texts = 0

  /// Seconds; nginx waits for sixty, and the commit takes some of them.
  static let seconds = 40
  /// The most files of all archives of one request.
  static let files = 20_000
  /// The most texts of one upload.
  static let texts = 10_000

  init(seconds: Int = IntakeBudget.seconds) { end = .now + .seconds(seconds) }

  /// Begins one more file of an archive, taken or not.
  func spendFile() throws(Spent) {
    files += 1
    if files > Self.files { throw Spent(why: "an upload may hold \(Self.files) files in archives") }
    try spendTime()
  }

  /// Takes one more text.
  func spendText() throws(Spent) {
    texts += 1
    if texts > Self.texts {
      throw Spent(why: "an upload may hold \(Self.texts) texts")
    }
    if texts.isMultiple(of: 64) { try spendTime() }
  }

  private func spendTime() throws(Spent) {
    guard .now < end else { throw Spent(why: "it took longer than \(Self.seconds) seconds") }
  }
}
