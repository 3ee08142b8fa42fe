internal import ArgumentParser
internal import Assay
internal import Logging
internal import Postgres
internal import Vocabulary

/// The program `assay`: all parts of the service except the decoder.
@main
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Turns raw images into a trusted, labelled data set.",
    discussion: """
      Settings come from the environment; docs/settings.md lists them. On a server load them \
      first, as root: set -a; . /etc/assay/assay.env; set +a
      """,
    version: Documentation.version,
    subcommands: [
      Serve.self, Work.self, Migrate.self, Check.self, User.self, Supervise.self, Import.self,
      Fsck.self, Scrub.self, StoreCommand.self, QuotaCommand.self, SignUpCommand.self,
      AuditCommand.self, DetectorCommand.self, PreviewsCommand.self, SealCommand.self,
      NginxOrigins.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as PostgresError {
      end(with: Refusal(error.sentence))
    } catch {
      end(with: error)
    }
  }

  /// Ends the program with an error; in the journal it is a line with a priority like others.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    // A command that throws a bare code has printed the reason itself.
    guard Journal.hasErrors, !code.isSuccess, !(error is ExitCode) else { exit(withError: error) }
    Logger.assay.error("command failed", metadata: ["error": "\(message(for: error))"])
    exit(withError: code)
  }
}
