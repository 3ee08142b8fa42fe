internal import ArgumentParser
internal import Assay
internal import Postgres
internal import Site
internal import Storage

/// Compares the store's files with the database.
struct Fsck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the store's files with the database's rows; exits 1 when they differ.",
    discussion: """
      It names rows without a file (missing), files of a wrong size, files that were found \
      damaged, files without a row (orphan), files of uploads that broke off (leftover) and \
      counters that are off.
      """)

  @Flag(
    help: """
      Remove orphans, mark what has no good file as damaged, set counters right, make lost \
      previews again. Removed files stay in doomed/ for an hour.
      """)
  var repair = false

  @Option(
    help: """
      Seconds that a file without a row must be old, since it may be on its way. (default: \
      \(StoreCheck.orphanAge), of previews a day)
      """)
  var age: Int?

  func run() throws {
    guard age ?? 0 >= 0 else { throw ValidationError("The age must not be negative.") }
    let check = StoreCheck(try Store(Config().store), try Owner.connection()) { print($0) }
    let findings = try check.compare(repairs: repair, age: age)
    print("\(findings) findings")
    if findings > 0 { throw ExitCode(1) }
  }
}

/// Reads all stored files again to find damage.
struct Scrub: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read every stored file again and compare it with its name; exits 1 on damage.",
    discussion: """
      A damaged file is moved to damaged/ and served no more; its items say so. Sending the same \
      bytes again heals them.
      """)

  @Option(help: "Megabytes to read in a second at most.")
  var rate = 20

  @Flag(help: "Connect to the database as the service does, not as its owner.")
  var asService = false

  func run() throws {
    guard (1...1_000_000).contains(rate) else {
      throw ValidationError("The rate must be 1 to 1000000.")
    }
    let config = try Config()
    let db = try asService ? Connection(config.database(as: .worker)) : Owner.connection()
    let check = StoreCheck(try Store(config.store), db) { print($0) }
    let damaged = try check.scrub(rate: rate << 20)
    print("\(damaged) damaged")
    if damaged > 0 { throw ExitCode(1) }
  }
}
