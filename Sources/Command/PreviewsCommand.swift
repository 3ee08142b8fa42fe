internal import ArgumentParser
internal import Assay

/// Makes previews again.
struct PreviewsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "previews", abstract: "Make previews again.", subcommands: [Remake.self])

  struct Remake: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Queue new previews, in the format of this version.",
      discussion: """
        Workers make them with low priority. Until then the old previews are shown. Pictures that \
        already have previews of this version are skipped.
        """)

    @Option(
      help: ArgumentHelp(
        "Pictures of the organization whose owner has this username.", valueName: "username"))
    var organization: String?
    @Option(help: "Pictures of the request with this id.") var request: String?
    @Flag(help: "Pictures of all organizations.") var all = false

    func validate() throws {
      guard [organization != nil, request != nil, all].count(where: { $0 }) == 1 else {
        throw ValidationError("Give one of --organization, --request and --all.")
      }
    }

    func run() throws {
      let count = try PreviewRemake.ask(for: pictures, Owner.connection())
      print("\(count) pictures get new previews")
    }

    private var pictures: PreviewRemake.Pictures {
      if let organization { return .organization(of: organization) }
      if let request { return .request(request) }
      return .all
    }
  }
}
