internal import ArgumentParser
internal import Assay
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary

/// Compares the store's files with the database.
struct Fsck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the files of the store with the database; exits 1 when they differ.",
    discussion: """
      Prints rows without a file (missing), files of a wrong size, files known to be damaged, \
      files without a row (orphan), files of interrupted uploads (leftover), and counters with \
      wrong values.
      """)

  @Flag(
    help: """
      Remove orphans, mark pictures without a good file as damaged, correct counters, make lost \
      previews again. Removed files stay in doomed/ for an hour.
      """)
  var repair = false

  @Option(
    help: """
      Minimum age in seconds of a file without a row: a younger one may belong to an upload in \
      progress. (default: \(StoreCheck.orphanAge); a day for previews)
      """)
  var age: Int?

  func validate() throws {
    guard age ?? 0 >= 0 else { throw ValidationError("The age must not be negative.") }
  }

  func run() throws {
    let (store, db) = (Store(try Config().store), try Owner.connection())
    try StoreWatch(store).expect(db)
    let check = StoreCheck(store, db) { Journal.printFinding($0) }
    let findings = try store.asOwner { try check.compare(repairs: repair, age: age) }
    print("\(findings) findings")
    if findings > 0 { throw ExitCode(1) }
  }
}

/// Reads all stored files again to find damage.
struct Scrub: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read every stored file again and compare it with its name; exits 1 on damage.",
    discussion: """
      A damaged file is moved to damaged/ and no longer served; its items are marked as damaged. \
      Uploading the same file again repairs them.
      """)

  @Option(help: "Maximum number of megabytes to read per second.")
  var rate = 20

  @Flag(help: "Connect to the database as the service does, not as its owner.")
  var asService = false

  func validate() throws {
    guard (1...1_000_000).contains(rate) else {
      throw ValidationError("The rate must be 1 to 1000000.")
    }
  }

  func run() throws {
    let config = try Config()
    let db = try asService ? Connection(config.database(as: .worker)) : Owner.connection()
    let store = Store(config.store)
    try StoreWatch(store).expect(db)
    let check = StoreCheck(store, db) { Journal.printFinding($0) }
    let damaged = try store.asOwner { try check.scrub(rate: rate << 20) }
    print("\(damaged) damaged")
    if damaged > 0 { throw ExitCode(1) }
  }
}
