internal import ArgumentParser
internal import Assay

/// The audit log from the command line.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the audit log.", subcommands: [Verify.self, Note.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that every entry is as it was written; names the first that is not.")

    @Option(help: "A file of `assay audit note`: the log must be the one that was noted there.")
    var heads: String?

    func run() throws {
      let heads = try heads.map(AuditHead.kept) ?? []
      switch try Audit.verify(Owner.connection(), heads: heads) {
      case .intact(let count):
        let compared = self.heads == nil ? "" : "; \(heads.count) heads compared"
        print("\(count) entries, all as they were written\(compared)")
      case .broken(let number):
        print("entry \(number) is not as it was written, or missing")
        throw ExitCode.failure
      case .rewritten(let number):
        print("entry \(number) is not as it was noted: the log was written anew")
        throw ExitCode.failure
      }
    }
  }

  struct Note: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the last entry's number and hash to a file.",
      discussion: """
        Whoever can write as the owner of the tables can write the whole log anew, so that each \
        entry fits the one before it. The file must be where only another user can write; \
        `assay audit verify --heads FILE` compares. It notes nothing, and fails, when an earlier \
        line of the file does not fit the log.
        """)

    @Argument(help: "The file; it is made when it is not there.")
    var file: String

    func run() throws {
      let head = try AuditHead.note(in: file, Owner.connection())
      print("audit head \(head.number) \(head.hash)")
    }
  }
}
