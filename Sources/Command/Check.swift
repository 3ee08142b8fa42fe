internal import ArgumentParser
internal import Assay
internal import Vocabulary

/// Checks the settings and everything that they name.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the settings, secrets, folders, roles, the database and the store.",
    discussion: """
      Prints a sentence for each fault and exits 1. With --for it checks the needs of one program \
      as the current user, and exits 1 only if the program should not start: it waits itself for a \
      database or a store that may come back.
      """)

  @Option(
    name: .customLong("for"),
    help: "serve, work, scrub, migrate or audit: the program that is about to start.")
  var program: SetupCheck.Program?

  func run() throws {
    let faults = SetupCheck(of: program).faults()
    for fault in faults { print(fault.sentence) }
    guard faults.allSatisfy({ program != nil && !$0.isLasting }) else { throw ExitCode(1) }
    if faults.isEmpty, program == nil { print("everything is there") }
  }
}

extension SetupCheck.Program: ExpressibleByArgument {}
