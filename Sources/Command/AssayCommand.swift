internal import ArgumentParser

/// The program `assay`: every part of the service but the decoder.
@main
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Turns raw images into a trusted, labelled data set.",
    discussion: "Settings come from the environment; see README.md.",
    version: "0.1.0",
    subcommands: [
      Serve.self, Work.self, Migrate.self, User.self, Supervise.self, Import.self, Fsck.self,
      Scrub.self, AuditCommand.self,
    ])
}
