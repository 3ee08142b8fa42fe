internal import ArgumentParser
internal import Assay

/// The audit log from the command line.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the audit log.", subcommands: [Verify.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that every entry is as it was written; names the first that is not.")

    func run() throws {
      switch try Audit.verify(Owner.connection()) {
      case .intact(let count): print("\(count) entries, all as they were written")
      case .broken(let number):
        print("entry \(number) is not as it was written, or missing")
        throw ExitCode.failure
      }
    }
  }
}
