internal import ArgumentParser
internal import Assay

/// The program `assay`: all parts of the service except the decoder.
@main
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Turns raw images into a trusted, labelled data set.",
    discussion: "Settings come from the environment; see docs/settings.md.",
    version: Documentation.version,
    subcommands: [
      Serve.self, Work.self, Migrate.self, User.self, Supervise.self, Import.self, Fsck.self,
      Scrub.self, QuotaCommand.self, AuditCommand.self, DetectorCommand.self,
      PreviewsCommand.self, NginxOrigins.self,
    ])
}
