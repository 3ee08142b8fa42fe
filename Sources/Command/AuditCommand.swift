internal import ArgumentParser
internal import Assay
internal import Vocabulary

/// Checks the audit log, and records its last entry.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the audit log.", subcommands: [Verify.self, Note.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that no entry was changed or removed; prints the first one that was.")

    @Option(help: "A file written by `assay audit note`, to compare with the log.")
    var heads: String?

    func run() throws {
      let heads = try heads.map(AuditHead.kept) ?? []
      switch try Audit.verify(Owner.connection(), heads: heads) {
      case .intact(let count):
        let compared = self.heads == nil ? "" : "; \(heads.count) heads compared"
        print("\(count) entries, none was changed\(compared)")
      case .broken(let number):
        Journal.printFinding("entry \(number) was changed or is missing")
        throw ExitCode.failure
      case .rewritten(let number):
        Journal.printFinding("entry \(number) differs from its note: the log was rewritten")
        throw ExitCode.failure
      }
    }
  }

  struct Note: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the last entry's number and hash to a file.",
      discussion: """
        The owner of the tables can rewrite the whole log without a trace in it. So the file must \
        be where only another user can write. `assay audit verify --heads \
        FILE` compares it with the log. When an earlier line of the file differs from the log, \
        this command fails and notes nothing.
        """)

    @Argument(help: "The file; it is created if it does not exist.")
    var file: String

    func run() throws {
      let head = try AuditHead.note(in: file, Owner.connection())
      print("audit head \(head.number) \(head.hash)")
    }
  }
}
