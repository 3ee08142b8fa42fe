internal import ArgumentParser
internal import Assay

/// Compares files and rows.
struct Fsck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the store's files with the database's rows; exits 1 when they differ.")

  @Flag(
    help: "Remove files that no row names and that are older than a day; make lost previews again.")
  var repair = false

  func run() throws {
    let check = StoreCheck(try Store(Config().store), try Owner.connection()) { print($0) }
    let findings = try check.compare(repairs: repair)
    print("\(findings) findings")
    if findings > 0 { throw ExitCode(1) }
  }
}

/// Looks for bit rot.
struct Scrub: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read every stored file again and compare it with its name; exits 1 on damage.")

  @Option(help: "Megabytes to read in a second at most.")
  var rate = 20

  func run() throws {
    guard rate > 0 else { throw ValidationError("The rate must be above 0.") }
    let check = StoreCheck(try Store(Config().store), try Owner.connection()) { print($0) }
    let damaged = try check.scrub(rate: rate << 20)
    print("\(damaged) damaged")
    if damaged > 0 { throw ExitCode(1) }
  }
}
